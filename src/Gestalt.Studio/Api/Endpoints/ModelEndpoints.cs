using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Serving;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary><c>GET /v1/models</c>, and one of them.</summary>
/// <param name="pool">The models.</param>
internal sealed class ModelEndpoints(ModelPool pool)
{
    /// <summary>All models.</summary>
    public Task ListAsync(HttpContext context)
    {
        IReadOnlyList<HostedModel> loaded = pool.Loaded;
        return ApiCall.AnswerAsync(context, new ModelListAnswer("list", [.. pool.Catalog.All().Select(model => Describe(model, loaded))]), AnswerJson.Readable.ModelListAnswer);
    }

    /// <summary>One model; names may have slashes in them.</summary>
    public Task GetAsync(HttpContext context)
    {
        string name = context.Request.RouteValues["name"] as string ?? "";
        CatalogModel model = pool.Catalog.Find(name) ?? throw ApiException.NoModel($"There is no model '{name}'. GET /v1/models lists what there is.");
        return ApiCall.AnswerAsync(context, Describe(model, pool.Loaded), AnswerJson.Readable.ModelAnswer);
    }

    private static ModelAnswer Describe(CatalogModel model, IReadOnlyList<HostedModel> loaded)
    {
        HostedModel? hosted = loaded.FirstOrDefault(other => other.Entry.Path == model.Path);
        return new ModelAnswer(model.Name, "model", model.Created.ToUnixTimeSeconds(), "gestalt", model.Bytes, hosted is null ? "available" : "loaded")
        {
            ContextLength = hosted?.Model.Engine.Context,
            MemoryBytes = hosted?.Bytes,
            IsAssistant = hosted?.Model.IsAssistant,
        };
    }
}
