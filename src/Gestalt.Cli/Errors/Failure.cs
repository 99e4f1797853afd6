using System.Text.Json;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Errors;

/// <summary>An exception as a person is told about it.</summary>
/// <param name="Code">One of <see cref="ExitCode"/>.</param>
/// <param name="Message">One line; empty when everything was said already.</param>
internal readonly record struct Failure(int Code, string Message)
{
    /// <summary>
    /// Decides what an exception means. The types of other projects are compared by name, so that a command line that is
    /// wrong is refused without loading them.
    /// </summary>
    public static Failure Of(Exception problem) => problem switch
    {
        UserError error => new(error.Code, OneLine(error)),
        OperationCanceledException => new(ExitCode.Interrupted, ""),
        AggregateException { InnerException: { } inner } => Of(inner),
        FileNotFoundException or DirectoryNotFoundException => new(ExitCode.Missing, OneLine(problem)),
        InvalidDataException or JsonException => new(ExitCode.Damaged, OneLine(problem)),
        EndOfStreamException => new(ExitCode.Damaged, OneLine(problem)),
        UnauthorizedAccessException => new(ExitCode.Output, OneLine(problem)),
        IOException => new(ExitCode.Output, OneLine(problem)),
        OutOfMemoryException => new(ExitCode.Unexpected, "there is not enough memory for this. A smaller model, batch or context needs less."),
        ArgumentException or NotSupportedException when problem.TargetSite?.DeclaringType?.Assembly.GetName().Name?.StartsWith("Gestalt.", StringComparison.Ordinal) == true
            => new(ExitCode.Usage, OneLine(problem)),
        _ => problem.GetType().Name switch
        {
            "CorpusException" => problem.InnerException is { } cause and (IOException or UnauthorizedAccessException)
                ? Of(cause) with { Message = OneLine(problem) }
                : new(ExitCode.BadInput, OneLine(problem)),
            "VocabularyTooLargeException" => new(ExitCode.BadInput, OneLine(problem)),
            "TemplateException" => new(ExitCode.BadInput, OneLine(problem)),
            "ContextLimitException" or "CacheMemoryException" => new(ExitCode.Usage, OneLine(problem)),
            "ModelFileException" => problem.InnerException is FileNotFoundException or DirectoryNotFoundException ? new(ExitCode.Missing, OneLine(problem)) : new(ExitCode.Damaged, OneLine(problem)),
            "HubException" => OfHub(problem),
            "DivergedException" => new(ExitCode.Diverged, OneLine(problem)),
            _ => new(ExitCode.Unexpected, $"{problem.GetType().Name}: {OneLine(problem)}"),
        },
    };

    // A method of its own: only here is the type's assembly loaded.
    private static Failure OfHub(Exception problem) => new(((HubException)problem).Problem switch
    {
        HubProblem.Request => ExitCode.Usage,
        HubProblem.Damaged => ExitCode.Damaged,
        HubProblem.Disk => ExitCode.Output,
        _ => ExitCode.Missing,
    }, OneLine(problem));

    /// <summary>The message without line breaks and without the parameter name that .NET appends to argument errors.</summary>
    private static string OneLine(Exception problem)
    {
        string message = problem.Message.ReplaceLineEndings(" ").Trim();
        int parameter = problem is ArgumentException ? message.IndexOf(" (Parameter '", StringComparison.Ordinal) : -1;
        return parameter >= 0 ? message[..parameter] : message;
    }
}
