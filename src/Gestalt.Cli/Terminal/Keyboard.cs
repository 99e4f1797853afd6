using System.Diagnostics;
using Gestalt.Cli.Errors;

namespace Gestalt.Cli.Terminal;

/// <summary>
/// What a person decides and writes at the terminal: a key for each choice, texts in the editor that <c>VISUAL</c> or <c>EDITOR</c> names, or line by line up to one with a single full stop. Where the input is no terminal,
/// each key is a line of it.
/// </summary>
internal static class Keyboard
{
    private const string EndOfAnswer = ".";

    /// <summary>Asks for a key; at the end of the input, and for Escape, it is <c>q</c>.</summary>
    /// <param name="meaning">What each key does.</param>
    /// <param name="allowed">The keys, in lower case; others are asked again.</param>
    public static char Key(string meaning, string allowed)
    {
        while (true)
        {
            Console.Error.Write($"[{meaning}] ");
            char? key = Console.IsInputRedirected
                ? Console.In.ReadLine() is string line ? line.Trim() is { Length: > 0 } said ? said[0] : ' ' : null
                : Pressed(Console.ReadKey(intercept: true));
            if (key is null) return 'q';
            char low = char.ToLowerInvariant(key.Value);
            Console.Error.WriteLine(low);
            if (allowed.Contains(low, StringComparison.Ordinal)) return low;
        }
    }

    private static char Pressed(ConsoleKeyInfo key) => key.Key switch { ConsoleKey.Escape => 'q', ConsoleKey.LeftArrow => 'l', ConsoleKey.RightArrow => 'r', _ => key.KeyChar };

    /// <summary>Lets a person write or edit a text; empty where nothing was written, or the editor was left with an error.</summary>
    /// <param name="draft">What stands there to begin with; empty for nothing.</param>
    public static string Write(string draft)
    {
        string? editor = Environment.GetEnvironmentVariable("VISUAL") is { Length: > 0 } visual ? visual : Environment.GetEnvironmentVariable("EDITOR");
        if (editor is { Length: > 0 } && !Console.IsInputRedirected) return InEditor(editor, draft);
        Console.Error.WriteLine($"Write the answer; a line with only '{EndOfAnswer}' ends it.");
        var lines = new List<string>();
        while (Console.In.ReadLine() is string line && line != EndOfAnswer) lines.Add(line);
        return string.Join('\n', lines).Trim();
    }

    private static string InEditor(string editor, string draft)
    {
        string file = Path.Combine(Path.GetTempPath(), $"gestalt-answer-{Guid.NewGuid():N}.md");
        try
        {
            File.WriteAllText(file, draft);
            string[] words = editor.Split(' ', StringSplitOptions.RemoveEmptyEntries); // "code --wait"
            using Process process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], file]) { UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? File.ReadAllText(file).Trim() : "";
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new UserError(ExitCode.Missing, $"the editor '{editor}' cannot be started: {problem.Message}. Name another in EDITOR, or none.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
