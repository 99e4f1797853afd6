using System.Text;
using Gestalt.Text.Templates;

namespace Gestalt.Text;

/// <summary>A stretch of a rendered conversation that the assistant says, and so is to learn.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last one, which belongs to the mark that ends the answer where there is one.</param>
public readonly record struct AnswerSpan(int Start, int End)
{
    /// <summary>Whether it begins exactly where the template's generation prompt ends, so that it is learned as it will be asked for.</summary>
    public bool FollowsPrompt { get; init; }

    /// <summary>Whether it ends with the mark that ends an answer: without, nothing teaches the model to stop here.</summary>
    public bool HasEnd { get; init; }
}

/// <summary>
/// A conversation as its template writes it, with what is to be learned of it: what the assistant says, its tool calls and the marks that end its turns; not a character of anything else.
/// </summary>
public sealed class TrainingText
{
    private readonly TracedText _text;

    internal TrainingText(TracedText text, IReadOnlyList<AnswerSpan> answers) => (_text, Answers) = (text, answers);

    /// <summary>The whole text, special tokens by their names, for people to read.</summary>
    public string Text => _text.Characters;

    /// <summary>What is to be learned, in the order of the text.</summary>
    public IReadOnlyList<AnswerSpan> Answers { get; }

    /// <summary>
    /// The text as ids, with the mask that says which are to be learned. Text is cut where an answer begins, so that ids up to there are those of the prompt that the model goes on from
    /// later, whatever token could span the cut.
    /// </summary>
    /// <param name="tokenizer">The model's vocabulary.</param>
    public RenderedConversation ToIds(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        byte[] utf8 = Encoding.UTF8.GetBytes(Text), searched = new RenderedPrompt(_text).Searched(utf8);
        var ids = new List<int>((utf8.Length / 3) + 8);
        var learned = new List<(int Start, int End)>();
        int at = 0, bytes = 0;
        for (int i = 0; i < Answers.Count; i++)
        {
            AnswerSpan answer = Answers[i];
            int next = i + 1 < Answers.Count ? Answers[i + 1].Start : Text.Length;
            Encode(answer.Start);
            int first = ids.Count;
            if (MarkBefore(tokenizer, answer) is { } mark)
            {
                // What follows a mark is encoded with it: some marks swallow the white space behind them.
                Encode(next);
                learned.Add((first, 1 + Nth(ids, first, mark, Occurrences(mark.Text, answer))));
            }
            else
            {
                Encode(answer.End);
                learned.Add((first, ids.Count));
            }
        }

        Encode(Text.Length);
        var mask = new bool[ids.Count];
        foreach ((int start, int end) in learned)
        {
            mask.AsSpan(start..end).Fill(true);
        }

        return new RenderedConversation([.. ids], mask);

        void Encode(int end)
        {
            int length = Encoding.UTF8.GetByteCount(Text.AsSpan(at, end - at));
            tokenizer.EncodeWithSpecials(utf8.AsSpan(bytes, length), searched.AsSpan(bytes, length), ids, isFirst: bytes == 0);
            (at, bytes) = (end, bytes + length);
        }
    }

    /// <summary>The special token whose name ends the answer, the longest if several do; null if none does.</summary>
    private SpecialToken? MarkBefore(Tokenizer tokenizer, AnswerSpan answer)
    {
        SpecialToken? mark = null;
        foreach (SpecialToken token in tokenizer.Special)
        {
            int start = answer.End - token.Text.Length;
            if (start >= answer.Start && token.Text.Length > (mark?.Text.Length ?? 0) && IsNamedAt(start, token.Text))
            {
                mark = token;
            }
        }

        return mark;
    }

    /// <summary>How often an answer holds a name as the template's author wrote it.</summary>
    private int Occurrences(string name, AnswerSpan answer)
    {
        int count = 0;
        for (int at = Text.IndexOf(name, answer.Start, answer.End - answer.Start, StringComparison.Ordinal); at >= 0;
            at = Text.IndexOf(name, at + name.Length, answer.End - at - name.Length, StringComparison.Ordinal))
        {
            count += IsNamedAt(at, name) ? 1 : 0;
        }

        return count;
    }

    private bool IsNamedAt(int start, string name) => string.CompareOrdinal(Text, start, name, 0, name.Length) == 0 && _text.IsAuthored(start, name.Length);

    private static int Nth(List<int> ids, int from, int id, int count)
    {
        int at = from - 1;
        for (int i = 0; i < count; i++)
        {
            at = ids.IndexOf(id, at + 1);
        }

        return at;
    }
}
