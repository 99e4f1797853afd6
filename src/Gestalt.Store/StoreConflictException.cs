namespace Gestalt.Store;

/// <summary>A document is no longer the version that a change followed on.</summary>
/// <param name="message">Which document, and both versions.</param>
public sealed class StoreConflictException(string message) : Exception(message)
{
    /// <summary>The version that was expected; 0 for none.</summary>
    public long Expected { get; private init; }

    /// <summary>The version that is there; 0 for none.</summary>
    public long Actual { get; private init; }

    internal static StoreConflictException Of(string kind, string id, long expected, long actual) =>
        new($"The {kind} '{id}' is {Name(actual)}, not {Name(expected)} as expected: somebody else changed it. Read it again, and repeat the change if it still holds.") { Expected = expected, Actual = actual };

    private static string Name(long version) => version == 0 ? "not there" : $"at version {version}";
}
