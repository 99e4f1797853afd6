using System.Text;

namespace Gestalt.Text;

/// <content>How a text becomes tokens, step by step: for people who want to see it. Encoding itself does not come by here.</content>
public sealed partial class Tokenizer
{
    /// <summary>The longest word, in bytes, whose steps are traced: each step looks at all its symbols.</summary>
    public const int LongestTracedWord = 4096;

    /// <summary>Traces every word of a text. The ids at the ends of all traces, one after the other, are those that encoding yields.</summary>
    /// <param name="text">The text.</param>
    /// <param name="readsSpecials">Whether names of special tokens in the text stand for those tokens, as in <see cref="EncodeWithSpecials(string, ReadOnlySpan{SpecialToken})"/> with all of them; otherwise text never becomes one.</param>
    /// <exception cref="ArgumentException">A word has more than <see cref="LongestTracedWord"/> bytes.</exception>
    public IReadOnlyList<WordTrace> Trace(string text, bool readsSpecials = false)
    {
        var words = new List<WordTrace>();
        int tokens = 0;
        VisitWords(Encoding.UTF8.GetBytes(text), readsSpecials, word =>
        {
            WordTrace trace = TraceWord(word) with { FirstToken = tokens };
            words.Add(trace);
            tokens += trace.End.Count;
            return true;
        }, added =>
        {
            words.Add(new TraceRecorder(_vocabulary, _scores).Whole(TraceMethod.Added, added) with { FirstToken = tokens++ });
            return true;
        });
        return words;
    }

    /// <summary>Traces the word to which one token of a text belongs, however long the text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="token">The token's place among those of the text, from 0.</param>
    /// <param name="readsSpecials">As in <see cref="Trace"/>.</param>
    /// <returns>The word; null where the text has not so many tokens.</returns>
    /// <exception cref="ArgumentException">The word has more than <see cref="LongestTracedWord"/> bytes.</exception>
    public WordTrace? TraceToken(ReadOnlySpan<byte> utf8, int token, bool readsSpecials = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        WordTrace? found = null;
        int tokens = 0;
        var ids = new List<int>();
        WordEncoder encoder = _encoders.Rent();
        try
        {
            VisitWords(utf8, readsSpecials, word =>
            {
                ids.Clear();
                encoder.EncodeOne(word, ids);
                if (token < tokens + ids.Count)
                    found = TraceWord(word) with { FirstToken = tokens };
                tokens += ids.Count;
                return found is null;
            }, added =>
            {
                if (token == tokens)
                    found = new TraceRecorder(_vocabulary, _scores).Whole(TraceMethod.Added, added) with { FirstToken = tokens };
                tokens++;
                return found is null;
            });
        }
        finally
        {
            _encoders.Return(encoder);
        }

        return found;
    }

    private delegate bool WordVisitor(ReadOnlySpan<byte> word);

    /// <summary>Shows the words and added tokens of a text in order, until a visitor says false.</summary>
    private void VisitWords(ReadOnlySpan<byte> utf8, bool readsSpecials, WordVisitor word, Func<int, bool> added)
    {
        bool goesOn = true;
        EncodeAround(utf8, id => readsSpecials || _vocabulary.Kind(id) == TokenKind.UserDefined, (text, id) =>
        {
            if (!goesOn)
                return;
            if (id >= 0)
            {
                goesOn = added(id);
                return;
            }

            foreach (Range range in PreTokenizer.Words(text))
            {
                if (!(goesOn = word(text[range])))
                    return;
            }
        });
    }

    private WordTrace TraceWord(ReadOnlySpan<byte> word) => word.Length <= LongestTracedWord
        ? _model.Trace(word, new TraceRecorder(_vocabulary, _scores))
        : throw new ArgumentException($"The word that begins with \"{Vocabulary.Shorten(Encoding.UTF8.GetString(word[..80]))}\" has {word.Length} bytes; steps are shown for words of at most {LongestTracedWord}.", nameof(word));
}
