using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Studio.Hosting;
using Gestalt.Training;

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
        Option<bool> json = Json.Option();
        return new Verb(
            "chat",
            "Talk to an assistant",
            "Answers stream as they are written. Ctrl-C stops an answer, Ctrl-D or /exit ends the conversation, /help lists what else there is. Lines from a pipe are messages too, answers then come a line each with --json, else as they are.",
            new Example("gestalt chat", "the newest run's assistant"),
            new Example("gestalt chat runs/first --temperature 0.7", "livelier"),
            new Example("gestalt chat Qwen3-0.6B --mcp mcp.json", "with tools; each call asks you first"),
            new Example("echo \"Who are you?\" | gestalt chat model.gguf", "one question"))
            .With(path, system).With(sampling.All).With(engine.All).With(precision, mcp, json)
            .Does(parse => Run(ModelSource.Find(parse.GetValue(path)), parse.GetValue(system), sampling.Read(parse), engine.Read(parse), parse.GetValue(precision), parse.GetValue(json), parse.GetValue(mcp)));
    }

    /// <summary>Talks until the person has had enough.</summary>
    public static void Run(string path, string? system, SamplingRequest request, EngineRequest engine, string? precision, bool json, string? mcp = null)
    {
        using LanguageModel model = engine.Open(path, precision);
        if (!model.IsAssistant && engine.Adapter is null && model.Loaded.Metadata.GetValueOrDefault("general.name", "").Contains("base", StringComparison.OrdinalIgnoreCase))
            throw new UserError(ExitCode.BadInput, $"{path} is a base model: it continues text, it does not answer. Use it with: gestalt generate -m {CommandLine.Quote(path)} \"Once upon a time\"");
        TextGenerator generator = model.Generator;
        if (generator.Template?.Assumption is string assumption) Messages.Warn($"conversations are written in the form of {assumption}.");
        GenerationOptions options = request.For(model.Loaded);
        ToolTalk? tools = null;
        if (mcp is not null)
        {
            ToolTalk.Check(options);
            using var interruption = new Interruption();
            tools = ToolTalk.OpenAsync(model, mcp, StudioOptions.DefaultStore, interruption.Token).GetAwaiter().GetResult();
        }
        try
        {
            new ChatSession(generator, options, system, tools).Talk(Console.In, json, Path.GetRelativePath(Directory.GetCurrentDirectory(), path));
        }
        finally
        {
            tools?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
