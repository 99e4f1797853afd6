namespace Gestalt.Cli.Errors;

/// <summary>Something only the user can put right.</summary>
/// <param name="code">One of <see cref="ExitCode"/>.</param>
/// <param name="message">One line: what is wrong, where, and what to do about it.</param>
internal sealed class UserError(int code, string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code { get; } = code;
}
