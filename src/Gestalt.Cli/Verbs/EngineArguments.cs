using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary>What a model is run with: the options that 'generate' and 'chat' share.</summary>
internal sealed class EngineArguments
{
    public Option<int?> Context { get; } = new("--context", "-c") { Description = "Tokens that prompt and answer may have together [default: the model's own, or as many as memory holds]", HelpName = "N" };

    public Option<string?> Cache { get; } = CacheOption();

    public Option<string?> Draft { get; } = new("--draft") { Description = "A smaller model of the same vocabulary that guesses ahead; the text stays the same, it only comes faster", HelpName = "MODEL" };

    public Option<bool> Lookup { get; } = new("--lookup") { Description = "Guess ahead from where the latest words stood before; faster where texts repeat themselves, never other text" };

    public Option<string?> Adapter { get; } = new("--adapter") { Description = "A LoRA or DoRA adapter for the model: a folder as PEFT saves it, or a GGUF file", HelpName = "PATH" };

    /// <summary>All of them.</summary>
    public Option[] All => [Context, Cache, Draft, Lookup, Adapter];

    /// <summary>What was asked for.</summary>
    public EngineRequest Read(ParseResult parse) => new(
        parse.GetValue(Context), parse.GetValue(Cache) is string name ? Enum.Parse<CacheFormat>(name, ignoreCase: true) : null, parse.GetValue(Draft), parse.GetValue(Lookup), parse.GetValue(Adapter));

    private static Option<string?> CacheOption()
    {
        var option = new Option<string?>("--cache") { Description = "How keys and values are kept: f32, f16 or q8_0, which holds almost twice the context of f16 [default: f16]", HelpName = "TYPE" };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "f32", "f16", "q8_0");
        return option;
    }
}

/// <summary>How a model was asked to be run.</summary>
/// <param name="Context">Tokens that a sequence may have.</param>
/// <param name="Cache">How keys and values are kept.</param>
/// <param name="Draft">The name of a model that guesses.</param>
/// <param name="Lookup">Whether guesses are looked up in the text.</param>
/// <param name="Adapter">The adapter's folder or file.</param>
internal sealed record EngineRequest(int? Context = null, CacheFormat? Cache = null, string? Draft = null, bool Lookup = false, string? Adapter = null)
{
    /// <summary>Opens a model, and the one that guesses for it.</summary>
    /// <param name="path">The model's file or folder.</param>
    /// <param name="precision">Operands of matrix products, as on the command line.</param>
    /// <exception cref="UserError">What was asked for cannot be: the message says with what it can.</exception>
    public LanguageModel Open(string path, string? precision)
    {
        var options = new EngineOptions { Context = Context, CacheFormat = Cache, LooksUpDrafts = Lookup };
        try
        {
            LanguageModel model = LanguageModel.Open(path, options, Draft is null ? null : ModelSource.Find(Draft), ComputeOptions.ForUse(precision));
            return Adapter is null ? model : Adapted(model, Adapter);
        }
        catch (CacheMemoryException problem) when (problem.LargestContext > 0)
        {
            throw new UserError(ExitCode.Usage, $"{problem.Message} Ask for it with --context {problem.LargestContext}{(Cache == CacheFormat.Q8_0 ? "" : ", or keep them smaller with --cache q8_0")}.");
        }
    }

    private static LanguageModel Adapted(LanguageModel model, string adapter)
    {
        try
        {
            model.Loaded.Transformer.Adapter = model.LoadAdapter(adapter);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
