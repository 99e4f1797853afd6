using Gestalt.Models;
using Gestalt.Models.Hub;
using Gestalt.Store;
using Gestalt.Studio.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Models;

/// <summary>Models over HTTP, as pages need them, below <c>/studio/models</c> and <c>/studio/jobs</c>. Names go in queries and bodies, since they contain slashes.</summary>
internal static class ModelEndpoints
{
    /// <summary>What a page asks to be done.</summary>
    /// <param name="Model">The model's name; for a pull, its name on the hub.</param>
    /// <param name="Type">For what is made of it: how weights are stored; <c>folder</c> for a Hugging Face folder.</param>
    private sealed record Wish(string? Model, string? Type);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder models = app.MapGroup("/studio/models");
        models.MapGet("/", (ModelShelf shelf) => Json(new { Models = shelf.All(), Partial = ModelShelf.Partial(), Hub = HubName, Mixes = QuantizationMix.All.Select(NameOf), Types = ModelWork.ConversionTypes.Select(type => type.ToString()) }));
        models.MapGet("/detail", Detail);
        models.MapGet("/lengths", Lengths);
        models.MapDelete("/", Remove);
        models.MapPost("/pull", Pull);
        models.MapPost("/quantize", Quantize);
        models.MapPost("/convert", Convert);
        models.MapPost("/unload", (Wish wish, ModelShelf shelf) => shelf.Unload(wish.Model ?? "") ? Results.NoContent() : Problem(StatusCodes.Status409Conflict, $"'{wish.Model}' is in use, or not in memory."));
        RouteGroupBuilder jobs = app.MapGroup("/studio/jobs");
        jobs.MapGet("/", (ModelJobs all) => Json(new { Jobs = all.All }));
        jobs.MapGet("/events", (ModelJobs all, CancellationToken cancellation) => TypedResults.ServerSentEvents(all.Watch(cancellation)));
        jobs.MapDelete("/{id:int}", (int id, ModelJobs all) =>
        {
            if (all.Find(id) is not ModelJob job) return Problem(StatusCodes.Status404NotFound, $"There is no job {id}.");
            if (job.State == JobState.Running) job.Cancel();
            return Results.NoContent();
        });
    }

    private static string Hub => Environment.GetEnvironmentVariable("HF_ENDPOINT") is { Length: > 0 } named ? named : HubAddress.DefaultHub;

    private static string HubName => Uri.TryCreate(Hub, UriKind.Absolute, out Uri? address) ? address.Authority : Hub;

    private static IResult Detail(string name, ModelShelf shelf) => WithModel(name, shelf, entry =>
    {
        ModelDescription model = ModelFile.Describe(entry.Path);
        return Json(new
        {
            Id = entry.Name,
            entry.Path,
            model.Format,
            model.Architecture,
            model.Obstacle,
            Parameters = model.ParameterCount,
            Types = model.Types.Select(type => new { type.Type, type.Tensors, type.Bytes }),
            Metadata = model.Metadata.Select(pair => new { pair.Key, pair.Value }),
            Tensors = model.Tensors.Select(tensor => new { tensor.Name, tensor.Type, tensor.Shape, tensor.Bytes }),
        });
    });

    /// <summary>How long a model would be in each of the forms that it can be stored in.</summary>
    private static IResult Lengths(string name, ModelShelf shelf) => WithModel(name, shelf, entry => Directory.Exists(entry.Path)
        ? Problem(StatusCodes.Status400BadRequest, $"'{entry.Name}' is a folder. Convert it to a GGUF file first.")
        : Json(new { entry.Bytes, Lengths = QuantizationMix.All.Zip(Quantizer.Lengths(entry.Path, QuantizationMix.All)).ToDictionary(pair => NameOf(pair.First), pair => pair.Second) }));

    private static IResult Remove(string name, ModelShelf shelf) => WithModel(name, shelf, entry =>
    {
        if (entry.Origin == ModelOrigin.Run) return Problem(StatusCodes.Status400BadRequest, $"'{entry.Name}' belongs to a run; its folder is deleted, not the model alone.");
        IReadOnlyList<StoredModel> stored = [.. ModelStore.All().Where(model => Path.GetFullPath(model.Path) == entry.Path)];
        if (stored.Count == 0) return Problem(StatusCodes.Status400BadRequest, $"'{entry.Name}' was not pulled; it is a file of yours, and stays.");
        shelf.Unload(entry.Name);
        return Json(new { Freed = ModelStore.Remove(stored) });
    });

    private static IResult Pull(Wish wish, ModelJobs jobs)
    {
        HubAddress address;
        try
        {
            address = HubAddress.Parse((wish.Model ?? "").Trim(), Hub, "main");
        }
        catch (HubException problem)
        {
            return Problem(StatusCodes.Status400BadRequest, problem.Message);
        }
        string subject = address.Part is null ? address.Model : $"{address.Model}:{address.Part}";
        if (jobs.IsAt("pull", subject)) return Problem(StatusCodes.Status409Conflict, $"{subject} is coming already.");
        return Started(jobs.Start("pull", subject, isHeavy: false, (job, cancellation) => ModelWork.PullAsync(address, job, cancellation), problem => ModelWork.Explain(problem)));
    }

    private static IResult Quantize(Wish wish, ModelShelf shelf, ModelJobs jobs) => WithModel(wish.Model, shelf, entry =>
    {
        if (QuantizationMix.All.FirstOrDefault(mix => mix.Name.Equals(wish.Type, StringComparison.OrdinalIgnoreCase)) is not QuantizationMix mix)
            return Problem(StatusCodes.Status400BadRequest, $"'{wish.Type}' is no quantization. There are {string.Join(", ", QuantizationMix.All.Select(NameOf))}.");
        if (Directory.Exists(entry.Path)) return Problem(StatusCodes.Status400BadRequest, $"'{entry.Name}' is a folder. Convert it to a GGUF file first.");
        return Started(jobs.Start("quantize", $"{entry.Name} to {NameOf(mix)}", isHeavy: true, (job, cancellation) => Task.FromResult(ModelWork.Quantize(entry, mix, job, cancellation)), problem => ModelWork.Explain(problem, entry)));
    });

    /// <summary>A mix as hubs write it.</summary>
    private static string NameOf(QuantizationMix mix) => mix.Name.ToUpperInvariant();

    private static IResult Convert(Wish wish, ModelShelf shelf, ModelJobs jobs) => WithModel(wish.Model, shelf, entry =>
    {
        TensorType? type = null;
        if (wish.Type != "folder")
        {
            if (!Enum.TryParse(wish.Type, ignoreCase: true, out TensorType named) || !ModelWork.ConversionTypes.Contains(named))
                return Problem(StatusCodes.Status400BadRequest, $"'{wish.Type}' is nothing to convert to. There are {string.Join(", ", ModelWork.ConversionTypes)} and folder.");
            type = named;
        }
        return Started(jobs.Start("convert", $"{entry.Name} to {(type is null ? "a Hugging Face folder" : $"GGUF, {type}")}", isHeavy: true, (_, _) => Task.FromResult(ModelWork.Convert(entry, type)), problem => ModelWork.Explain(problem, entry)));
    });

    private static IResult WithModel(string? name, ModelShelf shelf, Func<CatalogModel, IResult> use)
    {
        try
        {
            return shelf.Find(name ?? "") is CatalogModel entry ? use(entry) : Problem(StatusCodes.Status404NotFound, $"There is no model '{name}'.");
        }
        catch (Exception problem) when (ModelWork.Explain(problem) is string message)
        {
            return Problem(StatusCodes.Status400BadRequest, message);
        }
    }

    private static IResult Started(ModelJob job) => Results.Json(new { job.Id }, StoreJson.Options, statusCode: StatusCodes.Status202Accepted);

    private static IResult Json<T>(T value) => Results.Json(value, StoreJson.Options);

    private static IResult Problem(int status, string message) => StudioPages.Problem(status, message);
}
