using System.Diagnostics;
using Gestalt.Cli.Terminal;
using Gestalt.Training;
using Gestalt.Training.Life;

namespace Gestalt.Cli.Verbs;

/// <summary>A stage done by its own verb: entered in the run's ledger, so that <c>life</c> does not do it again.</summary>
internal static class RunStage
{
    /// <summary>Does the stage.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The stage's name in the ledger.</param>
    /// <param name="result">What came out, in a line.</param>
    /// <param name="stage">The work.</param>
    public static T Do<T>(RunFolder run, string name, Func<T, string> result, Func<T> stage)
    {
        Directory.CreateDirectory(run.Path);
        long begun = Stopwatch.GetTimestamp();
        T outcome = stage();
        string line = result(outcome);
        StageLedger.Load(run.Stages).Complete(new CompletedStage(name, Stopwatch.GetElapsedTime(begun).TotalSeconds, line, CommandLine.AsTyped));
        Messages.Say($"{name}: {line}");
        return outcome;
    }
}
