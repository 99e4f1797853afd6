namespace Gestalt.Studio.Hosting;

/// <summary>What requests may take before they are refused or ended. Each limit answers with its own number.</summary>
public sealed record RequestLimits
{
    /// <summary>Sequences of one model that are generated at the same time; more of them wait. Beyond some 64 nothing is gained by reading the weights for all.</summary>
    public int RunningSequences { get; init; } = 64;

    /// <summary>Requests of one model that may wait for a place; the next is answered with 429 and when to come again.</summary>
    public int WaitingRequests { get; init; } = 256;

    /// <summary>The longest body, in bytes.</summary>
    public long BodyBytes { get; init; } = 16 << 20;

    /// <summary>How long a client may take to send its headers.</summary>
    public TimeSpan HeaderTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The slowest that a body may come, in bytes a second, and an answer be taken, once <see cref="GraceTime"/> is over.</summary>
    public double SlowestBytesPerSecond { get; init; } = 240;

    /// <summary>How long a body may come slower, and an answer be taken slower, before its connection is closed.</summary>
    public TimeSpan GraceTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is kept that asks for nothing.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections at the same time.</summary>
    public int Connections { get; init; } = 2048;

    /// <summary>How long a request may wait for a model to be loaded, or for a place, before it is told to come again.</summary>
    public TimeSpan WaitingTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long running answers may go on when the server is asked to stop.</summary>
    public TimeSpan ShutdownTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most answers to one request (<c>n</c>).</summary>
    public int Choices { get; init; } = 16;

    /// <summary>The most texts in one request for embeddings, and prompts in one for completions.</summary>
    public int Inputs { get; init; } = 2048;

    /// <summary>The most responses of <c>/v1/responses</c> that are kept; those that were made longest ago go. A store holds some tenth more between two clearings.</summary>
    public int KeptResponses { get; init; } = 10_000;

    /// <summary>How long a response is kept; 30 days as with OpenAI.</summary>
    public TimeSpan ResponseAge { get; init; } = TimeSpan.FromDays(30);
}
