using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>How rows are normalised.</summary>
public enum NormKind
{
    /// <summary>Divided by their root mean square (arXiv 1910.07467).</summary>
    RmsNorm,

    /// <summary>Moved to mean 0 and variance 1, with a gain and a bias (arXiv 1607.06450).</summary>
    LayerNorm,
}

/// <summary>How a token's place is told.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys turn with their position (arXiv 2104.09864).</summary>
    Rotary,

    /// <summary>A learned vector per position is added to the token's.</summary>
    Learned,
}

/// <summary>The feed-forward layer between attentions.</summary>
public enum FeedForwardKind
{
    /// <summary>Gated: down(silu(gate(x)) up(x)) (arXiv 2002.05202).</summary>
    SwiGlu,

    /// <summary>Plain: down(gelu(up(x))) (arXiv 1606.08415).</summary>
    Gelu,

    /// <summary>Gated: down(gelu(gate(x)) up(x)) (arXiv 2002.05202).</summary>
    GeGlu,

    /// <summary>Plain: down(max(up(x), 0)²) (arXiv 2109.08668).</summary>
    SquaredRelu,
}

/// <summary>
/// Everything that decides the shape and the arithmetic of a <see cref="Transformer"/>: the decoder family from GPT-2 to Gemma 3 and mixtures of experts.
/// Two models of equal configuration have parameters of equal names and shapes.
/// </summary>
public sealed record TransformerConfig
{
    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>C: width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>H: query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>K: key-value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>D: width of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>F: width of the feed-forward layer, of each expert's where there are several.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>V: number of token ids.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The longest sequence that the model is meant for, in tokens.</summary>
    public required int Context { get; init; }

    /// <summary>How rows are normalised.</summary>
    public NormKind Norm { get; init; } = NormKind.RmsNorm;

    /// <summary>Keeps the norm of a row of zeros finite.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>How a token's place is told.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Rotary;

    /// <summary>Base of the rotary wavelengths.</summary>
    public double RotaryTheta { get; init; } = 10_000;

    /// <summary>With a sliding window: the base in the layers that have it, which are then never scaled (Gemma 3, arXiv 2503.19786); 0 for the same everywhere.</summary>
    public double LocalRotaryTheta { get; init; }

    /// <summary>How many values of a head turn, from the first; 0 for all.</summary>
    public int RotaryWidth { get; init; }

    /// <summary>Which values of a head turn together.</summary>
    public RotaryPairs RotaryPairs { get; init; }

    /// <summary>How wavelengths were stretched to a longer context; null for not at all.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Whether each head's queries and keys are normalised before they turn (arXiv 2010.04245).</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>The feed-forward layer.</summary>
    public FeedForwardKind FeedForward { get; init; } = FeedForwardKind.SwiGlu;

    /// <summary>Whether the query, key and value projections have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether attention's output projection and the feed-forward layer have biases.</summary>
    public bool OutputBias { get; init; }

    /// <summary>E: feed-forward layers side by side, of which each token takes some (arXiv 1701.06538); 0 for a single one.</summary>
    public int Experts { get; init; }

    /// <summary>How many experts a token takes; their weights are a softmax among them (arXiv 2401.04088).</summary>
    public int ExpertsUsed { get; init; }

    /// <summary>Whether what attention and feed-forward layer give is normalised before it is added, too (arXiv 2408.00118).</summary>
    public bool PostNorms { get; init; }

    /// <summary>What a token's vector is multiplied by before the first block: √C in Gemma.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>What attention scores are multiplied by; 0 for 1/√D.</summary>
    public float QueryScale { get; init; }

    /// <summary>Whether the head is the token table (arXiv 1608.05859).</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>How many keys back a token sees, itself among them; 0 for all.</summary>
    public int SlidingWindow { get; init; }

    /// <summary>With a sliding window: every n-th layer sees everything all the same; 0 for none.</summary>
    public int GlobalLayerEvery { get; init; }

    /// <summary>Bends attention scores into ± this (arXiv 2408.00118); 0 for none.</summary>
    public float AttentionSoftCap { get; init; }

    /// <summary>Bends logits into ± this (arXiv 2408.00118); 0 for none.</summary>
    public float FinalSoftCap { get; init; }

    /// <summary>Number of parameters, a tied table counted once.</summary>
    public long ParameterCount =>
        ((long)Vocabulary * Width * (TiedEmbeddings ? 1 : 2))
        + (Positions == PositionKind.Learned ? (long)Context * Width : 0)
        + (Layers * (AttentionParameters + (Math.Max(Experts, 1) * FeedForwardParameters) + ((long)Experts * Width) + BlockVectorParameters))
        + NormParameters
        + FrequencyParameters;

    /// <summary>Values in the weight matrices that every token is multiplied with, the head among them and lookups not: the N of 6N.</summary>
    public long MatrixParameterCount =>
        (Layers * (AttentionParameters + (Math.Max(ExpertsUsed, 1) * FeedForwardParameters) + ((long)Experts * Width))) + ((long)Vocabulary * Width);

    /// <summary>Width of all query heads together.</summary>
    public int QueryWidth => Heads * HeadWidth;

    /// <summary>Width of all key heads together; that of the value heads, too.</summary>
    public int KeyWidth => KeyValueHeads * HeadWidth;

    /// <summary>What attention scores are multiplied by.</summary>
    public float AttentionScale => QueryScale > 0 ? QueryScale : 1 / MathF.Sqrt(HeadWidth);

    /// <summary>R: how many values of a head turn.</summary>
    public int RotatedWidth => RotaryWidth > 0 ? RotaryWidth : HeadWidth;

    /// <summary>Whether the feed-forward layer has a gate.</summary>
    public bool IsGated => FeedForward is FeedForwardKind.SwiGlu or FeedForwardKind.GeGlu;

    private long AttentionParameters => (2L * Width * QueryWidth) + (2L * Width * KeyWidth);

    private long FeedForwardParameters => (IsGated ? 3L : 2L) * Width * FeedForwardWidth;

    private long BlockVectorParameters =>
        ((PostNorms ? 4 : 2) * NormParameters)
        + (QueryKeyNorm ? 2L * HeadWidth : 0)
        + (QueryKeyValueBias ? QueryWidth + (2L * KeyWidth) : 0)
        + (OutputBias ? Width + (long)Width + ((IsGated ? 2L : 1L) * FeedForwardWidth) : 0);

    private long FrequencyParameters => RotaryScaling?.Kind switch
    {
        RotaryScalingKind.Factors => RotatedWidth / 2,
        RotaryScalingKind.LongAndShortFactors => RotatedWidth,
        _ => 0,
    };

    private long NormParameters => Norm == NormKind.LayerNorm ? 2L * Width : Width;

    /// <summary>The shape that Qwen3 has (arXiv 2505.09388): RMSNorm, rotary, grouped queries, QK-norm, SwiGLU, no biases.</summary>
    /// <param name="layers">Number of blocks.</param>
    /// <param name="width">C.</param>
    /// <param name="heads">H.</param>
    /// <param name="keyValueHeads">K.</param>
    /// <param name="headWidth">D.</param>
    /// <param name="feedForward">F.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="context">The longest sequence.</param>
    /// <param name="tied">Whether the head is the token table.</param>
    public static TransformerConfig Qwen3Shaped(int layers, int width, int heads, int keyValueHeads, int headWidth, int feedForward,
        int vocabulary, int context, bool tied) => new()
        {
            Layers = layers,
            Width = width,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadWidth = headWidth,
            FeedForwardWidth = feedForward,
            Vocabulary = vocabulary,
            Context = context,
            QueryKeyNorm = true,
            TiedEmbeddings = tied,
        };

    /// <summary>The shape that GPT-2 has (Radford et al., 2019): LayerNorm, learned positions, GELU, biases, tied; 124M parameters by default.</summary>
    /// <param name="layers">Number of blocks.</param>
    /// <param name="width">C.</param>
    /// <param name="heads">H, each C/H wide.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="context">The longest sequence.</param>
    public static TransformerConfig Gpt2(int layers = 12, int width = 768, int heads = 12, int vocabulary = 50257, int context = 1024) => new()
    {
        Layers = layers,
        Width = width,
        Heads = heads,
        KeyValueHeads = heads,
        HeadWidth = width / heads,
        FeedForwardWidth = 4 * width,
        Vocabulary = vocabulary,
        Context = context,
        Norm = NormKind.LayerNorm,
        NormEpsilon = 1e-5f,
        Positions = PositionKind.Learned,
        FeedForward = FeedForwardKind.Gelu,
        QueryKeyValueBias = true,
        OutputBias = true,
        TiedEmbeddings = true,
    };

    /// <summary>
    /// Floating-point operations that training spends on a token: 6 for each value of a weight matrix (2 forward, 4 backward), the head
    /// among them, and 12 for each key seen and channel of the queries (scores and averages, forward and backward). Lookups, norms and
    /// activations are not counted, nor is what a tiled attention or recomputation computes twice.
    /// </summary>
    /// <param name="context">Length of the sequence: a token sees half of it on average, less with a sliding window.</param>
    public double FlopsPerToken(int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        double keys = 0;
        for (int layer = 0; layer < Layers; layer++)
        {
            keys += AverageKeys(context, WindowOf(layer) is > 0 and int window ? window : context);
        }

        return (6.0 * MatrixParameterCount) + (12.0 * keys * QueryWidth);
    }

    /// <summary>Whether a layer sees only the sliding window.</summary>
    /// <param name="layer">Number of the block, from 0.</param>
    public bool IsWindowed(int layer) => SlidingWindow > 0 && (GlobalLayerEvery == 0 || (layer + 1) % GlobalLayerEvery != 0);

    /// <summary>How many keys back a token sees in a layer, itself among them; 0 for all.</summary>
    /// <param name="layer">Number of the block, from 0.</param>
    public int WindowOf(int layer) => IsWindowed(layer) ? SlidingWindow : 0;

    /// <summary>Refuses a configuration that cannot be built, naming the number that is wrong.</summary>
    /// <exception cref="ArgumentException">A number is wrong.</exception>
    public void Validate()
    {
        Require(Layers >= 1, nameof(Layers), Layers, "at least 1");
        Require(Width >= 1, nameof(Width), Width, "at least 1");
        Require(Heads >= 1, nameof(Heads), Heads, "at least 1");
        Require(KeyValueHeads >= 1 && Heads % KeyValueHeads == 0, nameof(KeyValueHeads), KeyValueHeads, $"a divisor of the {Heads} query heads");
        Require(HeadWidth >= 1, nameof(HeadWidth), HeadWidth, "at least 1");
        Require(Positions != PositionKind.Rotary || RotaryWidth > 0 || HeadWidth % 2 == 0, nameof(HeadWidth), HeadWidth, "even, for rotary positions turn pairs");
        Require(RotaryWidth >= 0 && RotaryWidth <= HeadWidth && RotaryWidth % 2 == 0, nameof(RotaryWidth), RotaryWidth, $"even, and at most the {HeadWidth} of a head");
        Require(FeedForwardWidth >= 1, nameof(FeedForwardWidth), FeedForwardWidth, "at least 1");
        Require(Vocabulary >= 1, nameof(Vocabulary), Vocabulary, "at least 1");
        Require(Context >= 1, nameof(Context), Context, "at least 1");
        Require(SlidingWindow >= 0, nameof(SlidingWindow), SlidingWindow, "0 (none) or more");
        Require(GlobalLayerEvery >= 0, nameof(GlobalLayerEvery), GlobalLayerEvery, "0 (none) or more");
        Require(Experts >= 0, nameof(Experts), Experts, "0 (none) or more");
        Require(ExpertsUsed >= Math.Min(Experts, 1) && ExpertsUsed <= Experts, nameof(ExpertsUsed), ExpertsUsed, Experts == 0 ? "0 without experts" : $"1 to {Experts}, the number of experts");
        Require(Experts == 0 || (IsGated && !OutputBias), nameof(Experts), Experts, "0 where the feed-forward layer has biases or no gate");
        RequirePositive(RotaryTheta, nameof(RotaryTheta));
        RequirePositive(NormEpsilon, nameof(NormEpsilon), zeroToo: true);
        RequirePositive(LocalRotaryTheta, nameof(LocalRotaryTheta), zeroToo: true);
        RequirePositive(EmbeddingScale, nameof(EmbeddingScale));
        RequirePositive(QueryScale, nameof(QueryScale), zeroToo: true);
        RequirePositive(AttentionSoftCap, nameof(AttentionSoftCap), zeroToo: true);
        RequirePositive(FinalSoftCap, nameof(FinalSoftCap), zeroToo: true);
        RotaryScaling?.Validate();
    }

    private static double AverageKeys(int context, int window)
    {
        double full = Math.Min(window, context);
        return ((full * (full + 1) / 2) + ((context - full) * full)) / context;
    }

    private static void Require(bool condition, string name, int value, string wanted)
    {
        if (!condition)
        {
            throw new ArgumentException($"TransformerConfig.{name} is {value}; it has to be {wanted}.");
        }
    }

    private static void RequirePositive(double value, string name, bool zeroToo = false)
    {
        if (!(value > 0 || (zeroToo && value == 0)) || double.IsInfinity(value))
        {
            throw new ArgumentException($"TransformerConfig.{name} is {value}; it has to be a {(zeroToo ? "number of 0 or more" : "positive number")}.");
        }
    }
}
