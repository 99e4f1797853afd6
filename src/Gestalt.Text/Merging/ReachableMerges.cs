namespace Gestalt.Text;

/// <summary>
/// Which merges of a list can ever be applied. Lists made from tiktoken's ranks (Llama 3, phi-4) name every way to cut each token in two, of which all but
/// one never come up; but for these the list is in order.
/// </summary>
/// <remarks>
/// Where two tokens are merged, no merge has crossed the borders of their bytes before. What was done inside is then what would have been done to these bytes
/// alone, since the lowest pair of the word, when it lies inside, is also the lowest inside. So a merge can be applied only if merging the bytes of
/// its product alone ends with that very merge.
/// </remarks>
internal static unsafe class ReachableMerges
{
    /// <summary>The ranks of the merges that can be applied. Those of very long tokens are kept unseen, which changes no result.</summary>
    public static List<int> Of(MergeTable merges, Vocabulary vocabulary)
    {
        var reachable = new List<int>(merges.Merges.Length);
        int[] byteIds = vocabulary.ByteIds();
        int* symbols = stackalloc int[ShortWordMerge.MaximumLength];
        for (int rank = 0; rank < merges.Merges.Length; rank++)
        {
            ReadOnlySpan<byte> product = vocabulary.Bytes(merges.Merges[rank].Product);
            if (product.Length > ShortWordMerge.MaximumLength || EndsWith(rank, product))
            {
                reachable.Add(rank);
            }
        }

        return reachable;

        bool EndsWith(int rank, ReadOnlySpan<byte> product)
        {
            for (int i = 0; i < product.Length; i++)
            {
                symbols[i] = byteIds[product[i]];
            }

            return ShortWordMerge.Run(merges, symbols, product.Length, out int last) == 1 && last == rank;
        }
    }
}
