using System.Net;
using Gestalt.Inference;
using Gestalt.Store.Improving;

namespace Gestalt.Studio.Hosting;

/// <summary>What a <see cref="StudioServer"/> serves, to whom, and within which limits. What is left out has the value that suits one person's machine.</summary>
public sealed record StudioOptions
{
    /// <summary>
    /// The models that are served by name: files, folders, runs (<c>runs/NAME</c> or <c>NAME</c>) or names of pulled models. The first answers requests that name none. Pulled models and runs can be asked for besides;
    /// other files of the machine cannot.
    /// </summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>How each model's engine works: its context and how keys and values are kept.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Where the server listens. An address that others can reach needs keys or <see cref="AllowsAnyone"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for any that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Whether an address that others can reach is served without keys.</summary>
    public bool AllowsAnyone { get; init; }

    /// <summary>A certificate (PFX, or PEM with <see cref="CertificateKeyPath"/>): the server then speaks TLS; null for plain HTTP.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The certificate's key as PEM, where it lies in a file of its own.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>The password of the certificate or its key.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>Where conversations, settings, answers and keys are kept: a folder, or PostgreSQL's connection string.</summary>
    public string Store { get; init; } = DefaultStore;

    /// <summary>The folder in which every conversation is logged (<see cref="ConversationLog"/>), for <c>gestalt improve</c>; null, as long as nobody asks for it, for none.</summary>
    public string? Log { get; init; }

    /// <summary>A file that names MCP servers, in the usual <c>mcpServers</c> form, whose tools chats may use; null for none. These programs run on this machine with its user's rights.</summary>
    public string? McpFile { get; init; }

    /// <summary>Bytes that models and their keys and values may take together; null for three quarters of the machine's memory.</summary>
    public long? MemoryBudget { get; init; }

    /// <summary>What requests may take.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>Where runs are kept.</summary>
    public string Runs { get; init; } = Training.ModelSource.Runs;

    /// <summary>The program that lives lives, and the arguments before its verb; empty for this program itself.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];

    /// <summary>Is told what an operator should know, a line at a time; null for nobody.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>The folder that is used unless another is named: <c>GESTALT_STORE</c>, or where programs keep data on this system.</summary>
    public static string DefaultStore => Environment.GetEnvironmentVariable("GESTALT_STORE") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(), "gestalt", "store");
}
