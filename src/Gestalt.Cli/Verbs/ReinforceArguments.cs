using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Tasks.Problems;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary>Where problems come from: kinds that are made without end, or files.</summary>
internal sealed class ReinforceArguments
{
    private const int FileShareHeldOut = 8; // one of so many, where a file is the only one

    public Option<string?> Kinds { get; } = new("--problems", "-p")
    {
        Description = $"Kinds of problems with commas between them, or all: {string.Join(", ", ProblemKinds.All.Select(kind => kind.Name))}",
        HelpName = "KIND",
    };

    public Option<string?> Data { get; } = new("--data", "-d") { Description = "JSONL of problems in place of kinds: {\"question\", \"answer\": \"... #### 72\"}, as GSM8K has them", HelpName = "FILE" };

    public Option<string?> Test { get; } = new("--test") { Description = "JSONL of problems that are only measured on [default: an eighth of --data]", HelpName = "FILE" };

    public Option<int> Held { get; } = new("--measure") { Description = "How many held-out problems are measured on", HelpName = "N", DefaultValueFactory = _ => 400 };

    public Option<string?> System { get; } = new("--system") { Description = "A message of the system before each problem, such as how to answer", HelpName = "TEXT" };

    public Option<int> MaxTokens { get; } = new("--max-tokens") { Description = "The longest answer, in tokens", HelpName = "N", DefaultValueFactory = _ => 128 };

    public Option<ulong> Seed { get; } = new("--seed") { Description = "Order of the problems and chance of the answers", HelpName = "N", DefaultValueFactory = _ => 1 };

    /// <summary>All of them.</summary>
    public Option[] All => [Kinds, Data, Test, Held, System, MaxTokens, Seed];

    /// <summary>Problems to learn from, and others to measure on.</summary>
    public (ProblemSource Learn, IReadOnlyList<Problem> HeldOut) Read(ParseResult parse, bool strict = false)
    {
        int held = Held.AtLeastOne(parse.GetValue(Held));
        ulong seed = parse.GetValue(Seed);
        (string? kinds, string? data) = (parse.GetValue(Kinds), parse.GetValue(Data));
        if (kinds is not null && data is not null) throw new UserError(ExitCode.Usage, "--problems and --data name two sources of problems; give one.");
        if (data is null)
        {
            IReadOnlyList<IProblemKind> all = ProblemKinds.Find(kinds ?? throw new UserError(ExitCode.Usage, $"there are no problems: name kinds with --problems ({string.Join(", ", ProblemKinds.All.Select(kind => kind.Name))}) or a file with --data."));
            // The held-out ones are the same for all seeds, so that runs can be compared.
            return (ProblemSource.Of(all, ProblemSplit.Train, seed), ProblemSource.Of(all, ProblemSplit.HeldOut, 0).TakeDistinct(held));
        }

        IReadOnlyList<Problem> learn = ReadFile(data, strict);
        IReadOnlyList<Problem> test;
        if (parse.GetValue(Test) is string file)
        {
            test = ReadFile(file, strict);
            HashSet<string> keys = [.. test.Select(problem => problem.Key)];
            int before = learn.Count;
            learn = [.. learn.Where(problem => !keys.Contains(problem.Key))];
            if (learn.Count < before) Messages.Warn($"{before - learn.Count} problems of {data} stand in {file}, too, and are not learned from.");
        }
        else
        {
            (test, learn) = ([.. learn.Where((_, i) => i % FileShareHeldOut == 0)], [.. learn.Where((_, i) => i % FileShareHeldOut != 0)]);
        }

        if (learn.Count == 0 || test.Count == 0) throw new UserError(ExitCode.BadInput, $"{data} leaves {learn.Count} problems to learn from and {test.Count} to measure on; there must be some of both.");
        return (ProblemSource.Of(Path.GetFileName(data), learn, seed), ProblemSource.Of("test", test, 0).Take(held));
    }

    /// <summary>A file's problems; lines that are none are told.</summary>
    public static IReadOnlyList<Problem> ReadFile(string path, bool strict, string? folder = null)
    {
        var aside = new List<SetAside>();
        IReadOnlyList<Problem> problems = ProblemFile.Read(path, (line, reason) => aside.Add(new SetAside(path, line, "malformed", reason)));
        SetAside.Tell(aside, "problems", folder, strict, Messages.Warn);
        return problems;
    }
}
