namespace Gestalt.Os.Tools;

/// <summary>How much of anything tools and their servers may take.</summary>
public sealed record ToolLimits
{
    /// <summary>How long a server may take to start and say what it has.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a call may take.</summary>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many characters of a result a model is given; what is beyond is cut, and the result says so.</summary>
    public int ResultCharacters { get; init; } = 32_768;

    /// <summary>The longest message of a server, in bytes; a longer one ends the connection.</summary>
    public int MessageBytes { get; init; } = 8 << 20;

    /// <summary>How many tools of one server are taken.</summary>
    public int ToolsPerServer { get; init; } = 128;

    /// <summary>The longest description of a tool, and of its parameters as JSON, in characters; a tool with a longer one is not taken.</summary>
    public int DescriptionCharacters { get; init; } = 32_768;

    /// <summary>How often a model may call tools and read their results before it has to answer.</summary>
    public int Rounds { get; init; } = 8;
}
