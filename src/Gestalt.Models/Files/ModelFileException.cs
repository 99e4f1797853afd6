namespace Gestalt.Models;

/// <summary>
/// A model, tensor or checkpoint file that cannot be used: it is damaged, truncated, hostile or of a kind that this version does not know.
/// The message is one line for a person: which file, what is wrong with it, where (byte offset), and what to do.
/// </summary>
public sealed class ModelFileException : Exception
{
    /// <summary>States what is wrong with a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, with the number that was wrong.</param>
    /// <param name="offset">The byte where it is wrong, or null when it is not one place.</param>
    /// <param name="advice">What the user can do about it.</param>
    /// <param name="inner">The cause, if another exception brought it to light.</param>
    public ModelFileException(string path, string problem, long? offset = null, string? advice = null, Exception? inner = null)
        : base(Compose(path, problem, offset, advice), inner)
    {
        Path = path;
        Problem = problem;
        Offset = offset;
        Advice = advice;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it, without the path.</summary>
    public string Problem { get; }

    /// <summary>The byte offset of the problem, or null.</summary>
    public long? Offset { get; }

    /// <summary>What to do about it, or null.</summary>
    public string? Advice { get; }

    private static string Compose(string path, string problem, long? offset, string? advice)
    {
        string where = offset is long at ? $" (at byte {at})" : "";
        return advice is null ? $"{path}: {problem}{where}." : $"{path}: {problem}{where}. {advice}";
    }
}
