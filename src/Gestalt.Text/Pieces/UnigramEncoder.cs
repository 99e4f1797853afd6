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
        FindWay(new ReadOnlySpan<byte>(word, length));
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

    /// <summary>Writes down the best way through a word, whose characters the recorder has.</summary>
    public void Trace(ReadOnlySpan<byte> word, TraceRecorder recorder)
    {
        FindWay(word);
        var made = new List<int>();
        bool afterUnknown = false;
        int place = 0;
        for (int i = _way.Count - 1; i >= 0; i--)
        {
            Step step = _way[i];
            ReadOnlySpan<byte> piece = word[step.Start..step.End];
            if (step.Token != Unknown)
            {
                recorder.Join(place++, Utf8.Count(piece), step.Token);
                afterUnknown = false;
                continue;
            }

            made.Clear();
            var sink = new IdSink(made);
            afterUnknown = model.Fallback.Append(piece, afterUnknown, ref sink);
            sink.Close();
            recorder.FallBack(place, 1, CollectionsMarshal.AsSpan(made));
            place += made.Count;
        }
    }

    /// <summary>Lays the best way, its last step first.</summary>
    private void FindWay(ReadOnlySpan<byte> word)
    {
        FindBest(word);
        _way.Clear();
        for (int at = word.Length; at > 0; at = _best[at].Start)
        {
            _way.Add(_best[at] with { End = at });
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
