namespace Gestalt.Cli.Errors;

/// <summary>What the exit status says; <c>gestalt --help</c> lists them.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Done = 0;

    /// <summary>Something that should not happen.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>A file, folder or run that was named is not there, or empty.</summary>
    public const int Missing = 3;

    /// <summary>The input cannot serve: not text, too short for what was asked.</summary>
    public const int BadInput = 4;

    /// <summary>A file is damaged or of another kind than its place says.</summary>
    public const int Damaged = 5;

    /// <summary>The result cannot be written: a full disk, missing rights.</summary>
    public const int Output = 6;

    /// <summary>Training left the numbers: the loss is not finite.</summary>
    public const int Diverged = 7;

    /// <summary>A model became worse where it was to stay as good, and that was asked to be a failure.</summary>
    public const int Regressed = 8;

    /// <summary>Stopped by Ctrl-C or a signal, after saving.</summary>
    public const int Interrupted = 130;
}
