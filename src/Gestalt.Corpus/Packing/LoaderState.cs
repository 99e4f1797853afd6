namespace Gestalt.Corpus;

/// <summary>
/// Where a loader stands. Stored with a checkpoint and given to a new loader over the same data, it continues the same stream
/// of batches bit for bit.
/// </summary>
/// <param name="Seed">The seed of all shuffling.</param>
/// <param name="Epoch">How often the data was gone through before.</param>
/// <param name="Row">Rows of this epoch that were given out.</param>
/// <param name="ContextLength">The length of a row T.</param>
/// <param name="Data">The fingerprint of the data.</param>
public sealed record LoaderState(ulong Seed, int Epoch, int Row, int ContextLength, string Data)
{
    /// <summary>Where a second stream stands that is mixed into this one, or null.</summary>
    public LoaderState? Beside { get; init; }

    /// <summary>Refuses a state that belongs to other data or another row length.</summary>
    internal LoaderState Check(int contextLength, DocumentId data)
    {
        if (Data != data.ToString())
            throw new CorpusException("the checkpoint was made on other data than this. Continue with the same corpus and tokenizer, or start a new run.");
        if (ContextLength != contextLength)
            throw new CorpusException($"the checkpoint was made with a context of {ContextLength:N0} tokens, not {contextLength:N0}. Continue with the same context, or start a new run.");
        return this;
    }
}
