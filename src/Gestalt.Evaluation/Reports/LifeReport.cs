using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>
/// Everything a report says about one model's life. Plain data: what fills it measures, what shows it only shows.
/// Sections whose list is empty are left out of the page.
/// </summary>
public sealed record LifeReport
{
    /// <summary>The run's name, such as <c>2026-11-20-quiet-otter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>When the life began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, all stages together, pauses between runs not counted.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The two or three sentences somebody who reads nothing else should read.</summary>
    public required string Summary { get; init; }

    /// <summary>The figures at the top of the page, at most four or five.</summary>
    public IReadOnlyList<KeyFigure> KeyFigures { get; init; } = [];

    /// <summary>The time that was given and what was chosen for it.</summary>
    public required PlanSummary Plan { get; init; }

    /// <summary>The stages in the order of the life.</summary>
    public IReadOnlyList<StageSummary> Stages { get; init; } = [];

    /// <summary>What was measured while a stage learned, one entry a stage.</summary>
    public IReadOnlyList<TrainingCurve> Curves { get; init; } = [];

    /// <summary>What a stage measured beside its loss: thinking, strategies, rewards.</summary>
    public IReadOnlyList<ReportFigures> Figures { get; init; } = [];

    /// <summary>What the model wrote when it was left alone, as it learned.</summary>
    public IReadOnlyList<Dream> Dreams { get; init; } = [];

    /// <summary>What became of the pages.</summary>
    public CorpusSummary? Corpus { get; init; }

    /// <summary>What a token is in this life.</summary>
    public TokenizerSummary? Tokenizer { get; init; }

    /// <summary>Plain measurements, such as bits per byte, with what they compare to.</summary>
    public IReadOnlyList<Measurement> Measurements { get; init; } = [];

    /// <summary>Questions with right and wrong answers, counted.</summary>
    public IReadOnlyList<Score> Scores { get; init; } = [];

    /// <summary>The model after each stage, in the order of the life.</summary>
    public IReadOnlyList<StageProfile> Profiles { get; init; } = [];

    /// <summary>Stories and what the judge found.</summary>
    public IReadOnlyList<StoryVerdict> Stories { get; init; } = [];

    /// <summary>Conversations with the finished assistant.</summary>
    public IReadOnlyList<SampleConversation> Conversations { get; init; } = [];

    /// <summary>The machine and the versions: processor, threads, measured ceilings, runtime, commit.</summary>
    public IReadOnlyList<NamedValue> Machine { get; init; } = [];
}

/// <summary>One figure at the top of the page.</summary>
/// <param name="Value">As it is to be read, with its unit: "4.9 M", "93 %".</param>
/// <param name="Label">What it counts: "parameters".</param>
/// <param name="Note">What it compares with, such as "chance 3 %".</param>
public sealed record KeyFigure(string Value, string Label, string Note = "");

/// <summary>A name and what it stands for.</summary>
public sealed record NamedValue(string Name, string Value);

/// <summary>What the life was given and what it chose.</summary>
/// <param name="TimeGiven">The one dial.</param>
/// <param name="Command">The command that started it.</param>
/// <param name="Choices">Everything that followed from it.</param>
public sealed record PlanSummary(TimeSpan TimeGiven, string Command, IReadOnlyList<PlanChoice> Choices);

/// <summary>One derived option: what, how much, and why that.</summary>
public sealed record PlanChoice(string What, string Value, string Why);

/// <summary>One stage of the life.</summary>
/// <param name="Name">"corpus", "pretraining", ...</param>
/// <param name="Planned">The time the plan gave it.</param>
/// <param name="Actual">The time it took.</param>
/// <param name="Result">What came out, in a few words.</param>
/// <param name="Command">The exact command that does this stage again.</param>
public sealed record StageSummary(string Name, TimeSpan Planned, TimeSpan Actual, string Result, string Command);

/// <summary>One line of a stage's <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Seconds">Training time so far.</param>
/// <param name="Tokens">Tokens seen so far.</param>
/// <param name="Loss">Training loss of this step, nats per token.</param>
/// <param name="ValidationBitsPerByte">On the fixed held-out set, where it was measured at this step.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="TokensPerSecond">Speed since the last line.</param>
/// <param name="FractionOfPeak">Share of the machine's measured arithmetic ceiling, where known.</param>
/// <param name="GradientNorm">The gradient's norm before it was clipped, where known.</param>
public sealed record TrainingSample(
    int Step, double Seconds, long Tokens, double Loss, double? ValidationBitsPerByte, double LearningRate, double TokensPerSecond, double? FractionOfPeak, double? GradientNorm = null);

/// <summary>A stage's measurements in order.</summary>
public sealed record TrainingCurve(string Stage, IReadOnlyList<TrainingSample> Samples);

/// <summary>Pictures of one stage.</summary>
/// <param name="Title">What the stage did: "problems".</param>
/// <param name="Charts">The pictures.</param>
public sealed record ReportFigures(string Title, IReadOnlyList<LineChart> Charts);

/// <summary>What the model wrote at some moment of its learning.</summary>
/// <param name="Step">The optimizer step.</param>
/// <param name="Seconds">Training time so far.</param>
/// <param name="ValidationBitsPerByte">How good it was then, where known.</param>
/// <param name="Prompt">What it was given to begin with; may be empty.</param>
/// <param name="Text">What it wrote.</param>
public sealed record Dream(int Step, double Seconds, double? ValidationBitsPerByte, string Prompt, string Text);

/// <summary>What became of the pages on their way to the model.</summary>
public sealed record CorpusSummary
{
    /// <summary>Documents that were read.</summary>
    public required long DocumentsRead { get; init; }

    /// <summary>Documents that were kept.</summary>
    public required long DocumentsKept { get; init; }

    /// <summary>Bytes that were read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes of clean text that were kept.</summary>
    public required long BytesKept { get; init; }

    /// <summary>Tokens to learn from.</summary>
    public required long TrainingTokens { get; init; }

    /// <summary>Tokens held out for validation.</summary>
    public required long ValidationTokens { get; init; }

    /// <summary>Why documents were dropped, and how many.</summary>
    public IReadOnlyList<DropReason> Dropped { get; init; } = [];

    /// <summary>Kinds of documents kept (genres, files), and how many.</summary>
    public IReadOnlyList<NamedCount> Kept { get; init; } = [];
}

/// <summary>A reason to drop a document, how often it applied, and one that it struck.</summary>
public sealed record DropReason(string Reason, long Documents, string Example = "");

/// <summary>A name and a count.</summary>
public sealed record NamedCount(string Name, long Count);

/// <summary>What a token is in this life.</summary>
/// <param name="VocabularySize">Tokens in the vocabulary.</param>
/// <param name="BytesPerToken">Bytes of held-out text one token stands for.</param>
/// <param name="Examples">Texts cut into their tokens.</param>
/// <param name="LongestTokens">Some of the longest tokens, for the pleasure of it.</param>
public sealed record TokenizerSummary(
    int VocabularySize, double BytesPerToken, IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<string> LongestTokens);

/// <summary>A text as the model sees it.</summary>
public sealed record TokenizedExample(string Label, IReadOnlyList<string> Tokens);

/// <summary>A number that is not a share of right answers.</summary>
/// <param name="Name">"bits per byte, held-out pages".</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Meaning">What it compares with, how it was measured.</param>
public sealed record Measurement(string Name, double Value, string Unit, string Meaning);

/// <summary>How many of a set of questions were answered rightly.</summary>
public sealed record Score
{
    /// <summary>What was asked: "well-attested facts, unseen phrasing".</summary>
    public required string Name { get; init; }

    /// <summary>One sentence on how it was asked and judged.</summary>
    public required string Meaning { get; init; }

    /// <summary>Right answers of how many, with the interval and what guessing reaches.</summary>
    public required Proportion Result { get; init; }

    /// <summary>Whether this is what the life was for; the others are drawn in ink.</summary>
    public bool Headline { get; init; }

    /// <summary>Some of the questions, right and wrong ones.</summary>
    public IReadOnlyList<AnswerExample> Examples { get; init; } = [];
}

/// <summary>One question, what was expected and what came.</summary>
public sealed record AnswerExample(string Question, string Expected, string Answer, bool Correct);

/// <summary>A story, and whether it holds together.</summary>
/// <param name="Prompt">How it was asked for, or its first words.</param>
/// <param name="Text">The story.</param>
/// <param name="HoldsTogether">The judge's verdict.</param>
/// <param name="Findings">What the judge looked at and found.</param>
public sealed record StoryVerdict(string Prompt, string Text, bool HoldsTogether, IReadOnlyList<string> Findings);

/// <summary>A conversation with the finished assistant.</summary>
public sealed record SampleConversation(string Title, IReadOnlyList<ConversationTurn> Turns);

/// <summary>Who said what; roles as in the files: <c>system</c>, <c>user</c>, <c>assistant</c>.</summary>
public sealed record ConversationTurn(string Role, string Text);
