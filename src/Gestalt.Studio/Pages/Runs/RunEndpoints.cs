using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Training;
using Gestalt.Training.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Gestalt.Studio.Pages.Runs;

/// <summary>Runs over HTTP, below <c>/studio/runs</c>: what they do as it happens, their pictures, their samples, their reports; begin, stop, go on.</summary>
internal static class RunEndpoints
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>What a new life is asked for with.</summary>
    private sealed record NewLife(double Minutes, string? Name);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/runs");
        group.MapGet("/", (RunShelf shelf) => Results.Json(All(shelf), Json));
        group.MapGet("/events", (RunShelf shelf, IHostApplicationLifetime server, CancellationToken cancellation) => TypedResults.ServerSentEvents(Watch(shelf, server.ApplicationStopping, cancellation)));
        group.MapGet("/charts", Charts);
        group.MapGet("/{name}/samples", Samples);
        group.MapGet("/{name}/report", Report);
        group.MapPost("/", (NewLife life, RunShelf shelf) => Try(() => Results.Json(new { Name = shelf.Begin(life.Minutes, life.Name) }, Json)));
        group.MapPost("/{name}/go-on", (string name, RunShelf shelf) => Do(shelf, name, shelf.GoOn));
        group.MapPost("/{name}/stop", (string name, RunShelf shelf) => Do(shelf, name, shelf.Stop));
    }

    private static RunSummary[] All(RunShelf shelf) => [.. shelf.All().Select(shelf.Summary)];

    /// <summary>All runs whenever something about them has changed, and now and then anyway, so that a connection that broke is noticed.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Watch(RunShelf shelf, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        string last = "";
        DateTime told = DateTime.MinValue;
        while (!either.IsCancellationRequested)
        {
            string now = JsonSerializer.Serialize(All(shelf), Json);
            if (now != last || DateTime.UtcNow - told > Silence)
            {
                (last, told) = (now, DateTime.UtcNow);
                yield return new SseItem<string>(now);
            }
            await Task.Delay(Pause, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IResult Charts(string[] run, string? stage, string? axis, RunShelf shelf)
    {
        if (run.Length is 0 or > LearningCharts.MostCompared)
            return StudioPages.Problem(StatusCodes.Status400BadRequest, $"{run.Length} runs cannot be drawn into one picture; give 1 to {LearningCharts.MostCompared}, each as run=NAME.");
        stage ??= "pretrain";
        if (!RunShelf.TrainingStages.Contains(stage))
            return StudioPages.Problem(StatusCodes.Status400BadRequest, $"The stage '{stage}' does not train; those that do are {string.Join(" and ", RunShelf.TrainingStages)}.");
        if (!Enum.TryParse(axis ?? nameof(LearningAxis.Steps), ignoreCase: true, out LearningAxis against) || !Enum.IsDefined(against))
            return StudioPages.Problem(StatusCodes.Status400BadRequest, $"Curves are drawn against steps, time or tokens, not '{axis}'.");
        var curves = new List<NamedSamples>();
        foreach (string name in run)
        {
            if (shelf.Find(name) is not RunFolder folder)
                return NoRun(name);
            IReadOnlyList<StepMetrics> lines = shelf.Lines(folder, stage);
            if (lines.Count > 0)
                curves.Add(new NamedSamples(name, [.. lines.Select(line => line.ToSample())]));
        }
        if (curves.Count == 0)
            return Results.NoContent();
        LineChart[] charts = [LearningCharts.Loss(curves, against), LearningCharts.Validation(curves, against), LearningCharts.Speed(curves, against), LearningCharts.FractionOfPeak(curves, against), LearningCharts.GradientNorm(curves, against)];
        Html figures = Html.Join(charts.Where(chart => chart.Series.Count > 0).Select(chart => chart.ToFigure()));
        return Results.Text(figures.ToString(), "text/html", Encoding.UTF8);
    }

    private static IResult Samples(string name, string? stage, RunShelf shelf)
    {
        if (shelf.Find(name) is not RunFolder folder)
            return NoRun(name);
        return Results.Json(shelf.Lines(folder, stage ?? "pretrain").Where(line => line.Sample is not null).Select(line => new { line.Step, line.Seconds, line.BitsPerByte, Text = line.Sample }), Json);
    }

    /// <summary>The report is a page of its own, made for being mailed: its one style sheet is inside it, and is allowed by what it says.</summary>
    private static async Task<IResult> Report(string name, RunShelf shelf, HttpResponse response, CancellationToken cancellation)
    {
        if (shelf.Find(name) is not RunFolder folder)
            return NoRun(name);
        if (!File.Exists(folder.ReportHtml))
            return StudioPages.Problem(StatusCodes.Status404NotFound, $"The run '{name}' has no report yet: it is written when a life is complete.");
        string page = await File.ReadAllTextAsync(folder.ReportHtml, cancellation).ConfigureAwait(false);
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'unsafe-hashes' {string.Join(' ', Styles(page).Distinct().Select(Digest))}; img-src data:; base-uri 'none'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";
        return Results.Text(page, "text/html", Encoding.UTF8);
    }

    /// <summary>The style sheet of a report, and the styles of its elements.</summary>
    private static IEnumerable<string> Styles(string page)
    {
        foreach ((string open, string close) in ((string, string)[])[("<style>", "</style>"), (" style=\"", "\"")])
        {
            foreach (string style in Between(page, open, close))
                yield return style;
        }
    }

    private static List<string> Between(string page, string open, string close)
    {
        var found = new List<string>();
        for (int at = page.IndexOf(open, StringComparison.Ordinal); at >= 0; at = page.IndexOf(open, at, StringComparison.Ordinal))
        {
            int start = at + open.Length, end = page.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0)
                break;
            found.Add(page[start..end]);
            at = end;
        }
        return found;
    }

    private static string Digest(string style) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'";

    private static IResult Do(RunShelf shelf, string name, Action<RunFolder> action) => shelf.Find(name) is RunFolder folder
        ? Try(() =>
        {
            action(folder);
            return Results.NoContent();
        })
        : NoRun(name);

    private static IResult Try(Func<IResult> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException problem)
        {
            return StudioPages.Problem(StatusCodes.Status400BadRequest, problem.Message.Split(" (Parameter")[0]);
        }
        catch (InvalidOperationException problem)
        {
            return StudioPages.Problem(StatusCodes.Status409Conflict, problem.Message);
        }
    }

    private static IResult NoRun(string name) => StudioPages.Problem(StatusCodes.Status404NotFound, $"There is no run '{name}'.");
}
