namespace Gestalt.Os.Tools;

/// <summary>What a person has said about a tool, for all its calls.</summary>
public enum ToolPermission
{
    /// <summary>Nothing: each call asks.</summary>
    Ask,

    /// <summary>It may run.</summary>
    Always,

    /// <summary>It must not run, and need not ask.</summary>
    Never,
}

/// <summary>What a person says when a call asks.</summary>
public enum ToolDecision
{
    /// <summary>This call must not run.</summary>
    No,

    /// <summary>This call may run.</summary>
    Once,

    /// <summary>This call may run, and so may all others of the tool.</summary>
    Always,

    /// <summary>This call must not run, nor any other of the tool.</summary>
    Never,
}

/// <summary>A call that asks whether it may run.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">What it would be given: a JSON object.</param>
public sealed record ToolRequest(GuardedTool Tool, string Arguments);

/// <summary>What came of a call.</summary>
/// <param name="Content">The result, or why there is none; a model reads it.</param>
/// <param name="IsError">Whether the tool failed.</param>
/// <param name="IsRefused">Whether it did not run because nobody allowed it.</param>
public sealed record ToolOutcome(string Content, bool IsError = false, bool IsRefused = false);

/// <summary>Asks a person whether a call may run.</summary>
/// <param name="request">The call.</param>
/// <param name="cancellation">Gives up.</param>
public delegate ValueTask<ToolDecision> AskPerson(ToolRequest request, CancellationToken cancellation);
