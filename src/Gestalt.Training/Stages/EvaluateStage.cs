using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Corpus;
using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tasks;
using Gestalt.Tasks.Tools;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>What is asked of a run's models.</summary>
/// <param name="Seed">Seed of the world and of everything sampled.</param>
/// <param name="WorldBytes">Bytes of clean text in the run's small internet; 0 when it has none.</param>
/// <param name="QuestionsPerKind">The most questions of one kind.</param>
/// <param name="HeldOutBytes">About how much held-out text is scored.</param>
/// <param name="Context">Tokens of a window on held-out text.</param>
/// <param name="Stories">Stories that are asked for.</param>
/// <param name="ToolQuestions">Questions of each kind that needs a tool, where the assistant was taught tools.</param>
public sealed record EvaluationRequest(ulong Seed, long WorldBytes, int QuestionsPerKind, long HeldOutBytes, int Context, int Stories = 40, int ToolQuestions = 40)
{
    /// <summary>The ways in which these are asked: with tools, and without.</summary>
    public IReadOnlyList<ToolMode> ToolModes { get; init; } = Enum.GetValues<ToolMode>();
}

/// <summary>Everything that was measured.</summary>
public sealed record EvaluationOutcome
{
    /// <summary>Plain measurements.</summary>
    public required IReadOnlyList<Measurement> Measurements { get; init; }

    /// <summary>Shares of right answers.</summary>
    public IReadOnlyList<Score> Scores { get; init; } = [];

    /// <summary>The first five of the stories that were asked for.</summary>
    public IReadOnlyList<Evaluation.Reports.StoryVerdict> Stories { get; init; } = [];

    /// <summary>A few conversations with the assistant, greedy.</summary>
    public IReadOnlyList<SampleConversation> Conversations { get; init; } = [];

    /// <summary>In a line.</summary>
    public override string ToString() => string.Join("; ",
        Measurements.Take(1).Select(m => FormattableString.Invariant($"{m.Value:0.000} {m.Unit}"))
            .Concat(Scores.Where(s => s.Headline).Select(s => $"{s.Name}: {s.Result}")));
}

/// <summary>Stage 7: what the run's models know, as numbers with intervals and chance levels, in <c>eval.json</c>.</summary>
public static class EvaluateStage
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Dialogues from this number on are never written for fine-tuning.</summary>
    private const int FirstUnusedDialogue = 10_000_000;

    private static readonly string[] WorldTalk =
    [
        "Hello! Who are you?", "Please tell me a short story.", "Thank you, that was lovely.",
    ];

    /// <summary>Reads what was measured, or null when nothing was yet.</summary>
    public static EvaluationOutcome? Read(RunFolder run) =>
        File.Exists(run.Evaluation) ? JsonSerializer.Deserialize<EvaluationOutcome>(File.ReadAllText(run.Evaluation), Json) : null;

    /// <summary>Measures base model and assistant.</summary>
    /// <param name="run">The run; a model that is not there is not measured.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="cancellation">Gives up.</param>
    public static EvaluationOutcome Run(RunFolder run, EvaluationRequest request, Device device, CancellationToken cancellation)
    {
        var measurements = new List<Measurement>();
        var scores = new List<Score>();
        IReadOnlyList<Evaluation.Reports.StoryVerdict> stories = [];
        IReadOnlyList<SampleConversation> talks = [];
        SmallWorld? world = request.WorldBytes > 0 ? WorldStage.WorldOf(request.Seed, request.WorldBytes) : null;
        string basePath = run.ModelOf(LifeStage.Pretrain);
        if (File.Exists(basePath))
        {
            using LoadedModel loaded = ModelFile.Load(basePath, device);
            using var engine = new Engine(loaded.Transformer);
            var generator = new TextGenerator(engine, loaded.Tokenizer, loaded.StartsWithEndOfText);
            using TokenDataset data = TokenDataset.Open(run.Corpus, VocabularyStage.HeldOutData, loaded.Tokenizer);
            using HeldOutText? heldOut = PretrainStage.HeldOut(data, loaded.Tokenizer, request.Context, request.HeldOutBytes);
            if (heldOut is not null)
            {
                measurements.Add(new Measurement("base model, held-out text", heldOut.BitsPerByte(loaded.Transformer, cancellation), "bits per byte", FormattableString.Invariant(
                    $"on {heldOut.Bytes / 1e6:0.00} MB that no training saw, every token with at least half a context before it where its document has that; 8 is knowing nothing, gzip reaches about 3 on English")));
            }

            if (world is not null)
                scores.AddRange(FactScores.OfBase(FactQuestions.Complete(generator, Limit(new Conversations(world).Completions(), request, c => (int)c.Phrasing), cancellation)));
        }

        if (run.Assistant() is { } assistant)
        {
            using LoadedModel loaded = ModelFile.Load(assistant, device);
            using var engine = new Engine(loaded.Transformer);
            var generator = new TextGenerator(engine, loaded.Tokenizer, loaded.StartsWithEndOfText);
            if (world is not null)
            {
                var conversations = new Conversations(world);
                scores.InsertRange(0, FactScores.OfAssistant(FactQuestions.Ask(
                    generator, Limit(conversations.Questions(), request, q => ((int)q.Phrasing << 4) | (int)q.Split), new AnswerJudge(world), cancellation)));
                stories = Stories(generator, conversations, request, scores, cancellation);
                if (loaded.Metadata.ContainsKey(ToolText.TaughtKey)) scores.AddRange(WithTools(run, generator, conversations, request, cancellation));
            }

            talks = world is not null
                ? [Talk("Three turns, greedy", generator, WorldTalk, cancellation)]
                : [Talk("A greeting, greedy", generator, WorldTalk[..1], cancellation), .. Passages(run).Select(passage => Talk("A passage that it never read, greedy", generator, [passage], cancellation))];
        }

        var outcome = new EvaluationOutcome { Measurements = measurements, Scores = scores, Stories = stories, Conversations = talks };
        File.WriteAllText(run.Evaluation + ".part", JsonSerializer.Serialize(outcome, Json));
        File.Move(run.Evaluation + ".part", run.Evaluation, overwrite: true);
        return outcome;
    }

    /// <summary>What tools are for, with and without them.</summary>
    private static IEnumerable<Score> WithTools(RunFolder run, TextGenerator generator, Conversations conversations, EvaluationRequest request, CancellationToken cancellation)
    {
        var exam = new ToolExam(generator, new ToolQuestions(conversations, RunTools.Of(run)), new AnswerJudge(conversations.World));
        IReadOnlyList<Score> scores = ToolScores.Of(exam.AskAll(request.ToolQuestions, request.ToolModes, cancellation));
        return request.ToolModes.Contains(ToolMode.Tools) ? [.. scores, ToolScores.OfUntold(exam.AskUntold(request.ToolQuestions, cancellation))] : scores;
    }

    /// <summary>Requests for stories from dialogues that no fine-tuning reads.</summary>
    internal static IReadOnlyList<string> StoryRequestsOf(Conversations conversations, int count) =>
    [
        .. Enumerable.Range(FirstUnusedDialogue, int.MaxValue - FirstUnusedDialogue).Select(conversations.TrainingAt)
            .Where(dialogue => dialogue.Kind == DialogueKind.Story).Select(dialogue => dialogue.Turns[0].Content).Take(count),
    ];

    /// <summary>Asks for stories; all of them make the score, the first five stand in the report.</summary>
    private static IReadOnlyList<Evaluation.Reports.StoryVerdict> Stories(TextGenerator generator, Conversations conversations, EvaluationRequest request, List<Score> scores, CancellationToken cancellation)
    {
        IReadOnlyList<ToldStory> told = StoryRequests.Ask(generator, StoryRequestsOf(conversations, request.Stories), cancellation);
        Evaluation.Reports.StoryVerdict[] verdicts =
        [
            .. told.Select(story =>
            {
                World.StoryVerdict verdict = StoryJudge.Judge(story.Story);
                return new Evaluation.Reports.StoryVerdict(story.Request, story.Story, story.Ended && verdict.HoldsTogether, story.Ended ? verdict.Complaints : [.. verdict.Complaints, "it does not end"]);
            }),
        ];
        scores.Add(new Score
        {
            Name = "sampled stories that hold together",
            Meaning = FormattableString.Invariant($"Sampled at temperature {StoryRequests.Sampling.Temperature}, top-p {StoryRequests.Sampling.TopP}; the judge checks what can be checked: the hero stays, nobody unknown turns up, what was wanted comes back in the end, nothing is said twice. The first five stand below as they came."),
            Result = new Proportion(verdicts.Count(verdict => verdict.HoldsTogether), verdicts.Length),
        });
        return [.. verdicts.Take(5)];
    }

    /// <summary>Requests to go on from the middle of held-out documents.</summary>
    private static IEnumerable<string> Passages(RunFolder run) =>
        CorpusFolder.Open(run.Corpus).HeldOut().Where(document => document.Text.Length > 1000).Take(2)
            .Select(document => ConversationStage.PassageFrom(document.Text, document.Text.Length / 2)).OfType<string>();

    /// <summary>At most so many of each kind, evenly spread over the world.</summary>
    private static List<T> Limit<T>(IReadOnlyList<T> all, EvaluationRequest request, Func<T, int> kind) =>
        [.. all.GroupBy(kind).SelectMany(group => ProfileStage.Some([.. group], request.QuestionsPerKind))];

    private static SampleConversation Talk(string title, TextGenerator generator, IReadOnlyList<string> sayings, CancellationToken cancellation)
    {
        var messages = new List<Message>();
        foreach (string saying in sayings)
        {
            messages.Add(new Message(Roles.User, saying));
            int room = generator.Engine.Context - generator.PromptIds(new Conversation(messages)).Length;
            if (room < 16) break;
            messages.Add(new Message(Roles.Assistant, generator.Reply(new Conversation(messages),
                new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Math.Min(room, 200) }, cancellation).ReadToEnd()));
        }

        return new SampleConversation(title, [.. messages.Select(m => new ConversationTurn(m.Role, m.Content))]);
    }
}
