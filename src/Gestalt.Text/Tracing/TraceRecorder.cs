namespace Gestalt.Text;

/// <summary>Writes down how the kinds of vocabularies make tokens of one word.</summary>
internal sealed class TraceRecorder(Vocabulary vocabulary, float[] scores)
{
    private readonly List<TraceSymbol> _start = [];
    private readonly List<TraceStep> _steps = [];

    /// <summary>A word that is one token as it is.</summary>
    public WordTrace Whole(TraceMethod method, int id) => new(method, [Token(id)], []);

    /// <summary>A symbol at the beginning that is a token.</summary>
    public void Begin(int id) => _start.Add(Token(id));

    /// <summary>A symbol at the beginning that is none.</summary>
    public void Begin(ReadOnlySpan<byte> character) => _start.Add(new TraceSymbol(-1, character.ToArray()));

    /// <summary>The characters of a word, none of which is taken for a token before the vocabulary has looked.</summary>
    public void BeginCharacters(ReadOnlySpan<byte> word)
    {
        while (!word.IsEmpty)
        {
            Utf8.Decode(word, out int length);
            Begin(word[..length]);
            word = word[length..];
        }
    }

    /// <summary>Symbols become one token.</summary>
    public void Join(int at, int taken, int id, int? rank = null) =>
        _steps.Add(new TraceStep(at, taken, [Token(id)], rank, id < scores.Length ? scores[id] : null));

    /// <summary>Symbols make way for what stands for characters without a token.</summary>
    public void FallBack(int at, int taken, ReadOnlySpan<int> ids) => _steps.Add(new TraceStep(at, taken, [.. ids.ToArray().Select(Token)], null, null));

    /// <summary>
    /// Merges neighbours until nothing merges: always the leftmost pair of the lowest rank. Slow on purpose, so that it can be read; what it does is what
    /// <see cref="ShortWordMerge"/> and <see cref="LongWordMerge"/> do.
    /// </summary>
    /// <param name="merges">The merges.</param>
    /// <param name="symbols">The symbols; what is left of them afterwards. Above all tokens, they stand for characters that are none.</param>
    public void Merge(MergeTable merges, List<int> symbols)
    {
        while (true)
        {
            int best = -1, index = -1, lowest = MergeTable.None;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int found = merges.Find(symbols[i], symbols[i + 1], out int rank);
                if (rank < lowest)
                    (best, index, lowest) = (i, found, rank);
            }
            if (best < 0)
                return;
            symbols[best] = merges.Merges[index].Product;
            symbols.RemoveAt(best + 1);
            Join(best, 2, symbols[best], lowest);
        }
    }

    /// <summary>What was written down.</summary>
    public WordTrace Finish(TraceMethod method) => new(method, _start, _steps);

    private TraceSymbol Token(int id) => new(id, vocabulary.Bytes(id).ToArray());
}
