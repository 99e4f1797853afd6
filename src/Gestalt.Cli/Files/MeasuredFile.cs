using Gestalt.Cli.Errors;
using Gestalt.Evaluation;
using Gestalt.Models;

namespace Gestalt.Cli.Files;

/// <summary>A text file that a model is calibrated or measured with.</summary>
internal static class MeasuredFile
{
    /// <summary>Reads a file, or part of it.</summary>
    /// <param name="path">A text file.</param>
    /// <param name="model">Whose vocabulary and beginning of a sequence to use.</param>
    /// <param name="from">Where to start, as a share of the text.</param>
    /// <param name="to">Where to end.</param>
    /// <exception cref="UserError">There is no such file, or too little text in it.</exception>
    public static TextWindows Read(string path, LoadedModel model, double from = 0, double to = 1)
    {
        if (!File.Exists(path)) throw new UserError(ExitCode.Missing, $"there is no text file '{path}'.");
        string text = File.ReadAllText(path);
        string share = (from, to) switch { (0, 1) => "", (0, _) => $" (its first {to:P0})", _ => $" (its last {1 - from:P0})" };
        try
        {
            return TextWindows.Of(path + share, text[(int)(from * text.Length)..(int)(to * text.Length)], model);
        }
        catch (ArgumentException problem)
        {
            throw new UserError(ExitCode.BadInput, problem.Message.Split(" (Parameter")[0]);
        }
    }
}
