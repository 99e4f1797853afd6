using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Store.Labels;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt label add</c>: prompts, and a model's answers to them → tasks for people.</summary>
internal static class LabelAddCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data", "-d") { Description = "Prompts: JSONL of {\"messages\": [...]}, of which an answer at the end is left out, or text with a prompt a line", HelpName = "FILE", Required = true };
        Option<string?> kind = LabelCommand.KindOption("What is to be done: write, edit, pick [default: write without a model, pick with one]");
        var model = new Option<string?>("--model", "-m") { Description = "Whose drafts are edited, or whose answers compared", HelpName = "MODEL" };
        var against = new Option<string?>("--against") { Description = "For pick: who gives the other answer [default: the same model, drawn again]", HelpName = "MODEL" };
        var temperature = new Option<float>("--temperature") { Description = "Temperature of the answers", HelpName = "X", DefaultValueFactory = _ => 0.9f };
        var tokens = new Option<int>("--max-tokens") { Description = "The longest answer", HelpName = "N", DefaultValueFactory = _ => 300 };
        var seed = new Option<ulong>("--seed") { Description = "Draws the answers", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string?> file = LabelCommand.FileOption();
        return new Verb("add", "Make tasks for people", "For each prompt a task: to write the ideal answer, to edit a model's draft, or to pick the better of two answers. Prompts to which a model answers twice the same make no task to pick from.",
            new Example("gestalt label add --data prompts.txt", "ideal answers are to be written"),
            new Example("gestalt label add --data talks.jsonl --kind edit --model runs/first", "drafts are to be edited"),
            new Example("gestalt label add --data talks.jsonl --model before.gguf --against after.gguf", "two models, blind"))
            .With(data, kind, model, against, temperature, tokens, seed, file)
            .Does(parse =>
            {
                string? named = parse.GetValue(model);
                LabelKind wanted = LabelCommand.KindOf(parse.GetValue(kind)) ?? (named is null ? LabelKind.Write : LabelKind.Pick);
                if (wanted != LabelKind.Write && named is null) throw new UserError(ExitCode.Usage, $"--kind is {wanted.ToString().ToLowerInvariant()}; that takes a model whose answers are shown: say --model MODEL.");
                if (wanted != LabelKind.Pick && parse.GetValue(against) is not null) throw new UserError(ExitCode.Usage, "--against goes with --kind pick.");
                if (parse.GetValue(tokens) < 1) throw new UserError(ExitCode.Usage, $"--max-tokens is {parse.GetValue(tokens)}; it must be at least 1.");
                IReadOnlyList<Conversation> prompts = Prompts(parse.GetValue(data)!);
                using var interruption = new Interruption("stopping; nothing is added (Ctrl-C again stops at once)");
                var options = new GenerationOptions { Sampling = new SamplingOptions { Temperature = parse.GetValue(temperature), Seed = parse.GetValue(seed) }, MaxTokens = parse.GetValue(tokens) };
                (string Source, string[] Texts)[] answers = wanted switch
                {
                    LabelKind.Write => [],
                    LabelKind.Edit => [Answers(named!, prompts, options, interruption.Token)],
                    _ => [Answers(named!, prompts, options, interruption.Token), Answers(parse.GetValue(against) ?? named!, prompts, options with { Sampling = options.Sampling with { Seed = options.Sampling.Seed + 1 } }, interruption.Token)],
                };
                LabelTask[] all = [.. prompts.Select((prompt, i) => LabelTask.Of(
                    wanted, [.. prompt.Messages.Select(message => new LabelMessage(message.Role, message.Content))], [.. answers.Select(one => (one.Source, one.Texts[i]))]))];
                LabelTask[] tasks = [.. all.Where(task => task.Problem is null)];
                LabelStore store = LabelCommand.Open(parse.GetValue(file));
                if (tasks.Length > 0) store.Add(tasks);
                foreach (IGrouping<string, LabelTask> left in all.Where(task => task.Problem is not null).GroupBy(task => task.Problem!)) Messages.Warn($"{left.Count()} prompts make no task: {left.Key}.");
                Messages.Say($"{tasks.Length} tasks in {store.Path}. Label them: gestalt label --as NAME, or on Studio's page Labels: gestalt serve");
            });
    }

    /// <summary>The conversations of a file up to where an answer is due.</summary>
    private static List<Conversation> Prompts(string path)
    {
        if (!File.Exists(path)) throw new UserError(ExitCode.Missing, $"there is no file '{path}' of prompts.");
        IEnumerable<Conversation> all = path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
            ? ConversationFile.Read(path).Select(talk => talk.Messages is [.., { Role: Roles.Assistant }] ? new Conversation([.. talk.Messages.SkipLast(1)]) : talk)
            : File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => Conversation.Of(new Message(Roles.User, line.Trim())));
        List<Conversation> prompts = [.. all.Where(prompt => prompt.Messages.Count > 0)];
        return prompts.Count > 0 ? prompts : throw new UserError(ExitCode.BadInput, $"there is no prompt in '{path}'.");
    }

    private static (string Source, string[] Texts) Answers(string name, IReadOnlyList<Conversation> prompts, GenerationOptions options, CancellationToken cancellation)
    {
        using LoadedModel model = ModelFile.Load(ModelSource.Find(name), new Device(WorkerPool.Shared));
        using var engine = new Engine(model.Transformer);
        var generator = new TextGenerator(engine, model);
        List<int[]> ids = [.. prompts.Select(prompt => generator.PromptIds(prompt))];
        int room = engine.Context - ids.Max(prompt => prompt.Length);
        if (room < 1) throw new UserError(ExitCode.BadInput, $"the longest prompt has {ids.Max(prompt => prompt.Length)} tokens, and the context of '{name}' holds {engine.Context}. Leave it out.");
        return (name, [.. generator.AnswerAll(ids, options with { MaxTokens = Math.Min(room, options.MaxTokens!.Value) }, cancellation: cancellation).Select(answer => answer.Text.Trim())]);
    }
}
