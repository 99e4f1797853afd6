namespace Gestalt.Cli;

/// <summary>The command line as it was typed.</summary>
internal static class CommandLine
{
    /// <summary>For plans and reports: what somebody types to do the same again.</summary>
    public static string AsTyped => string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(Quote).Prepend("./gestalt"));

    /// <summary>A word so that a shell reads it as one.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=,:+%@".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
