using System.IO.Enumeration;

namespace Gestalt.Corpus;

/// <summary>Finds the files that a person named: files, folders (with everything below), globs, and <c>-</c> for standard input.</summary>
public static class InputFiles
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>
    /// All files behind the names, each once, sorted within each name by ordinal path, so that the order does not depend on
    /// the file system. Hidden files and folders (a leading dot) are left out unless they are named themselves.
    /// </summary>
    /// <param name="inputs">Paths, globs (<c>*</c>, <c>?</c>, and <c>**</c> for any folders) or <c>-</c>.</param>
    /// <exception cref="CorpusException">Nothing was named, a path is missing, a folder is empty, or a glob matches nothing.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            foreach (string file in FindOne(input))
            {
                if (seen.Add(file == StandardInput ? file : Path.GetFullPath(file)))
                    files.Add(file);
            }
        }

        return files.Count > 0 ? files : throw new CorpusException("no input was named. Give files, folders, globs, or - for standard input.");
    }

    private static IEnumerable<string> FindOne(string input)
    {
        if (input == StandardInput || File.Exists(input))
            return [input];
        if (Directory.Exists(input))
        {
            List<string> below = Below(input);
            return below.Count > 0 ? below : throw new CorpusException($"the folder '{input}' holds no files. Put text, Markdown, JSONL, HTML or WARC files into it, or name another.");
        }

        if (input.AsSpan().IndexOfAny('*', '?') < 0)
            throw new CorpusException($"there is no file or folder '{input}' (looked in '{Directory.GetCurrentDirectory()}'). Check the spelling.");
        List<string> matches = Matches(input);
        return matches.Count > 0 ? matches : throw new CorpusException($"the pattern '{input}' matches no file (looked in '{Directory.GetCurrentDirectory()}'). Check the pattern; ** stands for any folders.");
    }

    /// <summary>Files under a folder whose path below it matches the rest of the pattern.</summary>
    private static List<string> Matches(string pattern)
    {
        string[] parts = pattern.Split('/');
        int literal = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        string root = literal == 0 ? "." : literal == 1 && parts[0].Length == 0 ? "/" : string.Join('/', parts[..literal]);
        if (!Directory.Exists(root))
            return [];
        string[] rest = parts[literal..];
        bool deep = rest.Length > 1 || rest[0] == "**";
        return [.. Below(root, deep ? int.MaxValue : 1)
            .Where(file => Glob.Matches(rest, Path.GetRelativePath(root, file).Split('/')))
            .Select(file => root == "." ? Path.GetRelativePath(".", file) : file)];
    }

    private static List<string> Below(string folder, int depth = int.MaxValue)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = depth > 1, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden };

        // Links to folders are not followed: a link to a parent would never end.
        var found = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        List<string> files = CorpusException.Guard("list the folder", folder, found.ToList);
        files.Sort(StringComparer.Ordinal);
        return files;
    }
}

/// <summary>Glob patterns over paths split at <c>/</c>.</summary>
internal static class Glob
{
    /// <summary>True when the whole path matches the whole pattern; <c>**</c> stands for any number of folders.</summary>
    public static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty)
            return path.IsEmpty;
        if (pattern[0] == "**")
        {
            for (int skipped = 0; skipped <= path.Length; skipped++)
            {
                if (Matches(pattern[1..], path[skipped..]))
                    return true;
            }

            return false;
        }

        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(Escaped(pattern[0]), path[0], ignoreCase: false) && Matches(pattern[1..], path[1..]);
    }

    /// <summary>The backslash is .NET's escape character but an ordinary one in names.</summary>
    private static string Escaped(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
}
