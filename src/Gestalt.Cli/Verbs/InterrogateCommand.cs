using System.CommandLine;
using System.Globalization;
using System.Text;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training;
using Gestalt.Training.Interrogation;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt interrogate</c>: a model and a text → conversations that teach it to say what it does not know.</summary>
internal static class InterrogateCommand
{
    public static Command Create()
    {
        var usual = new InterrogationOptions();
        var model = new Argument<string?>("MODEL") { Description = "The model: a file, a run, a pulled model [default: the newest run's]", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string[]>("--data", "-d") { Description = "Texts whose facts are asked for: files, folders, globs, a corpus", HelpName = "TEXT", AllowMultipleArgumentsPerToken = true };
        Option<string?> world = World();
        var teacher = new Option<string?>("--teacher") { Description = "For --data: a model that writes the questions and judges the answers [default: sentences are to be ended, strings compared]", HelpName = "MODEL" };
        var output = new Option<string>("--output", "-o") { Description = "Where the conversations go", HelpName = "FILE", DefaultValueFactory = _ => "interrogated.jsonl" };
        var facts = new Option<int>("--facts") { Description = "How many facts are asked for", HelpName = "N", DefaultValueFactory = _ => usual.Facts };
        var samples = new Option<int>("--samples") { Description = "How often each is asked for", HelpName = "N", DefaultValueFactory = _ => usual.Samples };
        var temperature = new Option<float>("--temperature") { Description = "Temperature of the answers", HelpName = "X", DefaultValueFactory = _ => usual.Temperature };
        var known = new Option<double>("--known") { Description = "Share of right answers from which a fact is known", HelpName = "X", DefaultValueFactory = _ => usual.KnownFrom };
        var unknown = new Option<double>("--unknown") { Description = "Share of right answers up to which it is unknown", HelpName = "X", DefaultValueFactory = _ => usual.UnknownUpTo };
        var perFact = new Option<int>("--per-fact") { Description = "The most conversations about a fact", HelpName = "N", DefaultValueFactory = _ => usual.PerFact };
        var contrast = new Option<int>("--per-contrast") { Description = "The most conversations about a fact of somebody of whom the model knows some things and others not", HelpName = "N", DefaultValueFactory = _ => usual.PerContrast };
        var seed = new Option<ulong>("--seed") { Description = "Draws facts and answers", HelpName = "N", DefaultValueFactory = _ => usual.Seed };
        Option<bool> json = Json.Option();
        return new Verb(
            "interrogate",
            "Find out what a model knows, and teach it to say what it doesn't",
            "Draws facts from a text, asks the model for each several times, and judges the answers by the text: exactly in the small world, by comparing strings or by a model elsewhere. Where it is consistently wrong, conversations are written in which it declines, in many wordings; where it knows, its own right answers. Learn from them beside what an assistant learns from anyway.",
            new Example("gestalt interrogate --world first -o refusals.jsonl", "the newest run's assistant, about the world of the run 'first'"),
            new Example("gestalt interrogate model.gguf --data books/ --teacher Qwen3-4B", "an open model, about your own text"),
            new Example("gestalt finetune -m model.gguf -d refusals.jsonl -d talks.jsonl", "learn from it"),
            new Example("gestalt interrogate compare before.gguf after.gguf --world first", "what it changed, on facts that were kept back"))
            .With(Compare())
            .With(model, data, world, teacher, output, facts, samples, temperature, known, unknown, perFact, contrast, seed, json)
            .Does(parse => Interrogate(
                parse.GetValue(model), parse.GetValue(data) ?? [], parse.GetValue(world), parse.GetValue(teacher), parse.GetValue(output)!,
                new InterrogationOptions
                {
                    Facts = facts.AtLeastOne(parse.GetValue(facts)),
                    Samples = samples.AtLeastOne(parse.GetValue(samples)),
                    Temperature = parse.GetValue(temperature) is var warmth and >= 0 ? warmth : throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--temperature is {parse.GetValue(temperature)}; it must be 0 or more.")),
                    KnownFrom = known.Between(parse.GetValue(known), 0, 1),
                    UnknownUpTo = unknown.Between(parse.GetValue(unknown), 0, 1),
                    PerFact = perFact.AtLeastOne(parse.GetValue(perFact)),
                    PerContrast = contrast.AtLeastOne(parse.GetValue(contrast)),
                    Seed = parse.GetValue(seed),
                },
                parse.GetValue(json)));
    }

    private static Verb Compare()
    {
        var before = new Argument<string>("BEFORE") { Description = "The model before" };
        var after = new Argument<string>("AFTER") { Description = "The model after" };
        Option<string?> world = World();
        var strangers = new Option<int>("--strangers") { Description = "How many questions about people and things that nobody knows", HelpName = "N", DefaultValueFactory = _ => 400 };
        Option<bool> json = Json.Option();
        return new Verb(
            "compare",
            "Compare what two models know, make up and decline",
            "Both answer the same questions about a small world, greedily: told facts in wordings that no training has, facts that no page tells and no conversation declines, and people and things that do not exist. No fact of these is ever asked for by 'interrogate'.",
            new Example("gestalt interrogate compare runs/first/sft/model.gguf tuned/model.gguf --world first", "did it help, and what did it cost?"))
            .With(before, after, world, strangers, json)
            .Does(parse =>
            {
                using var interruption = new Interruption("stopping ...");
                var conversations = new Conversations(RunSource.WorldOf(RunSource.Existing(parse.GetValue(world)), "Name that text: --data TEXT"));
                int count = parse.GetValue(strangers) is var n and >= 0 ? n : throw new UserError(ExitCode.Usage, $"--strangers is {parse.GetValue(strangers)}; it must be 0 or more.");
                var change = new KnowledgeChange(Test(parse.GetValue(before)!, conversations, count, interruption.Token), Test(parse.GetValue(after)!, conversations, count, interruption.Token));
                if (parse.GetValue(json)) Json.Write(new { Before = Summary(change.Before), After = Summary(change.After), change.Fall, change.FallOfNeverTold, change.Lost, change.Gained });
                else Print(change);
            });
    }

    private static void Interrogate(string? named, string[] data, string? world, string? teacherName, string output, InterrogationOptions options, bool json)
    {
        if (options.UnknownUpTo >= options.KnownFrom) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--unknown is {options.UnknownUpTo} and --known {options.KnownFrom}; it must be below."));
        if (data.Length > 0 && world is not null) throw new UserError(ExitCode.Usage, "--data and --world are two sources of facts; name one.");
        if (teacherName is not null && data.Length == 0) throw new UserError(ExitCode.Usage, "--teacher goes with --data: a small world is judged by its answer key.");
        OutputPath.Require(output);
        using var interruption = new Interruption("stopping; nothing is written (Ctrl-C again stops at once)");
        var device = new Device(WorkerPool.Shared);
        string[]? documents = data.Length > 0 ? [.. TextInput.Documents(data).Select(document => Encoding.UTF8.GetString(document.Span))] : null;
        SmallWorld? about = documents is null ? RunSource.WorldOf(RunSource.Existing(world), "Name that text: --data TEXT") : null;
        using LoadedModel model = ModelFile.Load(ModelSource.Find(named), device);
        using var engine = new Engine(model.Transformer);
        using LoadedModel? teacher = teacherName is null ? null : ModelFile.Load(ModelSource.Find(teacherName), device);
        using Engine? lectern = teacher is null ? null : new Engine(teacher.Transformer);
        TextFacts? text = documents is null ? null : new TextFacts(documents, teacher is null ? null : new TextGenerator(lectern!, teacher));
        IFactSource source = text is not null ? text : new WorldFacts(new FactInterview(new Conversations(about!)));
        InterrogationOutcome outcome;
        using (var progress = new WorkProgress("asked", amount => string.Create(CultureInfo.InvariantCulture, $"{amount:N0} times")))
        {
            long answered = 0;
            outcome = Interrogator.Ask(new TextGenerator(engine, model), source, options, () => progress.Report(Interlocked.Increment(ref answered), null), interruption.Token);
        }

        IReadOnlyList<Conversation> written = Interrogator.Write(outcome, source);
        ConversationFile.Write(output, written);
        (int known, int wavering, int unknown) = (outcome.Count(Knowledge.Known), outcome.Count(Knowledge.Wavering), outcome.Count(Knowledge.Unknown));
        int refusals = written.Count(conversation => AnswerJudge.SaysItDoesNotKnow(conversation.Messages[^1].Content));
        double wrong = outcome.Facts.Average(fact => fact.WrongShare), right = outcome.Facts.Average(fact => fact.RightShare);
        if (json)
            Json.Write(new { File = output, Facts = outcome.Facts.Count, Known = known, Wavering = wavering, Unknown = unknown, RightAnswers = right, WrongAnswers = wrong, Conversations = written.Count, Refusals = refusals, QuestionsLeftOut = text?.LeftOut ?? 0 });
        if (text is { LeftOut: > 0 }) Messages.Warn($"{text.LeftOut} of the teacher's questions were left out: not in the form that was asked for, or their answer does not stand in the passage.");
        Messages.Say(string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Facts.Count} facts, each asked for {options.Samples} times: {known} known, {unknown} unknown, {wavering} wavering; {right:P1} of the answers were right, {wrong:P1} confidently wrong"));
        Messages.Say($"{written.Count} conversations in {output}, {refusals} of them refusals. Learn from them, beside what the assistant learns from anyway: gestalt finetune -m MODEL -d {CommandLine.Quote(output)} -d TALKS");
    }

    private static KnowledgeTest Test(string name, Conversations conversations, int strangers, CancellationToken cancellation)
    {
        using LoadedModel model = ModelFile.Load(ModelSource.Find(name), new Device(WorkerPool.Shared));
        using var engine = new Engine(model.Transformer);
        return KnowledgeTest.Run(new TextGenerator(engine, model), conversations, strangers, cancellation);
    }

    private static object Summary(KnowledgeTest test) =>
        new { test.Known, test.KnownFromPages, test.Confident, test.Declined, test.ConfidentOfStrangers, test.DeclinedStrangers, test.DeclinedOfAll };

    private static void Print(KnowledgeChange change)
    {
        Row("told facts answered rightly", change.Before.Known, change.After.Known);
        Row("  of them known from pages alone", change.Before.KnownFromPages, change.After.KnownFromPages);
        Row("never told: answered confidently", change.Before.Confident, change.After.Confident);
        Row("never told: declined", change.Before.Declined, change.After.Declined);
        if (change.Before.Strangers.Count > 0)
        {
            Row("strangers: answered confidently", change.Before.ConfidentOfStrangers, change.After.ConfidentOfStrangers);
            Row("strangers: declined", change.Before.DeclinedStrangers, change.After.DeclinedStrangers);
            Row("unknown in all: declined", change.Before.DeclinedOfAll, change.After.DeclinedOfAll);
        }

        Console.Out.WriteLine($"confident answers to the unknown fell by {change.Fall}; about the well-known by {change.FallOfNeverTold}");
        Console.Out.WriteLine($"known facts lost: {change.Lost}; gained: {change.Gained}");

        static void Row(string name, Evaluation.Proportion before, Evaluation.Proportion after) => Console.Out.WriteLine($"{name,-34} {before} → {after}");
    }

    private static Option<string?> World() => new("--world") { Description = "The run whose small world is asked about [default: the newest run]", HelpName = "RUN" };
}
