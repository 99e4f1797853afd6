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
            if (parse.Errors.Count > 0 && parse.Action is not VerbHelp) return Refuse(parse);
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

    private static int Refuse(ParseResult parse)
    {
        foreach (ParseError error in parse.Errors.DistinctBy(error => error.Message)) Console.Error.WriteLine("gestalt: " + error.Message);
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
