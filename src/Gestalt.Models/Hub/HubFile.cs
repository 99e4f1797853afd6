namespace Gestalt.Models.Hub;

/// <summary>A file as a hub describes it.</summary>
/// <param name="Path">Its path in the model, with slashes.</param>
/// <param name="Bytes">Its length; null if the hub does not say.</param>
/// <param name="Sha256">Its SHA-256 in small hexadecimal digits; null if the hub does not say.</param>
/// <param name="GitId">Its id as a git blob, which small files have instead; null if the hub does not say.</param>
public sealed record HubFile(string Path, long? Bytes, string? Sha256 = null, string? GitId = null)
{
    private const int LongestPath = 512;

    /// <summary>Refuses a path that would lead out of the folder that files are written to, or is none on some system.</summary>
    /// <exception cref="HubException">It is such a path.</exception>
    internal static void CheckPath(string path)
    {
        bool good = path.Length is > 0 and <= LongestPath
            && !path.Any(c => char.IsControl(c) || c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            && path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.EndsWith('.') && !part.EndsWith(' '));
        if (!good)
            throw new HubException(HubProblem.Damaged, $"the hub lists a file '{new string([.. path.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}', which is no path within a model. Nothing was downloaded; do not trust this hub.");
    }

    /// <summary>A checksum in the form that is compared, or null if the text is none of that many digits.</summary>
    internal static string? Digest(string? text, int digits)
    {
        string? bare = text?.Trim().Trim('"').ToLowerInvariant();
        return bare?.Length == digits && bare.All(char.IsAsciiHexDigit) ? bare : null;
    }
}
