using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Agreement;
using Gestalt.Store.Labels;
using Gestalt.Studio.Hosting;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt label</c>: people → ideal answers and comparisons.</summary>
internal static class LabelCommand
{
    private static readonly int Categories = Enum.GetValues<LabelChoice>().Length;

    public static Command Create()
    {
        Option<string?> file = FileOption();
        Option<string> labeller = new("--as") { Description = "Who labels", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        Option<string?> kind = KindOption("Only such tasks: write, edit, pick [default: all]");
        return new Verb(
            "label",
            "Write ideal answers, edit drafts, pick the better of two",
            "A person labels one task after the other: writes the ideal answer, makes a model's draft good, or says which of two answers is better, blind and in an order drawn by lot. The same labels are made on Studio's page Labels; both share one file of JSON lines, to which lines are only ever added. Fill it with 'label add', see how far people agree with 'label agreement', learn from it after 'label export'.",
            new Example("gestalt label guide", "read this first"),
            new Example("gestalt label add --data prompts.jsonl --model runs/first --kind pick", "tasks: two answers to each prompt"),
            new Example("gestalt label --as ada", "label, in the terminal"),
            new Example("gestalt label agreement", "how far do people agree, beyond chance?"),
            new Example("gestalt label export --sft ideal.jsonl --preferences pairs.jsonl", "for finetune -d and prefer --data"))
            .With(Guide(), LabelAddCommand.Create(), Agreement(), Export())
            .With(labeller, kind, file)
            .Does(parse => new LabelSession(Open(parse.GetValue(file)), Name(parse.GetValue(labeller)!), KindOf(parse.GetValue(kind))).Run());
    }

    internal static Option<string?> FileOption() => new("--labels") { Description = "The file of tasks and labels [default: GESTALT_LABELS, or labels.jsonl beside the store]", HelpName = "FILE" };

    internal static Option<string?> KindOption(string description)
    {
        var option = new Option<string?>("--kind") { Description = description, HelpName = "KIND" };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. Enum.GetNames<LabelKind>().Select(name => name.ToLowerInvariant())]);
        return option;
    }

    internal static LabelKind? KindOf(string? name) => name is null ? null : Enum.Parse<LabelKind>(name, ignoreCase: true);

    internal static LabelStore Open(string? file) => new(file ?? LabelStore.Beside(StudioOptions.DefaultStore), Messages.Warn);

    private static string Name(string name) => name.Trim() is { Length: > 0 and <= 64 } trimmed ? trimmed : throw new UserError(ExitCode.Usage, $"--as is '{name}'; a name has 1 to 64 characters.");

    private static Verb Guide() => new Verb("guide", "Print the labelling guide", "What makes an answer good: harmless, truthful, helpful, with examples. People who decide by the same text agree more often.",
        new Example("gestalt label guide | less", "read it")).Does(_ => Console.Out.WriteLine(LabellingGuide.Text));

    private static Verb Agreement()
    {
        Option<string?> file = FileOption();
        Option<bool> json = Json.Option();
        return new Verb("agreement", "How far people agree beyond chance", "Cohen's κ for each two people over what both judged, and Fleiss' κ where three or more judged the same, each with a 95 % bootstrap interval, what was observed, and what chance alone would give.",
            new Example("gestalt label agreement", "of everybody who picked"))
            .With(file, json)
            .Does(parse =>
            {
                LabelSet set = Read(parse.GetValue(file));
                IReadOnlyList<string> people = [.. set.Labels.Where(label => label.Choice is not null).Select(label => label.By).Distinct().Order(StringComparer.Ordinal)];
                (string Who, Kappa Kappa)[] two = [.. people.SelectMany((first, i) => people.Skip(i + 1).Select(second => ($"{first} and {second}", Cohen(set, first, second))))];
                Kappa? all = people.Count > 2 ? Kappa.Fleiss(set.ChoicesOf(people), Categories) : null;
                if (parse.GetValue(json)) Json.Write(new { Labellers = people.Select(name => new { Name = name, set.Progress(name).Done }), Pairs = two.Select(pair => new { Who = pair.Who, pair.Kappa }), All = all });
                else
                {
                    foreach (string name in people) Console.Out.WriteLine($"{name}: {set.Progress(name).Done} of {set.Tasks.Count} tasks");
                    foreach ((string who, Kappa kappa) in two) Console.Out.WriteLine($"{who}: {kappa}");
                    if (all is not null) Console.Out.WriteLine($"all: {all}");
                    if (people.Count < 2) Messages.Say($"Agreement takes two people who picked the better of two; here {(people.Count == 0 ? "is nobody yet" : "is one")}. Label as somebody else: gestalt label --as NAME --kind pick");
                }
            });
    }

    private static Verb Export()
    {
        Option<string?> file = FileOption();
        var sft = new Option<string?>("--sft") { Description = "Where ideal answers go: conversations for 'finetune -d'", HelpName = "FILE" };
        var preferences = new Option<string?>("--preferences") { Description = "Where comparisons go: {\"prompt\", \"chosen\", \"rejected\"} for 'prefer --data'", HelpName = "FILE" };
        Option<bool> json = Json.Option();
        return new Verb("export", "Labels → JSONL that finetune and prefer read", "Ideal answers are those that were written or edited. Comparisons are what most people found better, where a majority is, and each edited draft against what came out of it.",
            new Example("gestalt label export --sft ideal.jsonl --preferences pairs.jsonl", "both"))
            .With(sft, preferences, file, json)
            .Does(parse =>
            {
                if (parse.GetValue(sft) is null && parse.GetValue(preferences) is null) throw new UserError(ExitCode.Usage, "there is nothing to write: say --sft FILE, --preferences FILE, or both.");
                LabelSet set = Read(parse.GetValue(file));
                (int written, int compared) = (0, 0);
                if (parse.GetValue(sft) is string ideal)
                {
                    OutputPath.Require(ideal);
                    Conversation[] talks = [.. set.Written().Select(one => new Conversation([.. Prompt(one.Task).Messages, new Message(Roles.Assistant, one.Answer)]))];
                    ConversationFile.Write(ideal, talks);
                    written = talks.Length;
                    Messages.Say($"{written} ideal answers in {ideal}. Learn from them: gestalt finetune -m MODEL -d {CommandLine.Quote(ideal)}");
                }

                if (parse.GetValue(preferences) is string pairs)
                {
                    OutputPath.Require(pairs);
                    PreferencePair[] all = [.. set.Compared().Select(one => new PreferencePair(Prompt(one.Task), one.Chosen, one.Rejected))];
                    PreferenceFile.Write(pairs, all);
                    compared = all.Length;
                    Messages.Say($"{compared} comparisons in {pairs}. Learn from them: gestalt prefer -m MODEL --data {CommandLine.Quote(pairs)}");
                }

                if (parse.GetValue(json)) Json.Write(new { IdealAnswers = written, Comparisons = compared });
            });
    }

    private static LabelSet Read(string? file)
    {
        LabelStore store = Open(file);
        if (!File.Exists(store.Path)) throw new UserError(ExitCode.Missing, $"there are no labels at '{store.Path}' yet. Make tasks first: gestalt label add --data PROMPTS");
        LabelSet set = store.Read();
        foreach (string problem in set.Problems.Take(5)) Messages.Warn(problem);
        if (set.Problems.Count > 5) Messages.Warn($"{set.Problems.Count} lines in all are neither task nor label; they are left alone.");
        return set;
    }

    private static Kappa Cohen(LabelSet set, string first, string second)
    {
        IReadOnlyList<IReadOnlyList<int>> both = set.ChoicesOf([first, second]);
        return Kappa.Cohen([.. both.Select(pair => pair[0])], [.. both.Select(pair => pair[1])], Categories);
    }

    private static Conversation Prompt(LabelTask task) => new([.. task.Prompt.Select(message => new Message(message.Role, message.Content))]);
}
