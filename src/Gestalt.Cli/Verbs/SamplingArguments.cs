using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Inference;

namespace Gestalt.Cli.Verbs;

/// <summary>How tokens are drawn: the options that 'generate' and 'chat' share.</summary>
internal sealed class SamplingArguments(double temperature)
{
    private static readonly SamplingOptions Usual = new();

    private static readonly string[] StepNames = [.. SamplingOptions.DefaultOrder.Select(NameOf)];

    public Option<float> Temperature { get; } = Number("--temperature", "Below 1 sharpens, above 1 flattens, 0 always takes the likeliest", (float)temperature);

    public Option<float> DynamicRange { get; } = Number("--dynamic-temperature", "Move the temperature up and down by as much with the model's doubt", 0);

    public Option<float> DynamicExponent { get; } = Number("--dynamic-exponent", "The power to which the doubt is raised", Usual.DynamicTemperatureExponent);

    public Option<int> TopK { get; } = new("--top-k") { Description = "Keep this many of the likeliest tokens; 0 keeps all", HelpName = "N" };

    public Option<float> TopP { get; } = Number("--top-p", "Keep the likeliest tokens that together have this probability", Usual.TopP);

    public Option<float> MinP { get; } = Number("--min-p", "Keep tokens with this share of the likeliest one's probability", 0);

    public Option<float> TypicalP { get; } = Number("--typical", "Keep the tokens nearest to the expected surprise that together have this probability", Usual.TypicalP);

    public Option<float> TopNSigma { get; } = Number("--top-n-sigma", "Keep tokens at most this many standard deviations below the likeliest; 0 keeps all", 0);

    public Option<float> XtcProbability { get; } = Number("--xtc-probability", "How often the top choices are left out", 0);

    public Option<float> XtcThreshold { get; } = Number("--xtc-threshold", "From which probability a token is a top choice", Usual.XtcThreshold);

    public Option<float> Penalty { get; } = Number("--repetition-penalty", "Make tokens seen lately less likely; 1 does nothing", Usual.RepetitionPenalty);

    public Option<float> Frequency { get; } = Number("--frequency-penalty", "Take this from a token's logit for each time it was seen lately", 0);

    public Option<float> Presence { get; } = Number("--presence-penalty", "Take this from the logit of each token seen lately", 0);

    public Option<int> Window { get; } = new("--repetition-window") { Description = "How many of the latest tokens the penalties look at", HelpName = "N", DefaultValueFactory = _ => Usual.RepetitionWindow };

    public Option<float> DryMultiplier { get; } = Number("--dry-multiplier", "Make tokens less likely that would continue a repetition (DRY); 0.8 is usual, 0 does nothing", 0);

    public Option<float> DryBase { get; } = Number("--dry-base", "How fast that grows with the length of the repetition", Usual.DryBase);

    public Option<int> DryLength { get; } = new("--dry-allowed-length") { Description = "The longest repetition in tokens that costs nothing", HelpName = "N", DefaultValueFactory = _ => Usual.DryAllowedLength };

    public Option<int> DryWindow { get; } = new("--dry-window") { Description = "How many of the latest tokens it looks at", HelpName = "N", DefaultValueFactory = _ => Usual.DryWindow };

    public Option<string[]> DryBreakers { get; } = new("--dry-breaker") { Description = "No repetition is seen across tokens with this text; may be given several times [default: line end, :, \", *]", HelpName = "TEXT" };

    public Option<int> Mirostat { get; } = new("--mirostat") { Description = "Hold the surprise at a target instead of cutting: version 1 or 2; 0 is off", HelpName = "N" };

    public Option<float> MirostatTarget { get; } = Number("--mirostat-target", "The surprise to hold, in bits a token", Usual.MirostatTarget);

    public Option<float> MirostatRate { get; } = Number("--mirostat-rate", "How fast it corrects itself", Usual.MirostatRate);

    public Option<string[]> Bias { get; } = new("--logit-bias") { Description = "Add to a token's logit, as in 15043=-5; -inf forbids it; may be given several times", HelpName = "ID=X" };

    public Option<string?> Order { get; } = new("--samplers") { Description = $"The steps in another order, those left out do not happen [default: {string.Join(';', StepNames)}]", HelpName = "A;B;C" };

    public Option<string?> Grammar { get; } = new("--grammar") { Description = "Write only what a grammar in GBNF allows", HelpName = "FILE" };

    public Option<string?> Schema { get; } = new("--json-schema") { Description = "Write only JSON that satisfies a JSON Schema", HelpName = "FILE" };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "The same seed gives the same text [default: another one each time]", HelpName = "N" };

    public Option<string[]> Stop { get; } = new("--stop") { Description = "Stop where this text appears; may be given several times", HelpName = "TEXT" };

    public Option<int?> Tokens { get; } = new("--tokens", "-n") { Description = "The most tokens to write [default: as many as fit]", HelpName = "N" };

    /// <summary>All of them.</summary>
    public Option[] All =>
    [
        Temperature, DynamicRange, DynamicExponent, TopK, TopP, MinP, TypicalP, TopNSigma, XtcProbability, XtcThreshold, Penalty, Frequency, Presence, Window,
        DryMultiplier, DryBase, DryLength, DryWindow, DryBreakers, Mirostat, MirostatTarget, MirostatRate, Bias, Order, Grammar, Schema, Seed, Stop, Tokens,
    ];

    /// <summary>What was asked for.</summary>
    public SamplingRequest Read(ParseResult parse)
    {
        var sampling = new SamplingOptions
        {
            Temperature = parse.GetValue(Temperature),
            DynamicTemperatureRange = parse.GetValue(DynamicRange),
            DynamicTemperatureExponent = parse.GetValue(DynamicExponent),
            TopK = parse.GetValue(TopK),
            TopP = parse.GetValue(TopP),
            MinP = parse.GetValue(MinP),
            TypicalP = parse.GetValue(TypicalP),
            TopNSigma = parse.GetValue(TopNSigma),
            XtcProbability = parse.GetValue(XtcProbability),
            XtcThreshold = parse.GetValue(XtcThreshold),
            RepetitionPenalty = parse.GetValue(Penalty),
            FrequencyPenalty = parse.GetValue(Frequency),
            PresencePenalty = parse.GetValue(Presence),
            RepetitionWindow = parse.GetValue(Window),
            DryMultiplier = parse.GetValue(DryMultiplier),
            DryBase = parse.GetValue(DryBase),
            DryAllowedLength = parse.GetValue(DryLength),
            DryWindow = parse.GetValue(DryWindow),
            Mirostat = parse.GetValue(Mirostat),
            MirostatTarget = parse.GetValue(MirostatTarget),
            MirostatRate = parse.GetValue(MirostatRate),
            LogitBias = ReadBiases(parse.GetValue(Bias) ?? []),
            Order = ReadOrder(parse.GetValue(Order)),
            Seed = parse.GetValue(Seed) ?? (ulong)Random.Shared.NextInt64(),
        };
        sampling.Validate();
        string? grammar = parse.GetValue(Grammar), schema = parse.GetValue(Schema);
        if (grammar is not null && schema is not null)
            throw new UserError(ExitCode.Usage, "--grammar and --json-schema both say what may be written; give one of them.");
        return new SamplingRequest(new GenerationOptions { Sampling = sampling, MaxTokens = parse.GetValue(Tokens), StopStrings = parse.GetValue(Stop) ?? [] })
        {
            GrammarFile = grammar,
            SchemaFile = schema,
            DryBreakers = parse.GetValue(DryBreakers) is { Length: > 0 } breakers ? breakers : SequenceBreakers.Default,
        };
    }

    private static Dictionary<int, float> ReadBiases(string[] texts)
    {
        var biases = new Dictionary<int, float>();
        foreach (string text in texts)
        {
            string[] parts = text.Split('=');
            float bias = 0;
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                || !(parts[1] == "-inf" || float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out bias)))
                throw new UserError(ExitCode.Usage, $"--logit-bias takes a token's number and what to add, as in 15043=-5 or 15043=-inf, not '{text}'. 'gestalt tokenizer encode' shows numbers.");
            biases[id] = parts[1] == "-inf" ? float.NegativeInfinity : bias;
        }
        return biases;
    }

    private static IReadOnlyList<SamplingStep> ReadOrder(string? text)
    {
        if (text is null)
            return SamplingOptions.DefaultOrder;
        var order = new List<SamplingStep>();
        foreach (string name in text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int step = Array.IndexOf(StepNames, name.Replace('_', '-') is "typ-p" ? "typical" : name.Replace('_', '-'));
            if (step < 0)
                throw new UserError(ExitCode.Usage, $"there is no step '{name}'. There are: {string.Join(", ", StepNames)}");
            order.Add(SamplingOptions.DefaultOrder[step]);
        }
        return order;
    }

    private static string NameOf(SamplingStep step) => step switch
    {
        SamplingStep.TopNSigma => "top-n-sigma",
        SamplingStep.TopK => "top-k",
        SamplingStep.TopP => "top-p",
        SamplingStep.MinP => "min-p",
        _ => step.ToString().ToLowerInvariant(),
    };

    private static Option<float> Number(string name, string description, float usual) =>
        new(name) { Description = description, HelpName = "X", DefaultValueFactory = _ => usual };
}
