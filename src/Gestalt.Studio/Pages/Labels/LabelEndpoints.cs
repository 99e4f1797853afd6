using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Evaluation.Agreement;
using Gestalt.Store.Labels;
using Gestalt.Studio.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Labels;

/// <summary>Labelling over HTTP, below <c>/studio/labels</c>: the next task of a person, without a word on whose answers it shows, labels, and how far people agree.</summary>
internal static class LabelEndpoints
{
    private const int LongestName = 64;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A label that a page sends: sides are what the person saw.</summary>
    private sealed record NewLabel(string? By, string? Task, string? Answer, string? Better, bool Skip);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/labels");
        group.MapGet("/next", (string? by, string? kind, LabelStore store) => Results.Json(Shown(store.Read(), Name(by), Kind(kind)), Json));
        group.MapGet("/last", (string? by, LabelStore store) => Results.Json(LastShown(store.Read(), Name(by)), Json));
        group.MapGet("/agreement", (LabelStore store) => Results.Json(Agreement(store.Read()), Json));
        group.MapPost("/", (NewLabel label, string? kind, LabelStore store) => Add(label, Kind(kind), store));
    }

    private static IResult Add(NewLabel given, LabelKind? kind, LabelStore store)
    {
        string by = Name(given.By);
        LabelTask task = store.Read().Find(given.Task ?? "") ?? throw new ApiException(StatusCodes.Status404NotFound, "There is no such task, or no longer. Open the page again.");
        var label = new Label(task.Id, by, DateTimeOffset.UtcNow)
        {
            IsSkipped = given.Skip,
            Answer = given.Skip || task.Kind == LabelKind.Pick ? null : given.Answer,
            Choice = given.Skip || task.Kind != LabelKind.Pick ? null : given.Better switch
            {
                "left" => task.IsTurnedFor(by) ? LabelChoice.Second : LabelChoice.First,
                "right" => task.IsTurnedFor(by) ? LabelChoice.First : LabelChoice.Second,
                "tie" => LabelChoice.Tie,
                "bad" => LabelChoice.BothBad,
                _ => throw ApiException.Bad("better", $"The better answer is left, right, tie or bad, not '{given.Better}'."),
            },
        };
        if (label.ProblemFor(task) is string problem) throw ApiException.Bad("answer", $"The label cannot be kept: {problem}.");
        store.Add(label);
        return Results.Json(Shown(store.Read(), by, kind), Json);
    }

    private static object Shown(LabelSet set, string by, LabelKind? kind) => new { Progress = set.Progress(by, kind), Task = set.Next(by, kind) is LabelTask next ? View(next, by) : null, Labels = set.Labels.Count };

    private static object LastShown(LabelSet set, string by)
    {
        Label last = set.Last(by) ?? throw new ApiException(StatusCodes.Status404NotFound, "There is nothing to undo yet.");
        return new { Progress = set.Progress(by), Task = View(set.Find(last.Task)!, by), last.Answer };
    }

    /// <summary>A task as a person may see it: the answers in their order, and nothing of whose they are.</summary>
    private static object View(LabelTask task, string by) => new
    {
        task.Id,
        Kind = task.Kind.ToString().ToLowerInvariant(),
        task.Prompt,
        Answers = task.Kind == LabelKind.Pick && task.IsTurnedFor(by) ? task.Answers.Reverse() : task.Answers,
    };

    private static object Agreement(LabelSet set)
    {
        string[] people = [.. set.Labels.Where(label => label.Choice is not null).Select(label => label.By).Distinct().Order(StringComparer.Ordinal)];
        int categories = Enum.GetValues<LabelChoice>().Length;
        return new
        {
            People = set.Labellers.Select(name => new { Name = name, set.Progress(name).Done, set.Progress(name).All }),
            Pairs = people.SelectMany((first, i) => people.Skip(i + 1).Select(second =>
            {
                IReadOnlyList<IReadOnlyList<int>> both = set.ChoicesOf([first, second]);
                return Named($"{first} and {second}", Kappa.Cohen([.. both.Select(pair => pair[0])], [.. both.Select(pair => pair[1])], categories));
            })),
            Everybody = people.Length > 2 ? Named("everybody", Kappa.Fleiss(set.ChoicesOf(people), categories)) : null,
        };
    }

    private static object Named(string who, Kappa kappa) => new { Who = who, kappa.Items, Value = Known(kappa.Value), Low = Known(kappa.Low), High = Known(kappa.High), Observed = Known(kappa.Observed), Expected = Known(kappa.Expected) };

    private static double? Known(double number) => double.IsNaN(number) ? null : number;

    private static string Name(string? by) => by?.Trim() is { Length: > 0 and <= LongestName } name ? name : throw ApiException.Bad("by", $"Say who labels: a name of 1 to {LongestName} characters.");

    private static LabelKind? Kind(string? kind) => kind switch
    {
        null or "" => null,
        "write" => LabelKind.Write,
        "edit" => LabelKind.Edit,
        "pick" => LabelKind.Pick,
        _ => throw ApiException.Bad("kind", $"There are the kinds write, edit and pick, not '{kind}'."),
    };
}
