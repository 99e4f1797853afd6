using System.CommandLine;
using Gestalt.Inference;

namespace Gestalt.Cli.Verbs;

/// <summary>How tokens are drawn: the options that 'generate' and 'chat' share.</summary>
internal sealed class SamplingArguments(double temperature)
{
    public Option<float> Temperature { get; } = new("--temperature") { Description = "Below 1 sharpens, above 1 flattens, 0 always takes the likeliest", HelpName = "X", DefaultValueFactory = _ => (float)temperature };

    public Option<int> TopK { get; } = new("--top-k") { Description = "Keep this many of the likeliest tokens; 0 keeps all", HelpName = "N" };

    public Option<float> TopP { get; } = new("--top-p") { Description = "Keep the likeliest tokens that together have this probability", HelpName = "X", DefaultValueFactory = _ => 1 };

    public Option<float> MinP { get; } = new("--min-p") { Description = "Keep tokens with this share of the likeliest one's probability", HelpName = "X" };

    public Option<float> Penalty { get; } = new("--repetition-penalty") { Description = "Make tokens seen lately less likely; 1 does nothing", HelpName = "X", DefaultValueFactory = _ => 1 };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "The same seed gives the same text [default: another one each time]", HelpName = "N" };

    public Option<string[]> Stop { get; } = new("--stop") { Description = "Stop where this text appears; may be given several times", HelpName = "TEXT" };

    public Option<int?> Tokens { get; } = new("--tokens", "-n") { Description = "The most tokens to write [default: as many as fit]", HelpName = "N" };

    /// <summary>All of them.</summary>
    public Option[] All => [Temperature, TopK, TopP, MinP, Penalty, Seed, Stop, Tokens];

    /// <summary>What was asked for.</summary>
    public GenerationOptions Read(ParseResult parse)
    {
        var sampling = new SamplingOptions
        {
            Temperature = parse.GetValue(Temperature),
            TopK = parse.GetValue(TopK),
            TopP = parse.GetValue(TopP),
            MinP = parse.GetValue(MinP),
            RepetitionPenalty = parse.GetValue(Penalty),
            Seed = parse.GetValue(Seed) ?? (ulong)Random.Shared.NextInt64(),
        };
        sampling.Validate();
        return new GenerationOptions { Sampling = sampling, MaxTokens = parse.GetValue(Tokens), StopStrings = parse.GetValue(Stop) ?? [] };
    }
}
