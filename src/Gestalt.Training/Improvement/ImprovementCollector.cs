using System.Security.Cryptography;
using System.Text;
using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Finetuning;

namespace Gestalt.Training.Improvement;

/// <summary>How a version of the set is put together.</summary>
public sealed record CollectOptions
{
    /// <summary>Of a hundred questions, corrected and good ones alike, so many are not learned but kept for measuring.</summary>
    public int HeldBackPercent { get; init; } = 20;

    /// <summary>
    /// How many replayed conversations there are for each correction, where there are so many. Corrections are read often, and most say the same, such as that nobody knows: with 40 replayed ones for each, 12 in a hundred
    /// facts that pages tell were declined that had been answered; with 200, 2, and it could not be told from none (docs/log/2026-11-improve.md).
    /// </summary>
    public int ReplayPerCorrection { get; init; } = 200;

    /// <summary>The fewest replayed conversations, where there are so many: a few corrections must not be alone.</summary>
    public int LeastReplay { get; init; } = 2000;

    /// <summary>How many of the replay's conversations are not learned but kept for measuring.</summary>
    public int ReplayBack { get; init; } = 300;
}

/// <summary>
/// Puts a version of the set together: approved corrections, logged answers with which nothing was wrong, and conversations that the model was made from. What is held back is drawn by what a question is about, so that no
/// other wording of it is learned, and stays held back from version to version.
/// </summary>
public static class ImprovementCollector
{
    /// <summary>Collects.</summary>
    /// <param name="log">The answers that were logged.</param>
    /// <param name="review">Their flags and corrections.</param>
    /// <param name="book">Knows two wordings of one question as one.</param>
    /// <param name="replay">The conversations that the model was made from, in any order; none where nobody has them.</param>
    /// <param name="options">How much of what.</param>
    /// <exception cref="InvalidDataException">A correction cannot be learned from; the message names the answer.</exception>
    public static ImprovementSet Collect(IReadOnlyList<LoggedAnswer> log, ReviewSet review, RuleBook book, IEnumerable<Conversation> replay, CollectOptions options)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(review);
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(replay);
        ArgumentNullException.ThrowIfNull(options);
        ILookup<bool, CorrectedAnswer> corrected = Latest(log.Select(answer => (Answer: answer, Said: review.Of(answer.Id))).Where(one => one.Said.Approved is not null).Select(one => Corrected(one.Answer, one.Said)), one => one.Prompt)
            .ToLookup(one => IsHeldBack(book.TopicOf(one.Question), options.HeldBackPercent));
        HashSet<string> flagged = [.. log.Where(answer => review.Of(answer.Id).IsFlagged).Select(answer => book.TopicOf(answer.Question))];
        ILookup<bool, Conversation> good = Latest(log.Where(answer => IsWhole(answer) && !flagged.Contains(book.TopicOf(answer.Question))).Select(answer => answer.Conversation), PromptOf)
            .ToLookup(talk => IsHeldBack(book.TopicOf(QuestionOf(talk)), options.HeldBackPercent));
        HashSet<string> held = [.. corrected[true].Select(one => book.TopicOf(one.Question))];
        // By their hashes, so that the same conversations are kept for measuring in every version.
        Conversation[] others = [.. replay.Where(talk => !talk.Messages.Any(message => message.Role == Roles.User && held.Contains(book.TopicOf(message.Content))))
            .OrderBy(talk => Convert.ToHexString(HashOf(ConversationFile.ToLine(talk))), StringComparer.Ordinal)];
        int back = Math.Min(options.ReplayBack, others.Length / 2);
        int wanted = Math.Max(options.LeastReplay, options.ReplayPerCorrection * corrected[false].Count());
        return new ImprovementSet(
            [.. corrected[false]], [.. corrected[true]], [.. good[false]], [.. good[true]], [.. others.Skip(back).Take(wanted)], [.. others.Take(back)]);
    }

    private static CorrectedAnswer Corrected(LoggedAnswer answer, ReviewedAnswer said)
    {
        Conversation talk = answer.Conversation with { Messages = [.. answer.Prompt.Messages, new Message(Roles.Assistant, said.Approved!.Trim())] };
        if (ConversationCheck.ProblemOf(talk) is string problem)
            throw new InvalidDataException($"the corrected answer '{answer.Id}' cannot be learned from: {problem}. Withdraw its flag: gestalt improve flag --clear {answer.Id}");
        return new CorrectedAnswer(answer.Id, [.. said.Flags.Select(flag => new RaisedFlag(flag.By, flag.Why))], answer.Answer.Content, said.Correction!.By, said.Correction.ApprovedBy!, talk);
    }

    /// <summary>The last of those that answer the same.</summary>
    private static IEnumerable<T> Latest<T>(IEnumerable<T> all, Func<T, Conversation> prompt) =>
        all.GroupBy(prompt).Select(same => same.Last());

    private static bool IsWhole(LoggedAnswer answer) =>
        answer.End == AnswerEnd.Stop && answer.Answer.Content.Length > 0 && answer.Answer.ToolCalls.Count == 0 && ConversationCheck.ProblemOf(answer.Conversation) is null;

    private static Conversation PromptOf(Conversation talk) => talk with { Messages = [.. talk.Messages.SkipLast(1)] };

    private static string QuestionOf(Conversation talk) => talk.Messages.LastOrDefault(message => message.Role == Roles.User)?.Content ?? "";

    private static bool IsHeldBack(string topic, int percent) => BitConverter.ToUInt32(HashOf(topic)) % 100 < percent;

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
