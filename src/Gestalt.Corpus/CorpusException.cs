namespace Gestalt.Corpus;

/// <summary>
/// The one error that corpus work raises for input that cannot be used. Its message is a single line for a person: what is
/// wrong, where, and what to do about it.
/// </summary>
public sealed class CorpusException : Exception
{
    /// <summary>Creates the error from a complete, one-line message.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="cause">The error underneath, if there was one.</param>
    public CorpusException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>
    /// Runs file work and turns what the file system refuses (a full disk, missing rights, a lost folder) into a
    /// <see cref="CorpusException"/> that names the path.
    /// </summary>
    internal static T Guard<T>(string doing, string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"cannot {doing} '{path}': {cause.Message.TrimEnd('.')}. Check the path, its rights and the free space, then run the same command again.", cause);
        }
    }
}
