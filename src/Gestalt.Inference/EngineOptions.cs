using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Inference;

/// <summary>What an <see cref="Engine"/> is given to work with. What is left null follows from the model and the machine.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// Tokens that a sequence may have, prompt and answer together; null for as many as the model is meant for, or fewer if <see cref="CacheBytes"/> do not hold them.
    /// </summary>
    public int? Context { get; init; }

    /// <summary>How keys and values are kept; null for float16, or float32 while the model can still be trained.</summary>
    public CacheFormat? CacheFormat { get; init; }

    /// <summary>
    /// The most memory that keys and values of all sequences together may take, remembered beginnings included; null for what 64 sequences of full length need, at most
    /// 1 GiB or, if that is more, what one of them needs, and never more than the machine can spare. It is taken as it is used.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>
    /// A smaller model whose ids mean the same, which guesses what comes next, so that the large one checks several tokens at once; it stays the caller's. The engine knows ids
    /// only: <see cref="LanguageModel"/> compares vocabularies. One that is longer or shorter at its end, as padded ones are, serves as far as both go.
    /// </summary>
    public Transformer? Draft { get; init; }

    /// <summary>
    /// Whether the next tokens are guessed from where the latest ones stood earlier in the sequence: free, and right where texts repeat themselves, as in summaries and code.
    /// Together with <see cref="Draft"/>, the model is asked where nothing is found.
    /// </summary>
    public bool LooksUpDrafts { get; init; }
}

/// <summary>Keys and values that do not fit in the memory there is.</summary>
public sealed class CacheMemoryException : Exception
{
    /// <summary>States both numbers and what would fit.</summary>
    /// <param name="context">Tokens that a sequence was to have.</param>
    /// <param name="needed">Bytes that its keys and values take.</param>
    /// <param name="available">Bytes that there are.</param>
    /// <param name="largest">Tokens that fit.</param>
    public CacheMemoryException(int context, long needed, long available, int largest)
        : base(FormattableString.Invariant(
            $"The keys and values of {context} tokens take {needed / 1048576.0:F1} MiB, but {available / 1048576.0:F1} MiB are available for them. The largest context that fits is {largest} tokens."))
    {
        (Context, NeededBytes, AvailableBytes, LargestContext) = (context, needed, available, largest);
    }

    /// <summary>Tokens that a sequence was to have.</summary>
    public int Context { get; }

    /// <summary>Bytes that its keys and values take.</summary>
    public long NeededBytes { get; }

    /// <summary>Bytes that there are.</summary>
    public long AvailableBytes { get; }

    /// <summary>Tokens that fit.</summary>
    public int LargestContext { get; }
}
