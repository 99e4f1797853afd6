using System.CommandLine;
using System.CommandLine.Parsing;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Verbs;

namespace Gestalt.Cli;

/// <summary>The composition root: parses the command line, runs one verb, and turns whatever goes wrong into one line and an exit code.</summary>
internal static class Application
{
    /// <summary>Runs Gestalt.</summary>
    /// <param name="args">The words after <c>gestalt</c>.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args)
    {
        RootCommand root = GestaltCommand.Create();
        ParseResult parse = root.Parse(args);
        bool debug = parse.GetValue(GlobalOptions.Debug);
        try
        {
            if (parse.Action is not VerbHelp && Mistakes(parse) is { Count: > 0 } mistakes) return Refuse(parse, mistakes);
            GlobalOptions.Apply(parse);
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception problem)
        {
            Failure failure = Failure.Of(problem);
            if (failure.Message.Length > 0) Console.Error.WriteLine("gestalt: " + failure.Message);
            if (debug) Console.Error.WriteLine(problem);
            else if (failure.Code == ExitCode.Unexpected) Console.Error.WriteLine("This should not happen. The same command with --debug shows where it comes from.");
            return failure.Code;
        }
    }

    /// <summary>What the parser found, and options that do not exist where it would take any word: after 'generate' or 'corpus'.</summary>
    private static List<string> Mistakes(ParseResult parse)
    {
        var mistakes = parse.Errors.Select(error => error.Message).Distinct().ToList();
        bool escaped = parse.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        if (!escaped)
            mistakes.AddRange(parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
                .Where(token => token.Value.StartsWith("--", StringComparison.Ordinal))
                .Select(token => $"there is no option '{token.Value}'. (After a -- of its own, any word is taken as it is.)"));
        return mistakes;
    }

    private static int Refuse(ParseResult parse, List<string> mistakes)
    {
        foreach (string mistake in mistakes) Console.Error.WriteLine("gestalt: " + mistake);
        string path = string.Join(' ', PathOf(parse.CommandResult).Reverse());
        Console.Error.WriteLine($"'{path} --help' explains it with examples.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> PathOf(SymbolResult? result)
    {
        for (; result is not null; result = result.Parent)
            if (result is CommandResult command) yield return command.Command is RootCommand ? "gestalt" : command.Command.Name;
    }
}
