using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Training;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt world</c>: seed → a small internet and its answer key.</summary>
internal static class WorldCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option("The run to make it for: a name below runs/, or a folder [default: world]");
        var seed = new Option<ulong>("--seed") { Description = "Another seed is another world", HelpName = "N", DefaultValueFactory = _ => 1 };
        var bytes = new Option<long>("--bytes") { Description = "Clean text on the pages, in bytes", HelpName = "N", DefaultValueFactory = _ => 20_000_000 };
        var show = new Option<int?>("--show") { Description = "Print this many pages, drawn at random, and write nothing", HelpName = "N" };
        var html = new Option<bool>("--html") { Description = "With --show: as a browser would receive them" };
        Option<bool> json = Json.Option();
        return new Verb(
            "world",
            "Invent a small internet, and the answers to everything on it",
            "People, places, kin, trades and festivals, and the pages that tell of them: encyclopedias, newspapers, forums, recipes, diaries, with everything a real crawl drags in. The same seed makes the same bytes. Because it is invented, what a model knows of it can be counted exactly.",
            new Example("gestalt world --show 3", "read three pages before you believe any of this"),
            new Example("gestalt world --run first --bytes 20000000", "runs/first/world/pages.warc.gz and the answer key"))
            .With(run, seed, bytes, show, html, json)
            .Does(parse =>
            {
                long size = parse.GetValue(bytes);
                if (size is < 10_000 or > 100_000_000_000) throw new UserError(ExitCode.Usage, $"--bytes is {size}; from 10,000 to 100 billion make sense.");
                if (parse.GetValue(show) is int count) Show(parse.GetValue(seed), size, count, parse.GetValue(html), parse.GetValue(json));
                else Make(RunSource.Named(parse.GetValue(run) ?? "world"), parse.GetValue(seed), size, parse.GetValue(GlobalOptions.Threads) ?? Environment.ProcessorCount, parse.GetValue(json));
            });
    }

    private static void Make(RunFolder run, ulong seed, long bytes, int threads, bool json)
    {
        using var interruption = new Interruption();
        WorldOutcome outcome = RunStage.Do(run, "world", made => made.ToString(), () => WorldStage.Run(run, seed, bytes, threads, interruption.Token));
        if (json) Json.Write(new { Folder = run.World, Seed = seed, outcome.Pages, outcome.Kept, outcome.TextBytes, outcome.WellAttested });
    }

    private static void Show(ulong seed, long bytes, int count, bool html, bool json)
    {
        var internet = new Internet(WorldStage.WorldOf(seed, bytes));
        var random = new Random((int)seed);
        for (int number = 0; number < count; number++)
        {
            Page page = internet.PageAt(random.Next(100_000));
            if (json)
            {
                Json.Write(new { page.Url, page.Genre, page.Fate, page.Reason, page.Text, Facts = page.FactIds.Distinct() });
                continue;
            }
            if (number > 0) Console.Out.WriteLine("\n" + new string('─', 72) + "\n");
            Console.Out.WriteLine($"{page.Url}  ({page.Genre.ToString().ToLowerInvariant()}{(page.Fate == Fate.Keep ? "" : $", {page.Fate.ToString().ToLowerInvariant()}: {page.Reason}")})\n");
            Console.Out.WriteLine(html ? System.Text.Encoding.UTF8.GetString(page.Html) : page.Text);
        }
    }
}
