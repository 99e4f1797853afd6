using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Arena;
using Gestalt.Store;
using Gestalt.Studio.Hosting;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt arena</c>: votes on answers → a leaderboard of models.</summary>
internal static class ArenaCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "JSONL files of votes: Studio's, or Chatbot Arena's [default: the votes in the store]", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> store = ServeCommand.StoreOption();
        var length = new Option<bool>("--control-length") { Description = "Estimate what an answer gains by its length, and take it out of the ratings" };
        var bad = new Option<bool>("--leave-out-both-bad") { Description = "Do not count votes that found both answers bad [default: they are ties]" };
        var resamples = new Option<int>("--resamples") { Description = "How often votes are drawn anew to find the intervals", HelpName = "N", DefaultValueFactory = _ => 1000 };
        var seed = new Option<long>("--seed") { Description = "Begins the draws", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> json = Json.Option();
        return new Verb(
            "arena",
            "Rank models by people's votes on their answers",
            "Ratings are Bradley-Terry's by maximum likelihood on Elo's scale (400 points more win ten times as often, the mean is 1000), with 95 % bootstrap intervals. People vote on Studio's page Arena, blind and side by side.",
            new Example("gestalt arena", "the votes that were given in Studio"),
            new Example("gestalt arena votes.jsonl --control-length", "votes from a file, without what length alone wins"),
            new Example("gestalt arena --store postgresql://me@localhost/gestalt --json", "from a database, for programs"))
            .With(files, store, length, bad, resamples, seed, json)
            .Does(parse => Rank(
                parse.GetValue(files) ?? [],
                parse.GetValue(store) ?? StudioOptions.DefaultStore,
                new LeaderboardOptions
                {
                    ControlLength = parse.GetValue(length),
                    CountBothBad = !parse.GetValue(bad),
                    Resamples = parse.GetValue(resamples) is var count and >= 0 ? count : throw new UserError(ExitCode.Usage, $"--resamples is {parse.GetValue(resamples)}; it must be 0 or more."),
                    Seed = (ulong)parse.GetValue(seed),
                },
                parse.GetValue(json)));
    }

    private static void Rank(string[] files, string store, LeaderboardOptions options, bool json)
    {
        using var interruption = new Interruption("");
        Comparison[] comparisons = files.Length > 0 ? [.. files.SelectMany(ComparisonFile.Read)] : FromStoreAsync(store, interruption.Token).GetAwaiter().GetResult();
        Leaderboard board = Leaderboard.Of(comparisons, options, interruption.Token);
        if (json)
            Json.Write(new
            {
                board.Comparisons,
                board.LeftOut,
                board.Groups,
                Length = board.Length is { } effect ? new { effect.PointsForTwice, Low = Known(effect.Low), High = Known(effect.High) } : null,
                Standings = board.Standings.Select(one => new { one.Model, one.Rank, one.Rating, Low = Known(one.Low), High = Known(one.High), one.Bound, one.Group, one.Comparisons, one.Points }),
                Remarks = board.Remarks(),
            });
        else
            Print(board, files.Length == 0);
    }

    private static double? Known(double number) => double.IsNaN(number) ? null : number;

    private static async Task<Comparison[]> FromStoreAsync(string place, CancellationToken cancellation)
    {
        IStore store = await Stores.OpenAsync(place, Messages.Warn, cancellation).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var comparisons = new List<Comparison>();
            await foreach (StoredVote vote in new Votes(store).ListAsync(cancellation: cancellation).ConfigureAwait(false))
                comparisons.Add(ComparisonFile.Parse(StoreJson.Write(vote.Vote), $"the vote '{vote.Id}'"));
            return [.. comparisons];
        }
    }

    private static void Print(Leaderboard board, bool fromStore)
    {
        if (board.Standings.Count == 0)
        {
            Messages.Say(fromStore ? "There are no votes yet. Give some on Studio's page Arena: gestalt serve" : "There are no votes in that.");
            return;
        }
        int width = Math.Max(5, board.Standings.Max(standing => standing.Model.Length));
        Console.Out.WriteLine($"rank  {"model".PadRight(width)}  rating   95 % interval  comparisons  points");
        int group = 1;
        foreach (Standing one in board.Standings)
        {
            if (one.Group != group)
                Console.Out.WriteLine();
            group = one.Group;
            string mark = one.Bound switch { RatingBound.None => " ", RatingBound.AtLeast => "\u2265", RatingBound.AtMost => "\u2264", _ => "~" };
            string interval = double.IsNaN(one.Low) ? "" : string.Create(CultureInfo.InvariantCulture, $"[{one.Low:0}, {one.High:0}]");
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Rank,4}  {one.Model.PadRight(width)}  {mark}{one.Rating,5:0}  {interval,14}  {one.Comparisons,11}  {one.Points,6:0.#}"));
        }
        if (board.Length is { } length)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nAn answer twice as long gains {length.PointsForTwice:0} points [{length.Low:0}, {length.High:0}] by that alone; this is taken out."));
        if (board.LeftOut > 0)
            Messages.Say($"{board.LeftOut} votes that found both answers bad are left out.");
        foreach (string remark in board.Remarks())
            Messages.Warn(remark);
    }
}
