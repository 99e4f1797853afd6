namespace Gestalt.Kernels;

/// <summary>The sizes of one attention call, <c>Queries == Keys == KeyCapacity</c> in training.</summary>
/// <param name="Batch">B, sequences.</param>
/// <param name="Queries">Tokens that ask, the last ones of their sequence.</param>
/// <param name="Keys">Tokens that can be seen, including the queries' own.</param>
/// <param name="KeyCapacity">Tokens for which keys and values have room in memory, at least <paramref name="Keys"/>.</param>
/// <param name="Heads">H, query heads.</param>
/// <param name="KeyValueHeads">K, key and value heads; divides <paramref name="Heads"/>, and each serves H / K neighbouring query heads.</param>
/// <param name="HeadWidth">D.</param>
/// <param name="Scale">Factor of the scores, usually 1 / √D.</param>
/// <param name="SoftCap">If positive, scores s become SoftCap * tanh(s / SoftCap) before the softmax.</param>
public readonly record struct AttentionShape(
    int Batch, int Queries, int Keys, int KeyCapacity, int Heads, int KeyValueHeads, int HeadWidth, float Scale, float SoftCap = 0)
{
    /// <summary>Query heads that share a key-value head.</summary>
    public int HeadsPerKeyValueHead => Heads / KeyValueHeads;

    /// <summary>Checks that the sizes fit together.</summary>
    /// <exception cref="ArgumentException">They do not; the message says which.</exception>
    internal void Validate()
    {
        if (Batch < 0 || Queries < 0 || Keys < 0 || Heads < 1 || KeyValueHeads < 1 || HeadWidth < 1)
        {
            throw new ArgumentException($"An attention shape has a negative or missing size: {this}.");
        }

        if (Heads % KeyValueHeads != 0)
        {
            throw new ArgumentException($"{Heads} query heads cannot share {KeyValueHeads} key-value heads evenly.");
        }

        if (Keys > KeyCapacity)
        {
            throw new ArgumentException($"{Keys} keys do not fit in a capacity of {KeyCapacity}.");
        }

        // Positions are compared as float32, which holds whole numbers exactly up to here.
        if (KeyCapacity > 1 << 24)
        {
            throw new ArgumentException($"A context of {KeyCapacity} tokens is longer than the {1 << 24} that attention can number.");
        }
    }
}
