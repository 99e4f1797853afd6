using Gestalt.Models;

namespace Gestalt.Training.Finetuning;

/// <summary>Documents that are read beside conversations, so that a model that learns to answer keeps what it read before.</summary>
/// <param name="Corpus">The folder of a corpus with token shards of the model's own vocabulary.</param>
/// <param name="Share">Share of the rows of a batch that are documents, above 0 and below 1.</param>
/// <param name="Weight">How much a token of a document counts against one of an answer.</param>
public sealed record DocumentReplay(string Corpus, double Share, float Weight = 1);

/// <summary>What fine-tuning any model on conversations is asked to do.</summary>
/// <param name="Model">The model to begin with: a GGUF file or a Hugging Face folder.</param>
/// <param name="Sources">What to learn from.</param>
/// <param name="Folder">Where checkpoint, metrics and result go.</param>
/// <param name="Name">The result's name in its file.</param>
public sealed record FinetuneRequest(string Model, IReadOnlyList<ConversationSource> Sources, string Folder, string Name)
{
    /// <summary>The shape of the adapter that is trained; null to train the model itself.</summary>
    public AdapterOptions? Adapter { get; init; }

    /// <summary>How often the conversations are read; counts where <see cref="Steps"/> does not say.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>Documents beside the conversations; null for none.</summary>
    public DocumentReplay? Documents { get; init; }

    /// <summary>Optimizer steps; null for as many as the epochs have.</summary>
    public int? Steps { get; init; }

    /// <summary>B: rows of a micro-batch; null for about 4,096 tokens.</summary>
    public int? Rows { get; init; }

    /// <summary>T: tokens of a row; null for the longest conversation, at most 2,048 and what the model is meant for.</summary>
    public int? Context { get; init; }

    /// <summary>Micro-batches of a step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Peak learning rate of AdamW; null for 2e-5, or 2e-4 for an adapter.</summary>
    public float? LearningRate { get; init; }

    /// <summary>Steps of warm-up; null for 3 % of all.</summary>
    public int? WarmUp { get; init; }

    /// <summary>Seed of the order, of the adapter's beginning, of dropout and noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>α of NEFTune (arXiv 2310.05914); 0 for no noise.</summary>
    public float EmbeddingNoise { get; init; }

    /// <summary>Whether conversations that are too long lose their end instead of being set aside.</summary>
    public bool CutsLong { get; init; }

    /// <summary>Whether anything that would be set aside stops everything instead.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether blocks are computed again in backward instead of kept (less memory, a third more arithmetic, the same bits); null for where it saves much.</summary>
    public bool? Recompute { get; init; }

    /// <summary>How a fully trained model's matrices are stored; null for as they were, and BF16 for those that were quantized.</summary>
    public TensorType? Type { get; init; }

    /// <summary>How many steps lie between two samples of what the model says; 0 for none.</summary>
    public int SampleEvery { get; init; }

    /// <summary>What it is asked then.</summary>
    public string SamplePrompt { get; init; } = "";
}
