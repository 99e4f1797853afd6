using Gestalt.Cli.Terminal;

namespace Gestalt.Cli.Verbs;

/// <summary>Work that saves itself when it is interrupted.</summary>
internal static class Resumable
{
    /// <summary>Does the work; when it is interrupted, says how to go on.</summary>
    /// <param name="work">The work.</param>
    /// <param name="command">The command that goes on; the one that was typed if null.</param>
    public static T Do<T>(Func<T> work, string? command = null)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            Messages.Say($"Saved. To go on: {command ?? CommandLine.AsTyped}");
            throw;
        }
    }
}
