using System.Runtime.InteropServices;
using Gestalt.Inference.Constraints;
using Gestalt.Inference.Speculation;
using Gestalt.Models;

namespace Gestalt.Inference.Scheduling;

/// <summary>
/// One sequence from its submission to its end. Only the thread that drives the engine changes it; what others read (<see cref="Tokens"/>, how it ended) changes under the scheduler's lock.
/// </summary>
internal sealed class Request(RequestGroup group, int index, int[] prompt, int? limit, Sampler sampler, Xoshiro256 random, TokenConstraint? constraint) : IDisposable
{
    /// <summary>What it was submitted with.</summary>
    public RequestGroup Group => group;

    /// <summary>Which of its group's prompts.</summary>
    public int Index => index;

    public int[] Prompt => prompt;

    /// <summary>How many tokens may follow the prompt; null for any number.</summary>
    public int? Limit => limit;

    public Sampler Sampler => sampler;

    /// <summary>The adapter that it goes through; null for the model's own.</summary>
    public Adapter? Adapter => group.Options.Adapter;

    /// <summary>Its own random numbers.</summary>
    public Xoshiro256 Random = random;

    public TokenConstraint? Constraint => constraint;

    /// <summary>The prompt and what has been generated.</summary>
    public List<int> Tokens { get; } = [.. prompt];

    /// <summary>One for each generated token, if asked for.</summary>
    public List<float> LogProbabilities { get; } = [];

    /// <summary>What might have been drawn instead of each generated token, if asked for.</summary>
    public List<TokenLogProbability[]> Likeliest { get; } = [];

    /// <summary>Where the context begins: 0 until it slides.</summary>
    public int First { get; set; }

    /// <summary>Its keys and values; null until it is first read and after it had to make room.</summary>
    public CachedSequence? Sequence { get; set; }

    /// <summary>Guesses what comes next; null while nobody does.</summary>
    public IDrafter? Drafter { get; set; }

    /// <summary>How many tokens are guessed at once: at first what is cheap to be wrong about.</summary>
    public int DraftLength { get; set; } = 3;

    /// <summary>When it was first let in; who came later makes room first.</summary>
    public long Order { get; set; }

    /// <summary>Tokens read and generated since it was last let in.</summary>
    public int Turn { get; set; }

    /// <summary>Whether it has been let in.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The last step that it had a part in.</summary>
    public long LastStep { get; set; }

    /// <summary>Tokens of the prompt that did not have to be read.</summary>
    public int KnownTokens { get; set; }

    public FinishReason? Reason { get; set; }

    public Exception? Error { get; set; }

    /// <summary>Set by whoever no longer wants it.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Set when somebody awaits the next token.</summary>
    public TaskCompletionSource? Signal { get; set; }

    public int Generated => Tokens.Count - prompt.Length;

    public bool IsDone => Reason is not null || Error is not null;

    /// <summary>The tokens of its context.</summary>
    public ReadOnlySpan<int> Visible => CollectionsMarshal.AsSpan(Tokens)[First..];

    /// <summary>Tokens of its context that are still to be read.</summary>
    public int Unread => Tokens.Count - First - (Sequence?.Length ?? 0);

    /// <summary>Frees its keys and values.</summary>
    public void Dispose()
    {
        Sequence?.Dispose();
        Drafter?.Dispose();
        (Sequence, Drafter) = (null, null);
    }
}

/// <summary>Requests that were submitted together: a stream alone, or the prompts of a batch. Groups take turns; within one, first come is first served.</summary>
internal sealed class RequestGroup(GenerationOptions options, CancellationToken cancellation)
{
    public GenerationOptions Options => options;

    public CancellationToken Cancellation => cancellation;

    public Queue<Request> Waiting { get; } = new();

    /// <summary>Requests that have not ended.</summary>
    public int Open { get; set; }

    /// <summary>Tokens read and generated for it, counted from those of the least served group when it came.</summary>
    public long Served { get; set; }

    /// <summary>Whether somebody waits for each token as it comes.</summary>
    public bool IsStream { get; init; }

    /// <summary>Whether it goes on without a thread that waits for it.</summary>
    public bool IsAsynchronous { get; set; }

    /// <summary>Asked after each token with the prompt's index and the token; true ends that sequence.</summary>
    public Func<int, int, bool>? Stop { get; init; }

    /// <summary>Told of each request that ends well.</summary>
    public Action<Request>? Finished { get; init; }

    /// <summary>Why the whole group ended.</summary>
    public Exception? Error { get; set; }
}
