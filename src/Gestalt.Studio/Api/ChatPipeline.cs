using System.Runtime.CompilerServices;
using Gestalt.Studio.Api.Endpoints;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api;

/// <summary>A conversation to be answered, in the words that all interfaces share.</summary>
/// <param name="Operation">The interface, for metrics and traces.</param>
/// <param name="Model">What the request calls the model; null for the default.</param>
/// <param name="Messages">The messages so far.</param>
/// <param name="Options">How to answer.</param>
/// <param name="Choices">How many answers.</param>
internal sealed record ChatJob(string Operation, string? Model, IReadOnlyList<ChatMessage> Messages, ChatOptions Options, int Choices = 1);

/// <summary>A piece of one of the answers.</summary>
/// <param name="Choice">Which answer, from 0.</param>
/// <param name="Update">The piece.</param>
internal readonly record struct ChatPiece(int Choice, ChatResponseUpdate Update);

/// <summary>From a conversation to pieces of answers: <c>/v1/chat/completions</c> and <c>/v1/responses</c> are two ways to ask the same.</summary>
/// <param name="pool">The models.</param>
/// <param name="metrics">Counts.</param>
/// <param name="log">Keeps what was said, where that was asked for.</param>
internal sealed class ChatPipeline(ModelPool pool, ServerMetrics metrics, AnswerLog log)
{
    /// <summary>Gets a model and a place on it.</summary>
    /// <param name="job">The conversation.</param>
    /// <param name="user">Who asks, for fairness.</param>
    /// <param name="cancellation">The client is gone.</param>
    /// <exception cref="ApiException">There is no such model, or no place.</exception>
    public async ValueTask<ChatRun> StartAsync(ChatJob job, string user, CancellationToken cancellation)
    {
        Generation generation = await Generation.StartAsync(pool, metrics, job.Operation, job.Model, user, job.Choices, cancellation).ConfigureAwait(false);
        return new ChatRun(job, generation, log);
    }
}

/// <summary>A conversation that is being answered: it holds a model and a place on it until it is disposed of.</summary>
/// <param name="job">The conversation.</param>
/// <param name="generation">The place.</param>
/// <param name="log">Keeps what was said, where that was asked for.</param>
internal sealed class ChatRun(ChatJob job, Generation generation, AnswerLog log) : IDisposable
{
    /// <summary>The operation of <c>/v1/responses</c>, which has another name for the conversation.</summary>
    public const string Responses = "responses";

    // Seeds of several answers lie far from each other: 2^64 divided by the golden ratio.
    private const long SeedStep = unchecked((long)0x9E3779B97F4A7C15);

    private readonly ChatGathering[]? _said = log.IsOn ? [.. Enumerable.Range(0, job.Choices).Select(_ => new ChatGathering())] : null;

    private bool _isKept;

    /// <summary>What clients call the answer, and the log.</summary>
    public string Id { get; } = ApiCall.NewId(job.Operation == Responses ? "resp_" : "chatcmpl-");

    /// <summary>The model.</summary>
    public HostedModel Model => generation.Model;

    /// <summary>What it cost; whole once all pieces came.</summary>
    public UsageDetails Usage { get; } = new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0, CachedInputTokenCount = 0, ReasoningTokenCount = 0 };

    /// <summary>The pieces of all answers as they come.</summary>
    /// <param name="cancellation">The client is gone.</param>
    /// <exception cref="ApiException">The conversation cannot be answered.</exception>
    public async IAsyncEnumerable<ChatPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ChatPiece piece in Merging.Explained(All(cancellation), job.Operation == Responses ? "input" : "messages", cancellation).ConfigureAwait(false))
        {
            foreach (AIContent content in piece.Update.Contents)
            {
                if (content is UsageContent usage)
                    Add(usage.Details);
                else
                    generation.NotePiece();
            }
            _said?[piece.Choice].Add(piece.Update);
            yield return piece;
        }
        Keep(); // before its end is told: who has the answer may flag it at once
        generation.NoteEnd(Usage.InputTokenCount ?? 0, Usage.CachedInputTokenCount ?? 0, Usage.OutputTokenCount ?? 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Keep();
        generation.Dispose();
    }

    private void Keep()
    {
        if (_said is null || _isKept)
            return;
        _isKept = true;
        log.Keep(Id, Model.Entry.Name, job, _said);
    }

    private async IAsyncEnumerable<ChatPiece> One(int choice, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ChatResponseUpdate update in Model.Chat.GetStreamingResponseAsync(job.Messages, options, cancellation).ConfigureAwait(false))
            yield return new ChatPiece(choice, update);
    }

    private IAsyncEnumerable<ChatPiece> All(CancellationToken cancellation)
    {
        long seed = job.Options.Seed ?? Random.Shared.NextInt64();
        var answers = new Func<CancellationToken, IAsyncEnumerable<ChatPiece>>[job.Choices];
        for (int i = 0; i < answers.Length; i++)
        {
            int choice = i;
            ChatOptions options = job.Options.Clone();
            options.Seed = unchecked(seed + (choice * SeedStep));
            answers[choice] = token => One(choice, options, token);
        }
        return Merging.Merge(answers, cancellation);
    }

    private void Add(UsageDetails details)
    {
        // Several answers share one prompt: it is counted once, as OpenAI does.
        Usage.InputTokenCount = Math.Max(Usage.InputTokenCount ?? 0, details.InputTokenCount ?? 0);
        Usage.CachedInputTokenCount = Math.Max(Usage.CachedInputTokenCount ?? 0, details.CachedInputTokenCount ?? 0);
        Usage.OutputTokenCount += details.OutputTokenCount ?? 0;
        Usage.ReasoningTokenCount += details.ReasoningTokenCount ?? 0;
        Usage.TotalTokenCount = Usage.InputTokenCount + Usage.OutputTokenCount;
    }
}
