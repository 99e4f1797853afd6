namespace Gestalt.Tasks.Problems;

/// <summary>Whether a reply's parts stand where they should.</summary>
public enum ReplyForm
{
    /// <summary>An answer, after thinking that was closed or without any.</summary>
    Good,

    /// <summary>Nothing is answered.</summary>
    Empty,

    /// <summary>Thinking that does not end: an answer in it is none.</summary>
    Unclosed,

    /// <summary>A mark of thinking where none belongs.</summary>
    StrayMark,

    /// <summary>More than <see cref="ProblemReply.LongestReply"/> characters, or an answer of more than <see cref="ProblemReply.LongestAnswer"/>.</summary>
    TooLong,
}

/// <summary>A reply taken apart into what was thought and what was answered.</summary>
/// <param name="Form">Whether that could be done.</param>
/// <param name="Thinking">What stands between the marks; empty without marks.</param>
/// <param name="Answer">What stands behind them, without blanks around it; empty where the form is not good.</param>
public readonly record struct ProblemReply(ReplyForm Form, string Thinking, string Answer)
{
    /// <summary>The mark before thinking.</summary>
    public const string Open = "<think>";

    /// <summary>The mark behind it.</summary>
    public const string Close = "</think>";

    /// <summary>Characters beyond which nobody reads on.</summary>
    public const int LongestReply = 1 << 18;

    /// <summary>Characters of an answer, which are enough for the working that files like GSM8K's have in theirs.</summary>
    public const int LongestAnswer = 4096;

    /// <summary>Takes a reply apart.</summary>
    /// <param name="reply">The reply.</param>
    public static ProblemReply Read(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.Length > LongestReply) return new(ReplyForm.TooLong, "", "");
        string text = reply.Trim(), thinking = "";
        if (text.StartsWith(Open, StringComparison.Ordinal))
        {
            int end = text.IndexOf(Close, StringComparison.Ordinal);
            if (end < 0) return new(ReplyForm.Unclosed, text[Open.Length..].Trim(), "");
            thinking = text[Open.Length..end].Trim();
            text = text[(end + Close.Length)..].Trim();
            if (thinking.Contains(Open, StringComparison.Ordinal)) return new(ReplyForm.StrayMark, thinking, "");
        }

        if (text.Contains(Open, StringComparison.Ordinal) || text.Contains(Close, StringComparison.Ordinal)) return new(ReplyForm.StrayMark, thinking, "");
        if (text.Length == 0) return new(ReplyForm.Empty, thinking, "");
        return text.Length > LongestAnswer ? new(ReplyForm.TooLong, thinking, "") : new(ReplyForm.Good, thinking, text);
    }
}
