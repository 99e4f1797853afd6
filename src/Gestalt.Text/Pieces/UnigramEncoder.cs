using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>Finds the best way through a word (Viterbi): for each place in it the best last token.</summary>
internal sealed unsafe class UnigramEncoder(UnigramModel model) : WordEncoder(model.PreTokenizer)
{
    private const int Unknown = -1;

    private readonly List<Step> _best = [];
    private readonly List<Step> _way = [];

    private record struct Step(double Score, int Start, int End, int Token);

    /// <inheritdoc/>
    protected override void EncodeNew(byte* word, int length, ref IdSink sink)
    {
        FindBest(new ReadOnlySpan<byte>(word, length));
        _way.Clear();
        for (int at = length; at > 0; at = _best[at].Start)
        {
            _way.Add(_best[at] with { End = at });
        }

        bool afterUnknown = false;
        for (int i = _way.Count - 1; i >= 0; i--)
        {
            Step step = _way[i];
            if (step.Token == Unknown)
            {
                afterUnknown = model.Fallback.Append(new ReadOnlySpan<byte>(word + step.Start, step.End - step.Start), afterUnknown, ref sink);
            }
            else
            {
                sink.Append([step.Token]);
                afterUnknown = false;
            }
        }
    }

    private void FindBest(ReadOnlySpan<byte> word)
    {
        CollectionsMarshal.SetCount(_best, word.Length + 1);
        Span<Step> best = CollectionsMarshal.AsSpan(_best);
        best.Fill(new Step(double.NegativeInfinity, 0, 0, Unknown));
        best[0] = default;
        for (int at = 0; at < word.Length;)
        {
            Utf8.Decode(word[at..], out int characterLength);
            bool isCovered = false;
            int node = TokenTrie.Root;
            for (int end = at + 1; end <= word.Length && (node = model.Tokens.Next(node, word[end - 1])) != TokenTrie.None; end++)
            {
                int token = model.Tokens[node];
                if (token != TokenTrie.None)
                {
                    isCovered |= end - at == characterLength;
                    Offer(best, at, end, token, model.Score(token));
                }
            }

            if (!isCovered)
            {
                Offer(best, at, at + characterLength, Unknown, model.UnknownScore);
            }

            at += characterLength;
        }
    }

    private static void Offer(Span<Step> best, int start, int end, int token, double score)
    {
        double sum = best[start].Score + score;
        if (sum > best[end].Score)
        {
            best[end] = new Step(sum, start, end, token);
        }
    }
}
