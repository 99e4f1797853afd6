namespace Gestalt.Models.Hub;

/// <summary>What kind of thing went wrong with a hub or the models that came from it, so that a program can tell what helps.</summary>
public enum HubProblem
{
    /// <summary>What was asked for makes no sense, or may be several things.</summary>
    Request,

    /// <summary>It is not there, or cannot be reached.</summary>
    Missing,

    /// <summary>What came is not what it should be.</summary>
    Damaged,

    /// <summary>It cannot be written: no room, no rights, or another program is at it.</summary>
    Disk,
}

/// <summary>A model cannot be had from a hub, or found among those that were pulled.</summary>
/// <param name="problem">What kind of thing went wrong.</param>
/// <param name="message">One line: what is wrong, where, and what to do about it.</param>
public sealed class HubException(HubProblem problem, string message) : Exception(message)
{
    /// <summary>What kind of thing went wrong.</summary>
    public HubProblem Problem => problem;

    /// <summary>Whether a server said that what was asked for is not there.</summary>
    public bool IsAbsence { get; init; }
}
