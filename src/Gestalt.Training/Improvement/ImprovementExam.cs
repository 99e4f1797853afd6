using System.Text;
using Gestalt.Corpus;
using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Store.Improving;
using Gestalt.Tasks;
using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Interrogation;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Training.Improvement;

/// <summary>How much of everything else is asked.</summary>
/// <param name="Facts">The most told facts, and the most never-told ones.</param>
/// <param name="Strangers">Questions about people and things that nobody knows.</param>
/// <param name="Stories">Stories.</param>
/// <param name="Documents">Held-out documents.</param>
/// <param name="ToolQuestions">Questions of each kind that needs a tool, where the model was taught tools.</param>
public sealed record ExamSize(int Facts = 400, int Strangers = 300, int Stories = 100, int Documents = 150, int ToolQuestions = 40);

/// <summary>
/// Asks a model what was flagged, as it was asked, otherwise, and what was held back; and everything else that its run can measure: logged answers that were good, told, never-told and unknown facts that nothing flagged is
/// about, stories, tools, conversations that it was made from, text that it never read. All answers are greedy but the stories', which are drawn with one seed, so that only the model differs.
/// </summary>
/// <param name="set">The version of the set.</param>
/// <param name="book">Judges answers: all rules that apply, and those that raised the flags.</param>
/// <param name="conversations">How one talks about the run's world; null where its text has no answer key.</param>
/// <param name="run">The run, for its held-out text and tools; null for none.</param>
/// <param name="size">How much is asked.</param>
public sealed class ImprovementExam(ImprovementSet set, RuleBook book, Conversations? conversations, RunFolder? run, ExamSize size)
{
    private const int AnswerTokens = 160;

    /// <summary>Holds an exam.</summary>
    /// <param name="model">The model, or the model with its adapter.</param>
    /// <param name="cancellation">Gives up.</param>
    public ExamResult Hold(LanguageModel model, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        TextGenerator generator = model.Generator;
        var parts = new List<ExamPart>
        {
            Corrected(generator, "flagged, as it was asked", "Corrected answers that were learned from, asked in the same words: what was taught. Before, almost all are bad, since they were chosen for that.", set.Corrected, cancellation),
            Reworded(generator, cancellation),
            Corrected(generator, "flagged, held back", "Corrected answers that were not learned from, nor any other wording of their questions: whether the kind of mistake became rarer. They, too, were chosen for being bad before.", set.HeldBack, cancellation),
            Kept(generator, cancellation),
        };
        var costs = new List<ExamCost> { OfConversations(model, cancellation) };
        if (conversations is not null)
        {
            parts.AddRange(Knowledge(generator, conversations, cancellation));
            parts.Add(Stories(generator, conversations, cancellation));
            if (run is not null && model.Loaded.Metadata.ContainsKey(ToolText.TaughtKey)) parts.Add(Tools(generator, conversations, run, cancellation));
        }

        if (run is not null && CorpusFolder.Exists(run.Corpus)) costs.Add(OfDocuments(model, run, cancellation));
        return new ExamResult([.. parts.Where(part => part.Answers.Count > 0)], [.. costs.Where(cost => cost.Costs.Count > 0)]);
    }

    private ExamPart Corrected(TextGenerator generator, string name, string meaning, IReadOnlyList<CorrectedAnswer> asked, CancellationToken cancellation)
    {
        TextGeneration[] answers = Answer(generator, [.. asked.Select(one => one.Prompt)], cancellation);
        return new ExamPart(name, meaning, IsFlagged: true, Chance: 0,
            [.. asked.Zip(answers, (one, answer) => new ExamAnswer(one.Question, one.Conversation.Messages[^1].Content, answer.Text, IsGood(one.Prompt, answer, one)))]);
    }

    private ExamPart Reworded(TextGenerator generator, CancellationToken cancellation)
    {
        AnswerKeyRules? key = book.Key;
        (AskedFact Asked, string Question)[] asked = key is null ? [] :
        [
            .. set.Corrected.Select(one => key.Read(one.Question)).OfType<AskedFact>().DistinctBy(one => (one.Fact.Subject.Name, one.Fact.Relation)).Select(one => (one, key.Reworded(one, wording: 1))),
        ];
        TextGeneration[] answers = Answer(generator, [.. asked.Select(one => Said(one.Question))], cancellation);
        return new ExamPart("flagged, asked otherwise", "The facts of the corrected answers that were learned from, asked in wordings that no conversation and no page has.", IsFlagged: true, Chance: 0,
            [.. asked.Zip(answers, (one, answer) => new ExamAnswer(one.Question, Expected(one.Asked), answer.Text, key!.IsRight(one.Asked, answer.Text)))]);
    }

    private ExamPart Kept(TextGenerator generator, CancellationToken cancellation)
    {
        Conversation[] prompts = [.. set.KeptBack.Select(talk => talk with { Messages = [.. talk.Messages.SkipLast(1)] })];
        TextGeneration[] answers = Answer(generator, prompts, cancellation);
        return new ExamPart("logged and good", "Logged questions whose answers nobody flagged, held back from learning: still no rule finds anything wrong, and the answer key, where it knows, agrees.", IsFlagged: false, Chance: 0,
            [.. set.KeptBack.Select((talk, i) => new ExamAnswer(prompts[i].Messages[^1].Content, talk.Messages[^1].Content, answers[i].Text, IsGood(prompts[i], answers[i], corrected: null)))]);
    }

    private List<ExamPart> Knowledge(TextGenerator generator, Conversations talks, CancellationToken cancellation)
    {
        HashSet<string> flagged = [.. set.Corrected.Concat(set.HeldBack).Select(one => book.TopicOf(one.Question))];
        var interview = new FactInterview(talks);
        Question[] questions = [.. talks.Questions().Where(question => question.Phrasing == Phrasing.Unseen && !flagged.Contains(book.TopicOf(question.Text)))];
        Question[] told = Spread([.. questions.Where(question => question.IsTold)]);
        Question[] pages = [.. told.Where(question => question.Split == FactSplit.HeldOut)];
        Question[] never = Spread([.. questions.Where(question => question.Split == FactSplit.NeverTold && interview.IsForMeasuring(talks.World.Facts[question.FactId]))]);
        (Fact Nobody, string Question)[] strangers = [.. Enumerable.Range(0, size.Strangers).Select(interview.AskOfStranger)];
        var judge = new AnswerJudge(talks.World);
        IReadOnlyList<AnsweredQuestion> known = FactQuestions.Ask(generator, told, judge, cancellation), unknown = FactQuestions.Ask(generator, never, judge, cancellation);
        TextGeneration[] ofStrangers = Answer(generator, [.. strangers.Select(one => Said(one.Question))], cancellation);
        return
        [
            Told("facts that pages tell", "Facts that very many pages tell and nothing flagged is about, in wordings that no conversation has.", known),
            Told("… of them known from pages alone", "Those of them that no conversation mentions.", [.. known.Where(answer => pages.Contains(answer.Question))]),
            new ExamPart("never told, declined", "Facts about the well-known that no page tells and no conversation declines: good is to say that one does not know.", IsFlagged: false, Chance: 0,
                [.. unknown.Select(answer => new ExamAnswer(answer.Question.Text, DoesNotKnow, answer.Answer, answer.Verdict == Verdict.DoesNotKnow))]),
            new ExamPart("strangers, declined", "Questions about people and things that nobody knows.", IsFlagged: false, Chance: 0,
                [.. strangers.Zip(ofStrangers, (one, answer) => new ExamAnswer(one.Question, DoesNotKnow, answer.Text, judge.Judge(one.Nobody, answer.Text) == Verdict.DoesNotKnow))]),
        ];

        Question[] Spread(Question[] all) => [.. Enumerable.Range(0, Math.Min(size.Facts, all.Length)).Select(i => all[(int)((long)i * all.Length / Math.Min(size.Facts, all.Length))])];
        static ExamPart Told(string name, string meaning, IReadOnlyList<AnsweredQuestion> answers) => new(name, meaning, IsFlagged: false, answers.Count == 0 ? 0 : answers.Average(answer => answer.Question.ChanceLevel),
            [.. answers.Select(answer => new ExamAnswer(answer.Question.Text, answer.Question.ExpectedValue, answer.Answer, answer.Verdict == Verdict.Right))]);
    }

    private ExamPart Stories(TextGenerator generator, Conversations talks, CancellationToken cancellation)
    {
        IReadOnlyList<ToldStory> told = StoryRequests.Ask(generator, EvaluateStage.StoryRequestsOf(talks, size.Stories), cancellation);
        return new ExamPart("stories that hold together", "Sampled with one seed, judged by what can be checked: the hero stays, nobody unknown turns up, what was wanted comes back in the end.", IsFlagged: false, Chance: 0,
            [.. told.Select(story => new ExamAnswer(story.Request, "a story that holds together", story.Story, story.Ended && StoryJudge.Judge(story.Story).HoldsTogether))]);
    }

    private ExamPart Tools(TextGenerator generator, Conversations talks, RunFolder of, CancellationToken cancellation)
    {
        var exam = new ToolExam(generator, new ToolQuestions(talks, RunTools.Of(of)), new AnswerJudge(talks.World));
        IReadOnlyList<ToolAnswer> answers = exam.AskAll(size.ToolQuestions, [ToolMode.Tools], cancellation);
        return new ExamPart("with tools", "What tools are for, asked with them, in wordings, numbers and words that no conversation has.", IsFlagged: false, answers.Average(answer => answer.Question.Chance),
            [.. answers.Select(answer => new ExamAnswer(answer.Question.Text, answer.Question.Expected, answer.Reply.Answer, answer.IsRight))]);
    }

    /// <summary>Nats per token of the answers of each conversation.</summary>
    private ExamCost OfConversations(LanguageModel model, CancellationToken cancellation)
    {
        var renderer = new ConversationRenderer(model.Loaded);
        return new ExamCost("conversations that it was made from", "Such conversations, held back: what their answers cost.", "nats per token",
            [.. set.ReplayBack.Select(talk => Cost(renderer.Render(talk).Ids)).OfType<double>()]);

        double? Cost(RenderedConversation talk)
        {
            if (talk.Ids.Length > model.Engine.Context) return null;
            IReadOnlyList<GeneratedToken> scores = model.Engine.Score(talk.Ids, cancellation: cancellation);
            return Enumerable.Range(1, talk.Ids.Length - 1).Where(i => talk.LossMask[i]).Select(i => -(double)scores[i - 1].LogProbability).DefaultIfEmpty(double.NaN).Average() is var cost && double.IsFinite(cost) ? cost : null;
        }
    }

    /// <summary>Bits per byte of the beginnings of held-out documents.</summary>
    private ExamCost OfDocuments(LanguageModel model, RunFolder of, CancellationToken cancellation) =>
        new("text that it never read", "The beginnings of held-out documents, as far as the context holds: how well the model still knows the language of its pages.", "bits per byte",
            [.. CorpusFolder.Open(of.Corpus).HeldOut().Take(size.Documents).Select(document => BitsPerByte(model, document.Text, cancellation)).OfType<double>()]);

    private static double? BitsPerByte(LanguageModel model, string text, CancellationToken cancellation)
    {
        int[] ids = model.Generator.PromptIds(text);
        if (ids.Length > model.Engine.Context) ids = ids[..model.Engine.Context];
        if (ids.Length < 2) return null;
        IReadOnlyList<GeneratedToken> scores = model.Engine.Score(ids, cancellation: cancellation);
        int bytes = Encoding.UTF8.GetByteCount(model.Tokenizer.DecodeText(ids.AsSpan(1)));
        return bytes == 0 ? null : -scores.Sum(score => (double)score.LogProbability) / Math.Log(2) / bytes;
    }

    private const string DoesNotKnow = "that it does not know";

    private static string Expected(AskedFact asked) => asked.IsWellTold ? asked.Fact.Value : DoesNotKnow;

    private static Conversation Said(string question) => Conversation.Of(new Message(Roles.User, question));

    private bool IsGood(Conversation prompt, TextGeneration answer, CorrectedAnswer? corrected)
    {
        AnswerEnd end = answer.Reason == FinishReason.Stop ? AnswerEnd.Stop : AnswerEnd.Length;
        LoggedAnswer given = LoggedAnswer.Now("", "exam", end, prompt with { Messages = [.. prompt.Messages, new Message(Roles.Assistant, answer.Text)] });
        if (book.FlagsOf(given).Any()) return false;
        if (book.Key?.Read(given.Question) is AskedFact asked) return book.Key.IsRight(asked, answer.Text);
        // Where a person wrote what was wrong, no rule can tell that it no longer is.
        bool byPerson = corrected?.Flags.Any(flag => !flag.By.StartsWith(Flag.RulePrefix, StringComparison.Ordinal)) == true;
        return !byPerson || AnswerComparison.F1(corrected!.Conversation.Messages[^1].Content, answer.Text) >= AnswerComparison.SameFrom;
    }

    private static TextGeneration[] Answer(TextGenerator generator, IReadOnlyList<Conversation> prompts, CancellationToken cancellation)
    {
        if (prompts.Count == 0) return [];
        List<int[]> ids = [.. prompts.Select(prompt => generator.PromptIds(prompt))];
        return generator.AnswerAll(ids, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Interrogator.Room(generator, ids, AnswerTokens) }, cancellation: cancellation);
    }
}
