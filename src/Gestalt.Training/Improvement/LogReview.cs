using Gestalt.Inference;
using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Interrogation;

namespace Gestalt.Training.Improvement;

/// <summary>Goes through a log by rules, and writes what flagged answers should have been.</summary>
public static class LogReview
{
    /// <summary>The longest draft, in tokens.</summary>
    private const int DraftTokens = 256;

    /// <summary>The temperature of drafts: the first way that is tried is the likeliest, others have to differ.</summary>
    private const float DraftTemperature = 0.8f;

    /// <summary>Who writes what the answer key or the calculator gives.</summary>
    public const string Key = "key";

    /// <summary>What rules find in a log that was not found before; answers that a person cleared are left alone.</summary>
    /// <param name="log">The answers.</param>
    /// <param name="review">What was said of them.</param>
    /// <param name="book">The rules.</param>
    public static IReadOnlyList<Flag> FlagsOf(IReadOnlyList<LoggedAnswer> log, ReviewSet review, RuleBook book)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(review);
        ArgumentNullException.ThrowIfNull(book);
        return [.. log.AsParallel().AsOrdered().Where(answer => !review.Of(answer.Id).IsCleared).SelectMany(book.FlagsOf).Where(flag => review.Of(flag.Answer).Flags.All(other => other.By != flag.By))];
    }

    /// <summary>Flagged answers for which nothing was approved yet.</summary>
    /// <param name="log">The answers.</param>
    /// <param name="review">What was said of them.</param>
    public static IReadOnlyList<LoggedAnswer> Open(IReadOnlyList<LoggedAnswer> log, ReviewSet review)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(review);
        return [.. log.Where(answer => review.Of(answer.Id) is { IsFlagged: true, Approved: null })];
    }

    /// <summary>Drafts by the answer key and the calculator, of those answers that these can give.</summary>
    /// <param name="answers">The flagged answers.</param>
    /// <param name="book">Knows the key.</param>
    public static IReadOnlyList<Correction> ByKey(IReadOnlyList<LoggedAnswer> answers, RuleBook book)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(book);
        return [.. answers.Select((answer, i) => (answer, Ideal: book.IdealFor(answer.Question, i))).Where(one => one.Ideal is not null).Select(one => new Correction(one.answer.Id, Key, DateTimeOffset.UtcNow, one.Ideal!))];
    }

    /// <summary>Drafts by a model: the first of several answers of its that no rule finds anything wrong with, and that is another than the flagged one. Where there is none, there is no draft.</summary>
    /// <param name="answers">The flagged answers.</param>
    /// <param name="generator">The model.</param>
    /// <param name="name">Its name.</param>
    /// <param name="book">The rules.</param>
    /// <param name="tries">How many answers it may try.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="cancellation">Gives up.</param>
    public static IReadOnlyList<Correction> ByModel(IReadOnlyList<LoggedAnswer> answers, TextGenerator generator, string name, RuleBook book, int tries, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(book);
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        var drafts = new Correction?[answers.Count];
        for (int attempt = 0; attempt < tries; attempt++)
        {
            int[] open = [.. Enumerable.Range(0, answers.Count).Where(i => drafts[i] is null)];
            if (open.Length == 0) break;
            List<int[]> prompts = [.. open.Select(i => generator.PromptIds(answers[i].Prompt))];
            var options = new GenerationOptions
            {
                Sampling = attempt == 0 ? SamplingOptions.Greedy : new SamplingOptions { Temperature = DraftTemperature, Seed = seed + (ulong)attempt },
                MaxTokens = Interrogator.Room(generator, prompts, DraftTokens),
            };
            TextGeneration[] given = generator.AnswerAll(prompts, options, cancellation: cancellation);
            for (int n = 0; n < open.Length; n++)
            {
                LoggedAnswer flagged = answers[open[n]];
                string text = given[n].Text.Trim();
                LoggedAnswer draft = LoggedAnswer.Now(name, "draft", given[n].Reason == FinishReason.Stop ? AnswerEnd.Stop : AnswerEnd.Length,
                    flagged.Conversation with { Messages = [.. flagged.Prompt.Messages, new Message(Roles.Assistant, text)] });
                if (text.Length > 0 && text != flagged.Answer.Content.Trim() && !book.FlagsOf(draft).Any()) drafts[open[n]] = new Correction(flagged.Id, "model:" + name, DateTimeOffset.UtcNow, text);
            }
        }

        return [.. drafts.OfType<Correction>()];
    }
}
