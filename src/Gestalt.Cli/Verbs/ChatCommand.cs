using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Studio.Hosting;
using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Gestalt.Training;
using Gestalt.Training.Improvement;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt chat</c>: messages → streamed answers.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var path = new Argument<string?>("MODEL") { Description = "A model file, a run, or a pulled model [default: the newest run]", Arity = ArgumentArity.ZeroOrOne };
        var system = new Option<string?>("--system") { Description = "A system message to begin with", HelpName = "TEXT" };
        var sampling = new SamplingArguments(temperature: 0);
        var engine = new EngineArguments();
        Option<string?> precision = ComputeOptions.Precision();
        Option<string?> mcp = ServeCommand.McpOption();
        var tools = new Option<string?>("--tools") { Description = "Gestalt's own tools that the model may use: calculator, search (over its run's pages), code; none for none [default: those it was taught]", HelpName = "NAMES" };
        Option<string?> log = LogOption();
        Option<bool> json = Json.Option();
        return new Verb(
            "chat",
            "Talk to an assistant",
            "Answers stream as they are written. Ctrl-C stops an answer, Ctrl-D or /exit ends the conversation, /help lists what else there is. Lines from a pipe are messages too, answers then come a line each with --json, else as they are.",
            new Example("gestalt chat", "the newest run's assistant"),
            new Example("gestalt chat runs/first --temperature 0.7", "livelier"),
            new Example("gestalt chat runs/first --tools calculator,search,code", "with tools that have no effect on anything; calls and results are shown"),
            new Example("gestalt chat Qwen3-0.6B --mcp mcp.json", "with the tools of others; each call asks you first"),
            new Example("gestalt chat runs/first --log runs/first/improve", "keep what is said, for gestalt improve; /flag marks a bad answer"),
            new Example("echo \"Who are you?\" | gestalt chat model.gguf", "one question"))
            .With(path, system).With(sampling.All).With(engine.All).With(precision, tools, mcp, log, json)
            .Does(parse => Run(
                ModelSource.Find(parse.GetValue(path)), parse.GetValue(system), sampling.Read(parse), engine.Read(parse), parse.GetValue(precision), parse.GetValue(json), parse.GetValue(mcp), parse.GetValue(tools), parse.GetValue(log)));
    }

    /// <summary>The option that asks for a log.</summary>
    public static Option<string?> LogOption() =>
        new("--log") { Description = "Keep every conversation in this folder, in log.jsonl, for gestalt improve [default: nothing is kept]", HelpName = "FOLDER" };

    /// <summary>The folder of a log that was asked for, checked, and said so; null where nothing is to be kept.</summary>
    public static ImprovementFolder? Log(string? folder)
    {
        if (folder is null) return null;
        OutputPath.RequireFolder(folder);
        var improvement = new ImprovementFolder(folder, Messages.Warn);
        Messages.Say($"Log      {improvement.Log.Path}: what is said here is kept there, as --log asks.");
        return improvement;
    }

    /// <summary>Talks until the person has had enough.</summary>
    public static void Run(string path, string? system, SamplingRequest request, EngineRequest engine, string? precision, bool json, string? mcp = null, string? tools = null, string? log = null)
    {
        ImprovementFolder? kept = Log(log);
        using LanguageModel model = engine.Open(path, precision);
        if (!model.IsAssistant && engine.Adapter is null && model.Loaded.Metadata.GetValueOrDefault("general.name", "").Contains("base", StringComparison.OrdinalIgnoreCase))
            throw new UserError(ExitCode.BadInput, $"{path} is a base model: it continues text, it does not answer. Use it with: gestalt generate -m {CommandLine.Quote(path)} \"Once upon a time\"");
        TextGenerator generator = model.Generator;
        if (generator.Template?.Assumption is string assumption) Messages.Warn($"conversations are written in the form of {assumption}.");
        GenerationOptions options = request.For(model.Loaded);
        ToolBox own = ToolsOf(path, model, tools, options);
        ToolTalk? talk = null;
        if (mcp is not null)
        {
            ToolTalk.Check(options);
            using var interruption = new Interruption();
            talk = ToolTalk.OpenAsync(model, own, mcp, StudioOptions.DefaultStore, interruption.Token).GetAwaiter().GetResult();
        }
        else if (own.Tools.Count > 0)
        {
            talk = ToolTalk.With(model, own);
        }
        try
        {
            new ChatSession(generator, options, system, talk, kept).Talk(Console.In, json, Path.GetRelativePath(Directory.GetCurrentDirectory(), path));
        }
        finally
        {
            talk?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>The tools that were asked for, or those that the model was taught where nothing speaks against them.</summary>
    private static ToolBox ToolsOf(string path, LanguageModel model, string? names, GenerationOptions options)
    {
        if (names is null && !ToolTalk.Suits(options)) return new ToolBox();
        string? wanted = names ?? model.Loaded.Metadata.GetValueOrDefault(ToolText.TaughtKey);
        try
        {
            ToolBox tools = RunTools.Of(RunTools.RunOf(path), wanted?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [], isStrict: names is not null);
            if (names is not null && tools.Tools.Count > 0) ToolTalk.Check(options);
            return tools;
        }
        catch (ArgumentException problem)
        {
            throw new UserError(ExitCode.Usage, problem.Message);
        }
    }
}
