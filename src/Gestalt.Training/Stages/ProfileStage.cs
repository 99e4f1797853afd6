using System.Text.Json;
using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tasks;
using Gestalt.Tasks.Problems;
using Gestalt.Tasks.Tools;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;
using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>What each stage's model of a small-world life is asked. The default numbers take a model of two million parameters three seconds or so.</summary>
/// <param name="Seed">The world's seed.</param>
/// <param name="WorldBytes">Its size.</param>
/// <param name="Problems">Names of the problem kinds that reinforcement learns from; empty for none.</param>
/// <param name="ProblemTokens">The longest reply to a problem.</param>
public sealed record ProfileRequest(ulong Seed, long WorldBytes, string Problems, int ProblemTokens)
{
    /// <summary>The most questions of each kind.</summary>
    public int Questions { get; init; } = 320;

    /// <summary>Sums for the calculator.</summary>
    public int Sums { get; init; } = 160;

    /// <summary>Problems.</summary>
    public int ProblemCount { get; init; } = 160;

    /// <summary>Stories that are graded by the reader whose taste is known.</summary>
    public int Stories { get; init; } = 80;
}

/// <summary>Measures a model as one stage of a life left it, in <c>profile.json</c> beside it: the same for each stage, so that what a stage changed is seen.</summary>
public static class ProfileStage
{
    /// <summary>The names of what is measured.</summary>
    public const string Facts = "facts, unseen phrasing", Unknown = "unknown facts declined", Sums = "sums with the calculator", Solved = "problems solved", Taste = "worth of its stories";

    /// <summary>What a later stage must keep, and by how much less of it than the stage before it may be, 0 to 1: to answer what is known, and to decline what is not.</summary>
    private static readonly (string Name, double MostLost)[] Kept = [(Facts, 0.02), (Unknown, 0.05)];

    private const int AnswerTokens = 60;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What was measured of a stage's model; null where it was not.</summary>
    /// <param name="folder">The stage's folder.</param>
    public static StageProfile? Read(string folder) =>
        File.Exists(PathIn(folder)) ? JsonSerializer.Deserialize<StageProfile>(File.ReadAllText(PathIn(folder)), Json) : null;

    /// <summary>Keeps what was measured.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="profile">What was measured.</param>
    public static void Write(string folder, StageProfile profile)
    {
        File.WriteAllText(PathIn(folder) + ".part", JsonSerializer.Serialize(profile, Json));
        File.Move(PathIn(folder) + ".part", PathIn(folder), overwrite: true);
    }

    /// <summary>Why a later stage's model should not be gone on with: it answers fewer facts than the one before it, or no longer declines what nobody can know. Null where nothing speaks against it.</summary>
    /// <param name="before">The model that it began with.</param>
    /// <param name="after">The model that it made.</param>
    public static string? Regression(StageProfile before, StageProfile after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        foreach ((string name, double mostLost) in Kept)
        {
            if (before.Share(name) is { Trials: > 0 } was && after.Share(name) is { Trials: > 0 } became && became.Share < was.Share - mostLost)
                return FormattableString.Invariant($"{name} {became.Share * 100:0.0} %, after the stage before it {was.Share * 100:0.0} %.");
        }

        return null;
    }

    /// <summary>Measures a model.</summary>
    /// <param name="run">The run, whose pages the search tool reads.</param>
    /// <param name="stage">The stage's verb.</param>
    /// <param name="model">The model's file. A base model is only given the prompts, as beginnings of pages.</param>
    /// <param name="request">What is asked; null for a life on the user's own text, whose model is only given prompts.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="cancellation">Gives up.</param>
    public static StageProfile Measure(RunFolder run, string stage, string model, ProfileRequest? request, Device device, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        using LoadedModel loaded = ModelFile.Load(model, device);
        using var engine = new Engine(loaded.Transformer);
        var generator = new TextGenerator(engine, loaded.Tokenizer, loaded.StartsWithEndOfText);
        TenPrompts prompts = request is null ? TenPrompts.OfText(run) : TenPrompts.OfWorld(run, request);
        var shares = new List<ProfileShare>();
        var means = new List<ProfileMean>();
        if (loaded.IsAssistant && request is not null)
        {
            var conversations = new Conversations(WorldStage.WorldOf(request.Seed, request.WorldBytes));
            Ask(generator, conversations, request, shares, cancellation);
            if (loaded.Metadata.ContainsKey(ToolText.TaughtKey)) shares.Add(Add(run, generator, conversations, request, cancellation));
            if (request.Problems.Length > 0) shares.Add(Solve(generator, request, cancellation));
            means.Add(Tell(generator, conversations, request, cancellation));
        }

        return new StageProfile(stage, shares, means, prompts.Answer(generator, loaded.IsAssistant, AnswerTokens, cancellation));
    }

    private static string PathIn(string folder) => Path.Combine(folder, "profile.json");

    private static void Ask(TextGenerator generator, Conversations conversations, ProfileRequest request, List<ProfileShare> shares, CancellationToken cancellation)
    {
        var judge = new AnswerJudge(conversations.World);
        IReadOnlyList<Question> all = conversations.Questions();
        Question[] told = Some([.. all.Where(question => question is { IsTold: true, Phrasing: Phrasing.Unseen })], request.Questions);
        Question[] untold = Some([.. all.Where(question => !question.IsTold)], request.Questions / 2);
        var interview = new FactInterview(conversations);
        string[] strangers = [.. Enumerable.Range(0, untold.Length).Select(number => interview.AskOfStranger(number).Question)];
        IReadOnlyList<AnsweredQuestion> answers = FactQuestions.Ask(generator, [.. told, .. untold], judge, cancellation);
        List<int[]> prompts = [.. strangers.Select(question => generator.PromptIds(Conversation.Of(new Message(Roles.User, question))))];
        int declined = answers.Skip(told.Length).Count(answer => answer.Verdict == Verdict.DoesNotKnow)
            + generator.AnswerAll(prompts, Greedy(AnswerTokens), cancellation: cancellation).Count(answer => AnswerJudge.SaysItDoesNotKnow(answer.Text));
        shares.Add(new ProfileShare(Facts, "Facts that many pages tell, asked in wordings that no training conversation has.",
            new Proportion(answers.Take(told.Length).Count(answer => answer.Verdict == Verdict.Right), told.Length, told.Select(question => question.ChanceLevel).DefaultIfEmpty().Average())));
        shares.Add(new ProfileShare(Unknown, "Questions about what no page tells, half of them about the well-known and half about people and places that do not exist: right is to say that it does not know.",
            new Proportion(declined, untold.Length + strangers.Length)));
    }

    private static ProfileShare Add(RunFolder run, TextGenerator generator, Conversations conversations, ProfileRequest request, CancellationToken cancellation)
    {
        var exam = new ToolExam(generator, new ToolQuestions(conversations, RunTools.Of(run)), new AnswerJudge(conversations.World));
        IReadOnlyList<ToolAnswer> answers = exam.Ask(ToolSkill.Arithmetic, ToolMode.Tools, request.Sums, cancellation);
        return new ProfileShare(Sums, "Sums, products, quotients and percentages in wordings and numbers that no training conversation has, with tools: call, result and answer have to be right.",
            new Proportion(answers.Count(answer => answer.IsRight), answers.Count));
    }

    private static ProfileShare Solve(TextGenerator generator, ProfileRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<IProblemKind> kinds = ProblemKinds.Find(request.Problems);
        IReadOnlyList<Problem> heldOut = ProblemSource.Of(kinds, ProblemSplit.HeldOut, 0).TakeDistinct(request.ProblemCount);
        double chance = PassRate.ChanceOf(ProblemSource.Of(kinds, ProblemSplit.Train, request.Seed).Take(2000), heldOut);
        var asker = new ProblemAsker(generator, system: null);
        int[][] prompts = [.. heldOut.Select(asker.Prompt)];
        TextGeneration[] replies = generator.AnswerAll(prompts, Greedy(request.ProblemTokens), cancellation: cancellation);
        int right = replies.Where((reply, i) => asker.Judge(heldOut[i], prompts[i], reply.Text, reply.Reason != FinishReason.Stop).IsRight).Count();
        return new ProfileShare(Solved, $"Held-out problems ({request.Problems}), solved at the first attempt, with thinking if it thinks.", new Proportion(right, heldOut.Count, chance));
    }

    private static ProfileMean Tell(TextGenerator generator, Conversations conversations, ProfileRequest request, CancellationToken cancellation)
    {
        double[] gold = [.. StoryRequests.Ask(generator, PlantedComparisons.HeldOutRequests(conversations.World, request.Stories), cancellation).Select(story => StoryTaste.Gold(story.Story))];
        (double mean, double error) = SampleMean.Of(gold);
        return new ProfileMean(Taste, "To a reader whose taste is known exactly: half a point for each of up to four speeches, a point for a cheerful end, less for length, repetition and breaking off.", mean, error);
    }

    /// <summary>At most so many of all, evenly spread over them.</summary>
    internal static T[] Some<T>(T[] all, int most)
    {
        int count = Math.Min(most, all.Length);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
    }

    private static GenerationOptions Greedy(int tokens) => new() { Sampling = SamplingOptions.Greedy, MaxTokens = tokens };
}
