using Gestalt.Studio.Api.Endpoints;
using Gestalt.Studio.Api.Endpoints.Responses;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gestalt.Studio.Api;

/// <summary>OpenAI's HTTP interface, and what a server tells of itself.</summary>
internal static class ApiRoutes
{
    /// <summary>Registers what the interface is made of.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<AnswerLog>();
        services.AddSingleton<ChatPipeline>();
        services.AddSingleton<ChatEndpoint>();
        services.AddSingleton<CompletionEndpoint>();
        services.AddSingleton<ResponseStore>();
        services.AddSingleton<ResponseEndpoints>();
        services.AddSingleton<EmbeddingEndpoint>();
        services.AddSingleton<TokenEndpoints>();
        services.AddSingleton<ModelEndpoints>();
    }

    /// <summary>Maps all of it.</summary>
    public static void Map(WebApplication app)
    {
        IServiceProvider services = app.Services;
        RouteGroupBuilder v1 = app.MapGroup("/v1");
        v1.MapPost("/chat/completions", services.GetRequiredService<ChatEndpoint>().HandleAsync);
        v1.MapPost("/completions", services.GetRequiredService<CompletionEndpoint>().HandleAsync);
        ResponseEndpoints responses = services.GetRequiredService<ResponseEndpoints>();
        v1.MapPost("/responses", responses.CreateAsync);
        v1.MapGet("/responses/{id}", responses.GetAsync);
        v1.MapDelete("/responses/{id}", responses.DeleteAsync);
        v1.MapGet("/responses/{id}/input_items", responses.InputAsync);
        v1.MapPost("/embeddings", services.GetRequiredService<EmbeddingEndpoint>().HandleAsync);
        v1.MapPost("/tokenize", services.GetRequiredService<TokenEndpoints>().TokenizeAsync);
        v1.MapPost("/detokenize", services.GetRequiredService<TokenEndpoints>().DetokenizeAsync);
        v1.MapGet("/models", services.GetRequiredService<ModelEndpoints>().ListAsync);
        v1.MapGet("/models/{**name}", services.GetRequiredService<ModelEndpoints>().GetAsync);

        ModelPool pool = services.GetRequiredService<ModelPool>();
        PrometheusText prometheus = services.GetRequiredService<PrometheusText>();
        long began = Environment.TickCount64;
        app.MapGet("/health", context => ApiCall.AnswerAsync(context, Health(pool, began), AnswerJson.Readable.HealthAnswer));
        app.MapGet("/metrics", context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(prometheus.Write(), context.RequestAborted);
        });
    }

    private static HealthAnswer Health(ModelPool pool, long began)
    {
        IReadOnlyList<HostedModel> loaded = pool.Loaded;
        return new HealthAnswer("ok", Fingerprint.Version, (Environment.TickCount64 - began) / 1000, loaded.Count, loaded.Sum(model => model.Admission.Running), loaded.Sum(model => model.Admission.Waiting));
    }
}
