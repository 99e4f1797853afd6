using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gestalt.Cli.Errors;

namespace Gestalt.Cli.Benchmarks;

/// <summary>The <c>llama-bench</c> of llama.cpp or of a relative, run on the same file in turns with ours.</summary>
/// <param name="path">The program.</param>
/// <param name="threads">Threads that it uses.</param>
internal sealed class LlamaBenchPeer(string path, int threads)
{
    /// <summary>Tokens per second of one measurement after a warming one.</summary>
    /// <param name="model">The file.</param>
    /// <param name="prompt">Tokens of a prompt to read, or 0.</param>
    /// <param name="generated">Tokens to generate, or 0.</param>
    /// <exception cref="UserError">The program does not start, fails, or says something else than its JSON.</exception>
    public double TokensPerSecond(string model, int prompt, int generated)
    {
        string[] arguments =
        [
            "-m", model, "-p", Number(prompt), "-n", Number(generated), "-t", Number(threads), "-r", "1", "-o", "json",
        ];
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> complaints = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new UserError(ExitCode.Unexpected, $"'{path}' ended with {process.ExitCode}: {complaints.Result.Trim().Split('\n')[^1]}");
            using JsonDocument document = JsonDocument.Parse(output);
            return document.RootElement[0].GetProperty("avg_ts").GetDouble();
        }
        catch (Exception exception) when (exception is Win32Exception or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserError(ExitCode.Missing, $"'{path}' is no llama-bench that can be run here: {exception.Message}");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
