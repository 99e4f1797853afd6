using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Models;

namespace Gestalt.Cli.Verbs;

/// <summary>What a person says about an adapter to be trained.</summary>
internal sealed class AdapterArguments
{
    public Option<int?> Rank { get; } = new("--lora-rank") { Description = "Train an adapter of this rank (LoRA) and leave the model as it is, quantized perhaps", HelpName = "N" };

    public Option<float?> Alpha { get; } = new("--lora-alpha") { Description = "The adapter's part is multiplied by this over the rank [default: twice the rank]", HelpName = "X" };

    public Option<string?> Layers { get; } = new("--lora-layers") { Description = "Which matrices it changes, of q, k, v, o, gate, up, down [default: all]", HelpName = "LIST" };

    public Option<float> Dropout { get; } = new("--lora-dropout") { Description = "Share of its inputs that training leaves out [default: 0]", HelpName = "X" };

    public Option<bool> Dora { get; } = new("--dora") { Description = "Give rows magnitudes of their own (DoRA)" };

    /// <summary>All of them.</summary>
    public Option[] All => [Rank, Alpha, Layers, Dropout, Dora];

    /// <summary>The adapter that was asked for; null for none.</summary>
    /// <exception cref="UserError">A number or layer is impossible, or an adapter's option is given without one.</exception>
    public AdapterOptions? Read(ParseResult parse)
    {
        if (parse.GetValue(Rank) is not int rank)
        {
            bool others = parse.GetValue(Alpha) is not null || parse.GetValue(Layers) is not null || parse.GetValue(Dropout) != 0 || parse.GetValue(Dora);
            return others ? throw new UserError(ExitCode.Usage, "--lora-alpha, --lora-layers, --lora-dropout and --dora shape an adapter: say --lora-rank, too, such as 8.") : null;
        }

        if (rank is < 1 or > 65536) throw new UserError(ExitCode.Usage, $"--lora-rank is {rank}; from 1 to 65536 are possible, and 4 to 64 usual.");
        float alpha = parse.GetValue(Alpha) ?? 2f * rank, dropout = parse.GetValue(Dropout);
        if (!(alpha > 0 && float.IsFinite(alpha))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--lora-alpha is {alpha}; it must be above 0."));
        if (!(dropout >= 0 && dropout < 1)) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--lora-dropout is {dropout}; from 0 to less than 1 are possible."));
        return new AdapterOptions
        {
            Rank = rank,
            Alpha = alpha,
            Dropout = dropout,
            HasMagnitudes = parse.GetValue(Dora),
            Layers = parse.GetValue(Layers) is string layers ? AdapterOptions.ParseLayers(layers) : AdapterLayers.All,
        };
    }
}
