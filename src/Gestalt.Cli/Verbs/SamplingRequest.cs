using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Inference;
using Gestalt.Inference.Constraints;
using Gestalt.Models;

namespace Gestalt.Cli.Verbs;

/// <summary>What was asked for on the command line; parts of it mean something only to a model with its vocabulary.</summary>
/// <param name="Options">What needs no model.</param>
internal sealed record SamplingRequest(GenerationOptions Options)
{
    /// <summary>A grammar's file.</summary>
    public string? GrammarFile { get; init; }

    /// <summary>A JSON Schema's file.</summary>
    public string? SchemaFile { get; init; }

    /// <summary>Texts across which no repetition is seen.</summary>
    public IReadOnlyList<string> DryBreakers { get; init; } = [];

    /// <summary>The options for a model.</summary>
    public GenerationOptions For(LoadedModel model)
    {
        GenerationOptions options = Options;
        if (options.Sampling.DryMultiplier > 0)
            options = options with { Sampling = options.Sampling with { DryBreakers = SequenceBreakers.Find(model.Tokenizer, DryBreakers) } };
        if ((GrammarFile ?? SchemaFile) is not string file)
            return options;
        var compiler = new ConstraintCompiler(model.Tokenizer, ConstraintCompiler.UsualEnds(model.Tokenizer).Concat(model.StopIds));
        string text = File.Exists(file) ? File.ReadAllText(file) : throw new UserError(ExitCode.Missing, $"there is no file '{file}' to take the {(GrammarFile is null ? "schema" : "grammar")} from.");
        try
        {
            CompiledConstraint compiled = GrammarFile is null ? compiler.JsonSchema(text) : compiler.Gbnf(text);
            return options with { Constraint = compiled.Start() };
        }
        catch (ConstraintException problem)
        {
            throw new UserError(ExitCode.BadInput, $"{file}: {problem.Message}");
        }
    }
}
