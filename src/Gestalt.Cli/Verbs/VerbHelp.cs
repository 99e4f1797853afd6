using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Gestalt.Cli.Verbs;

/// <summary>Help that a person can read from top to bottom: what it is for, how to call it, what can be said, examples.</summary>
internal sealed class VerbHelp(string closing) : SynchronousCommandLineAction
{
    /// <summary>Lines are wrapped here at most, also on wider terminals: longer ones are hard to read.</summary>
    private const int MaximumWidth = 110;

    /// <summary>Names longer than this stand on a line of their own.</summary>
    private const int MaximumNameWidth = 30;

    /// <summary>Gives the whole tree of commands this help.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="closing">What the root's help ends with.</param>
    public static void Install(RootCommand root, string closing)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Description = "Explain this command, with examples";
                help.Action = new VerbHelp(closing);
            }
            else if (option is VersionOption)
            {
                option.Description = "Print the version";
            }
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int width = Console.IsOutputRedirected || Console.WindowWidth <= 0 ? MaximumWidth : Math.Clamp(Console.WindowWidth, 50, MaximumWidth);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        foreach (string line in Wrap(command.Description ?? "", width)) output.WriteLine(line);
        if (command is Verb { Explanation.Length: > 0 } verb)
        {
            output.WriteLine();
            foreach (string line in Wrap(verb.Explanation, width)) output.WriteLine(line);
        }

        output.WriteLine();
        output.WriteLine("Usage:");
        output.WriteLine("  " + Usage(parseResult.CommandResult));
        Section(output, "Arguments:", width, command.Arguments.Select(argument => (argument.Name, Describe(argument))));
        Section(output, "Commands:", width, command.Subcommands.Select(child => (child.Name, child.Description ?? "")));
        Section(output, "Options:", width, OptionsOf(parseResult.CommandResult).Select(option => (NameOf(option), Describe(option))));
        Examples(output, command);
        if (command is RootCommand)
        {
            output.WriteLine();
            output.WriteLine(closing);
        }
        return 0;
    }

    private static string Usage(System.CommandLine.Parsing.CommandResult result)
    {
        var path = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
            path.Insert(0, command.Command is RootCommand ? "gestalt" : command.Command.Name);
        if (result.Command.Subcommands.Count > 0) path.Add(result.Command.Action is null ? "COMMAND" : "[COMMAND]");
        path.AddRange(result.Command.Arguments.Select(argument =>
        {
            string name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
            return argument.Arity.MinimumNumberOfValues == 0 || argument.HasDefaultValue ? $"[{name}]" : name;
        }));
        path.Add("[OPTIONS]");
        return string.Join(' ', path);
    }

    /// <summary>The command's own options first, then those that every command has.</summary>
    private static IEnumerable<Option> OptionsOf(System.CommandLine.Parsing.CommandResult result)
    {
        foreach (Option option in result.Command.Options) yield return option;
        for (System.CommandLine.Parsing.SymbolResult? at = result.Parent; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
            foreach (Option option in command.Command.Options.Where(option => option.Recursive)) yield return option;
    }

    private static string NameOf(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias is not ("/?" or "-?" or "/h")).OrderBy(alias => alias.Length).Append(option.Name).Distinct());
        return option.ValueType == typeof(bool) || option is HelpOption or VersionOption ? names : $"{names} {option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant()}";
    }

    private static string Describe(Argument argument) =>
        argument.Description + (argument is { HasDefaultValue: true } && argument.GetDefaultValue() is string { Length: > 0 } value ? $" [default: {value}]" : "");

    private static string Describe(Option option) => option.Description
        + (option.Required ? " (required)" : "")
        + (option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is IConvertible value && value.ToString(System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? $" [default: {text}]" : "");

    private static void Section(TextWriter output, string title, int width, IEnumerable<(string Name, string Text)> rows)
    {
        (string Name, string Text)[] all = [.. rows];
        if (all.Length == 0) return;
        int column = Math.Min(MaximumNameWidth, all.Max(row => row.Name.Length)) + 4;
        output.WriteLine();
        output.WriteLine(title);
        foreach ((string name, string text) in all)
        {
            string head = "  " + name;
            if (head.Length > column - 2)
            {
                output.WriteLine(head);
                head = "";
            }
            foreach (string line in Wrap(text, width - column))
            {
                output.WriteLine(head.PadRight(column) + line);
                head = "";
            }
        }
    }

    private static void Examples(TextWriter output, Command command)
    {
        if (command is not Verb { Examples: { Count: > 0 } examples }) return;
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (Example example in examples)
        {
            output.WriteLine("  " + example.Command);
            output.WriteLine("      " + example.Meaning);
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        foreach (string paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string line = "";
            foreach (string word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line;
                    line = word;
                }
                else
                {
                    line = line.Length == 0 ? word : line + " " + word;
                }
            }
            yield return line;
        }
    }
}
