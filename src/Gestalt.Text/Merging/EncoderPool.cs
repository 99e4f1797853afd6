namespace Gestalt.Text;

/// <summary>
/// Lends a <see cref="WordEncoder"/> to each call that encodes, without a lock. At most one per processor is kept, each with the words that it has met.
/// </summary>
internal sealed class EncoderPool(SubwordModel model)
{
    private readonly WordEncoder?[] _idle = new WordEncoder?[Environment.ProcessorCount];

    /// <summary>Takes an idle encoder or makes one.</summary>
    public WordEncoder Rent()
    {
        foreach (ref WordEncoder? slot in _idle.AsSpan())
        {
            if (slot is not null && Interlocked.Exchange(ref slot, null) is WordEncoder encoder)
            {
                return encoder;
            }
        }

        return model.CreateEncoder();
    }

    /// <summary>Gives an encoder back.</summary>
    public void Return(WordEncoder encoder)
    {
        foreach (ref WordEncoder? slot in _idle.AsSpan())
        {
            if (slot is null && Interlocked.CompareExchange(ref slot, encoder, null) is null)
            {
                return;
            }
        }
    }
}
