using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Tasks;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Training.Preferences;

/// <summary>What planting gave.</summary>
/// <param name="Pairs">The comparisons.</param>
/// <param name="Ceiling">How often the taste itself agrees with its noisy labels: nobody who learns from them can be expected to do better.</param>
/// <param name="Gold">Mean gold of all stories.</param>
public sealed record PlantedOutcome(IReadOnlyList<PreferencePair> Pairs, Proportion Ceiling, double Gold);

/// <summary>How a model fares against another with the reader whose taste was planted.</summary>
/// <param name="Wins">How often its story is worth more; a tie is half a win, so successes are rounded down.</param>
/// <param name="Gold">Mean gold of its stories.</param>
/// <param name="OpponentGold">Mean gold of the other's.</param>
/// <param name="Words">Mean words of its stories.</param>
/// <param name="OpponentWords">Mean words of the other's.</param>
public sealed record TasteOutcome(Proportion Wins, double Gold, double OpponentGold, double Words, double OpponentWords);

/// <summary>Lets an assistant of the small world tell stories, and <see cref="StoryTaste"/> say which of two is better, with the noise of a person in two minds.</summary>
public static class PlantedComparisons
{
    /// <summary>Requests from this number on are for measuring only.</summary>
    private const int FirstHeldOut = 20_000_000;

    /// <summary>Draws comparisons.</summary>
    /// <param name="generator">The assistant.</param>
    /// <param name="world">Its world, for requests in words that it knows.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Stories and labels.</param>
    /// <param name="cancellation">Gives up.</param>
    public static PlantedOutcome Plant(TextGenerator generator, SmallWorld world, int count, ulong seed, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> requests = Requests(world, 0, count);
        IReadOnlyList<string> first = Stories(generator, requests, seed, cancellation), second = Stories(generator, requests, seed + 1, cancellation);
        var labels = new Random(unchecked((int)seed));
        var pairs = new List<PreferencePair>();
        int agreed = 0;
        double gold = 0;
        for (int i = 0; i < count; i++)
        {
            double a = StoryTaste.Gold(first[i]), b = StoryTaste.Gold(second[i]);
            gold += (a + b) / (2 * count);
            if (first[i] == second[i] || first[i].Length == 0 || second[i].Length == 0) continue;
            bool prefersFirst = labels.NextDouble() < StoryTaste.Preference(a, b);
            agreed += prefersFirst == a > b ? 1 : 0;
            (string better, string worse) = prefersFirst ? (first[i], second[i]) : (second[i], first[i]);
            pairs.Add(new PreferencePair(Conversation.Of(new Message(Roles.User, requests[i])), better, worse));
        }

        return new PlantedOutcome(pairs, new Proportion(agreed, pairs.Count, 0.5), gold);
    }

    /// <summary>Lets two models answer requests that no comparison was drawn for, and counts whose story is worth more.</summary>
    /// <param name="model">The model.</param>
    /// <param name="opponent">The other.</param>
    /// <param name="world">Their world.</param>
    /// <param name="count">How many requests.</param>
    /// <param name="seed">The stories.</param>
    /// <param name="cancellation">Gives up.</param>
    public static TasteOutcome Compare(TextGenerator model, TextGenerator opponent, SmallWorld world, int count, ulong seed, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> requests = HeldOutRequests(world, count);
        IReadOnlyList<string> ours = Stories(model, requests, seed, cancellation), theirs = Stories(opponent, requests, seed + 1, cancellation);
        double[] gold = [.. ours.Select(StoryTaste.Gold)], other = [.. theirs.Select(StoryTaste.Gold)];
        double wins = gold.Zip(other, (a, b) => a > b ? 1 : a == b ? 0.5 : 0).Sum();
        return new TasteOutcome(new Proportion((int)wins, count, 0.5), gold.Average(), other.Average(), ours.Average(Words), theirs.Average(Words));
    }

    private static double Words(string story) => story.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Requests that no comparison was drawn for.</summary>
    internal static IReadOnlyList<string> HeldOutRequests(SmallWorld world, int count) => Requests(world, FirstHeldOut, count);

    private static List<string> Requests(SmallWorld world, int from, int count)
    {
        var conversations = new Conversations(world);
        return [.. Enumerable.Range(from, int.MaxValue - from).Select(conversations.TrainingAt).Where(dialogue => dialogue.Kind == DialogueKind.Story)
            .Select(dialogue => dialogue.Turns[0].Content).Take(count)];
    }

    /// <summary>Stories drawn from the model's own distribution, as a policy's are.</summary>
    internal static List<string> Stories(TextGenerator generator, IReadOnlyList<string> requests, ulong seed, CancellationToken cancellation)
    {
        List<int[]> prompts = [.. requests.Select(request => generator.PromptIds(Conversation.Of(new Message(Roles.User, request))))];
        var options = new GenerationOptions
        {
            Sampling = new SamplingOptions { Temperature = 1, Seed = seed },
            MaxTokens = Math.Max(1, Math.Min(300, generator.Engine.Context - prompts.Max(prompt => prompt.Length))),
        };
        return [.. generator.AnswerAll(prompts, options, cancellation: cancellation).Select(story => story.Text.Trim())];
    }
}
