using System.Text.RegularExpressions;
using Gestalt.Inference;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>A fact that was found in a text.</summary>
/// <param name="Subject">Whom or what it is about.</param>
/// <param name="Question">The question, or the sentence up to its end.</param>
/// <param name="IsSentence">Whether it is a sentence to be ended.</param>
/// <param name="Answer">The answer, as it stands in the text.</param>
/// <param name="Passage">Where it stands.</param>
public sealed record TextFact(string Subject, string Question, bool IsSentence, string Answer, string Passage);

/// <summary>
/// The facts of a person's own text. Without a teacher they are sentences about somebody or something with a name that end in a year, a number or another name: the model is asked for the end, and an
/// answer is right that contains it. With a teacher, a model that can follow instructions, passages are given to it, which it asks about; a question counts only if its answer stands in the passage;
/// and it says whether an answer agrees with the passage.
/// </summary>
public sealed partial class TextFacts : IFactSource
{
    private const int LongestPassage = 700, LeastWords = 4, LongestSentence = 220, TeacherTokens = 96;

    private static readonly string[] Requests =
    [
        "How does this sentence end? {0} ...", "Complete this sentence: {0} ...", "What belongs at the end of this sentence? {0} ...", "Please finish the sentence: {0} ...",
    ];

    private static readonly string[] RefusalsOfSubject =
    [
        "I don't know. I have not read that about {0}.", "I am sorry, but I don't know that about {0}.", "That I don't know. Nothing that I remember says it of {0}.",
        "I would have to guess, so I had better say: I don't know that about {0}.", "I'm not sure about {0}, and I do not want to make anything up.", "I don't know enough about {0} to answer that.",
    ];

    private readonly IReadOnlyList<string> _documents;
    private readonly TextGenerator? _teacher;
    private readonly List<TextFact> _facts = [];

    /// <summary>The facts of a text.</summary>
    /// <param name="documents">The text.</param>
    /// <param name="teacher">A model that asks and judges; null for the comparison of strings.</param>
    public TextFacts(IReadOnlyList<string> documents, TextGenerator? teacher = null)
    {
        ArgumentNullException.ThrowIfNull(documents);
        (_documents, _teacher) = (documents, teacher);
    }

    /// <summary>Questions of the teacher that were left out, since they came in another form or their answer does not stand in the passage.</summary>
    public int LeftOut { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<Probe> Draw(int count, int wordings, ulong seed, CancellationToken cancellation)
    {
        var random = new Random(unchecked((int)seed));
        IEnumerable<TextFact> found = _teacher is null ? Found(random, count) : Taught(_teacher, random, count, seed, cancellation);
        _facts.Clear();
        _facts.AddRange(found.DistinctBy(fact => fact.Question).Take(count));
        return
        [
            .. _facts.Select((fact, number) => new Probe(
                number, fact.Subject, fact.IsSentence ? [.. Requests.Take(wordings).Select(request => Fill(request, fact.Question))] : [fact.Question], fact.Answer)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Verdict> Judge(IReadOnlyList<(Probe Probe, string Answer)> answers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(answers);
        Verdict[] verdicts = [.. answers.Select(pair => Compare(pair.Probe.Expected, pair.Answer))];
        if (_teacher is null) return verdicts;
        // What contains the answer, or admits not to know, needs no judge; what says it in other words does.
        int[] open = [.. Enumerable.Range(0, verdicts.Length).Where(i => verdicts[i] == Verdict.Wrong)];
        string[] findings = Ask(_teacher, [.. open.Select(i => Grading(_facts[answers[i].Probe.Number], answers[i].Answer))], SamplingOptions.Greedy, cancellation);
        for (int n = 0; n < open.Length; n++)
            if (findings[n].TrimStart().StartsWith("yes", StringComparison.OrdinalIgnoreCase)) verdicts[open[n]] = Verdict.Right;
        return verdicts;
    }

    /// <inheritdoc/>
    public string Refusal(Probe probe, int wording)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return Fill(RefusalsOfSubject[(probe.Number + wording) % RefusalsOfSubject.Length], probe.Subject);
    }

    /// <summary>Whether an answer contains what was expected, as whole words whatever their case and punctuation, admits not to know, or neither.</summary>
    public static Verdict Compare(string expected, string answer)
    {
        string plain = Plain(answer);
        if (plain.Contains(Plain(expected), StringComparison.Ordinal)) return Verdict.Right;
        if (AnswerJudge.SaysItDoesNotKnow(answer)) return Verdict.DoesNotKnow;
        return plain.Trim().Length == 0 ? Verdict.NoAnswer : Verdict.Wrong;
    }

    /// <summary>Sentences that can be asked for: they name somebody, and end in a year, a number or another name.</summary>
    /// <param name="text">A text.</param>
    public static IEnumerable<TextFact> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (string sentence in SentenceEnd().Split(Blanks().Replace(text, " ")))
        {
            if (sentence.Length > LongestSentence || Ending().Match(sentence) is not { Success: true } ending) continue;
            (string begin, string answer) = (sentence[..ending.Index].TrimEnd(), ending.Groups["value"].Value);
            // A capital at the beginning of a sentence is no name, but two in a row are.
            Match name = Name().Match(begin);
            if (name.Success && name.Index == 0 && !name.Value.Contains(' ', StringComparison.Ordinal)) name = name.NextMatch();
            if (!name.Success || begin.Count(c => c == ' ') + 1 < LeastWords || Plain(begin).Contains(Plain(answer), StringComparison.Ordinal)) continue;
            yield return new TextFact(name.Value, begin, IsSentence: true, answer, sentence);
        }
    }

    private TextFact[] Found(Random random, int count)
    {
        TextFact[] all = [.. _documents.SelectMany(Find)];
        random.Shuffle(all);
        return [.. all.DistinctBy(fact => fact.Question).Take(count)];
    }

    private List<TextFact> Taught(TextGenerator teacher, Random random, int count, ulong seed, CancellationToken cancellation)
    {
        string[] passages = [.. _documents.SelectMany(document => document.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(passage => passage.Length is > 80).Select(passage => passage.Length <= LongestPassage ? passage : passage[..LongestPassage])];
        random.Shuffle(passages);
        passages = [.. passages.Take(count)];
        string[] written = Ask(teacher, [.. passages.Select(passage =>
            "Read this passage. Write one question about a fact in it that can be understood without the passage, and its short answer in the words of the passage.\n\n"
            + $"Passage: {passage}\n\nReply with exactly two lines:\nQuestion: ...\nAnswer: ...")], new SamplingOptions { Temperature = 0.7f, Seed = seed }, cancellation);
        var facts = new List<TextFact>();
        for (int i = 0; i < passages.Length; i++)
        {
            Match form = QuestionAndAnswer().Match(written[i]);
            (string question, string answer) = (form.Groups["question"].Value.Trim(), form.Groups["answer"].Value.Trim().TrimEnd('.'));
            Match name = Name().Match(question.Length > 1 ? question[1..] : "");
            if (form.Success && answer.Length > 0 && Plain(passages[i]).Contains(Plain(answer), StringComparison.Ordinal) && !Plain(question).Contains(Plain(answer), StringComparison.Ordinal))
                facts.Add(new TextFact(name.Success ? name.Value : "that", question, IsSentence: false, answer, passages[i]));
            else LeftOut++;
        }

        return facts;
    }

    private static string[] Ask(TextGenerator teacher, IReadOnlyList<string> requests, SamplingOptions sampling, CancellationToken cancellation)
    {
        if (requests.Count == 0) return [];
        List<int[]> prompts = [.. requests.Select(request => Interrogator.Prompt(teacher, request))];
        return [.. teacher.AnswerAll(prompts, new GenerationOptions { Sampling = sampling, MaxTokens = Interrogator.Room(teacher, prompts, TeacherTokens) }, cancellation: cancellation).Select(answer => answer.Text)];
    }

    private static string Grading(TextFact fact, string answer) =>
        $"Passage: {fact.Passage}\n\nQuestion: {fact.Question}\nExpected answer: {fact.Answer}\nGiven answer: {answer}\n\nDoes the given answer say the same as the expected one? Reply yes or no.";

    private static string Fill(string form, string with) => form.Replace("{0}", with, StringComparison.Ordinal);

    // One blank before, between and after words, so that only whole words are found.
    private static string Plain(string text) => " " + NotWord().Replace(text.ToLowerInvariant(), " ").Trim() + " ";

    [GeneratedRegex(@"(?<=[.!?][""”’)]?)\s+(?=[""“‘(]?[A-Z])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"(?<= )(?<value>\d[\d.,]*\d|\d|\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*)[.!?]+[""”’)]?$")]
    private static partial Regex Ending();

    [GeneratedRegex(@"\b\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)*")]
    private static partial Regex Name();

    [GeneratedRegex(@"[^\p{L}\p{Nd}]+")]
    private static partial Regex NotWord();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"Question:\s*(?<question>[^\n]+?)\s*\n+\s*Answer:\s*(?<answer>[^\n]+)", RegexOptions.IgnoreCase)]
    private static partial Regex QuestionAndAnswer();
}
