using Gestalt.Kernels;
using Gestalt.Models;

namespace Gestalt.Inference.Scheduling;

/// <summary>How much memory keys and values get, and how long a sequence may be with it: decided before anything is allocated.</summary>
/// <param name="Format">How keys and values are kept.</param>
/// <param name="Bytes">Memory for all sequences together.</param>
/// <param name="Context">The longest sequence.</param>
internal readonly record struct CacheBudget(CacheFormat Format, long Bytes, int Context)
{
    // What a small model gets for many sequences before it has to ask.
    private const long Usual = 1L << 30;

    // The rest of the machine, and the engine's own activations, want to live, too.
    private const double ShareOfMachine = 0.75;

    /// <exception cref="CacheMemoryException">The context that is asked for does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is longer than the model's, or a number is impossible.</exception>
    public static CacheBudget For(Transformer model, EngineOptions options, int sequences, int piece)
    {
        TransformerConfig config = model.Config;
        CacheFormat format = options.CacheFormat ?? (model.Parameters.Any(parameter => parameter.Trainable) ? CacheFormat.F32 : CacheFormat.F16);
        if (options.Context is int asked && (asked < 1 || asked > config.Context))
            throw new ArgumentOutOfRangeException(nameof(options), asked, $"A context of {asked} tokens is asked for; the model's is {config.Context}.");
        if (options.CacheBytes is <= 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.CacheBytes, $"CacheBytes is {options.CacheBytes}; it must be more than 0.");

        int wanted = options.Context ?? config.Context;
        long one = PagedCache.BytesFor(config, format, wanted, piece);
        long spare = Math.Max(0, (long)(ShareOfMachine * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) - Environment.WorkingSet);
        long bytes = options.CacheBytes ?? Math.Min(spare, Math.Max(one, Math.Min(Usual, sequences * one)));
        if (one <= bytes)
            return new CacheBudget(format, bytes, wanted);
        int largest = PagedCache.LargestContext(config, format, bytes, piece);
        if (options.Context is not null || largest == 0)
            throw new CacheMemoryException(wanted, one, bytes, largest);
        return new CacheBudget(format, bytes, largest);
    }
}
