using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;

namespace Gestalt.Cli;

/// <summary>Options that every verb understands.</summary>
internal static class GlobalOptions
{
    /// <summary>Shows where an error comes from.</summary>
    public static Option<bool> Debug { get; } = new("--debug") { Description = "Show the stack of an error", Recursive = true };

    /// <summary>How many threads compute.</summary>
    public static Option<int?> Threads { get; } = new("--threads")
    {
        Description = "Threads that compute [default: one a processor, or GESTALT_THREADS]",
        HelpName = "N",
        Recursive = true,
    };

    /// <summary>Makes the options hold, before anything computes.</summary>
    public static void Apply(ParseResult parse)
    {
        if (parse.GetValue(Threads) is not int threads) return;
        if (threads is < 1 or > 1024) throw new UserError(ExitCode.Usage, $"--threads is {threads}; from 1 to 1024 make sense.");
        Environment.SetEnvironmentVariable("GESTALT_THREADS", threads.ToString(CultureInfo.InvariantCulture));
    }
}
