using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Gestalt.Studio.Tests.Api;

/// <summary>What <c>docs/api.md</c> shows works as it stands.</summary>
public sealed partial class DocumentTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Every_curl_example_is_answered()
    {
        string document = Path.Combine(Root(), "docs", "api.md");
        string[] examples = [.. Example().Matches(File.ReadAllText(document)).Select(match => match.Groups[1].Value)];
        Assert.True(examples.Length >= 9);
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))))
            Assert.Skip("curl is not installed.");
        foreach (string example in examples)
        {
            // --fail makes curl tell of refusals by its exit code.
            string script = "set -eu -o pipefail\n" + example.Replace("http://localhost:8080", server.Server.Address.ToString().TrimEnd('/')).Replace("curl -s", "curl --fail-with-body -s");
            using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            Assert.True(shell.ExitCode == 0, $"{example}\n{output}");
            Assert.NotEmpty(output);
            Assert.DoesNotContain("\"error\":{", output);
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
