using Gestalt.Cli.Errors;

namespace Gestalt.Cli.Files;

/// <summary>Places to write to, checked before any work is done for them.</summary>
internal static class OutputPath
{
    /// <summary>Refuses a file that could not be written: its folder is missing, or the place is a folder itself.</summary>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Require(string file)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (folder is not null && !Directory.Exists(folder))
            throw new UserError(ExitCode.Output, $"'{file}' cannot be written: there is no folder '{folder}'. Make it first, or name another file.");
        if (Directory.Exists(file))
            throw new UserError(ExitCode.Output, $"'{file}' cannot be written: it is a folder. Name a file in it.");
    }

    /// <summary>Refuses a folder that could not be made, because something on the way to it is a file.</summary>
    /// <exception cref="UserError">It cannot be made.</exception>
    public static void RequireFolder(string folder)
    {
        for (string? path = Path.GetFullPath(folder); path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
            if (File.Exists(path)) throw new UserError(ExitCode.Output, $"the folder '{folder}' cannot be made: '{path}' is a file. Name another folder.");
    }
}
