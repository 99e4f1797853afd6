using Gestalt.Inference;
using Gestalt.Text;

namespace Gestalt.Tasks;

/// <summary>A story that was asked for.</summary>
/// <param name="Request">How it was asked for.</param>
/// <param name="Story">What came.</param>
/// <param name="Ended">Whether the model ended it itself, rather than running out of room.</param>
public sealed record ToldStory(string Request, string Story, bool Ended);

/// <summary>Asks an assistant for stories, sampled, since a story told twice is no story.</summary>
public static class StoryRequests
{
    /// <summary>How stories are drawn: a little cooler than the model's own distribution.</summary>
    public static SamplingOptions Sampling { get; } = new() { Temperature = 0.6f, TopP = 0.9f, Seed = 20 };

    /// <summary>Asks for stories.</summary>
    /// <param name="generator">The assistant.</param>
    /// <param name="requests">How to ask.</param>
    /// <param name="cancellation">Gives up.</param>
    public static IReadOnlyList<ToldStory> Ask(TextGenerator generator, IReadOnlyList<string> requests, CancellationToken cancellation)
    {
        List<int[]> prompts = [.. requests.Select(request => generator.PromptIds(Conversation.Of(new Message(Roles.User, request))))];
        var options = new GenerationOptions { Sampling = Sampling, MaxTokens = Math.Max(1, generator.Engine.Context - prompts.Max(p => p.Length)) };
        TextGeneration[] stories = generator.AnswerAll(prompts, options, cancellation: cancellation);
        return [.. requests.Select((request, i) => new ToldStory(request, stories[i].Text, stories[i].Reason == FinishReason.Stop))];
    }
}
