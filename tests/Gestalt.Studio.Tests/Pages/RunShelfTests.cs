using Gestalt.Studio.Hosting;
using Gestalt.Studio.Pages.Runs;
using Gestalt.Training;
using Gestalt.Training.Metrics;

namespace Gestalt.Studio.Tests.Pages;

/// <summary>Runs as they are lived, and as they are begun and stopped.</summary>
public sealed class RunShelfTests : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"gestalt-runs-{Guid.NewGuid():N}");

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_log_is_followed_while_it_grows_and_when_a_run_goes_on_from_its_checkpoint()
    {
        string stage = Path.Combine(_folder, "one", "base");
        var tail = new MetricsTail(stage);
        Assert.Empty(tail.Lines());
        using (var log = new MetricsLog(stage, afterStep: 0))
        {
            for (int step = 1; step <= 4; step++)
                log.Write(Line(step, sample: "so far"));
            Assert.Equal([1, 2, 3, 4], tail.Lines().Select(line => line.Step));
            log.Write(Line(5, sample: "more"));
            Assert.Equal(5, tail.Lines()[^1].Step);
        }
        File.AppendAllText(MetricsLog.PathIn(stage), "{\"step\":6,\"secon");
        Assert.Equal(5, tail.Lines().Count);
        using (var again = new MetricsLog(stage, afterStep: 3))
            again.Write(Line(4, loss: 0.25, sample: "again"));
        Assert.Equal([1, 2, 3, 4], tail.Lines().Select(line => line.Step));
        Assert.Equal(0.25, tail.Lines()[^1].Loss);
    }

    [Fact]
    public async Task A_life_is_begun_stopped_and_goes_on_and_there_is_one_at_a_time()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no signal to stop with.");
        await using var shelf = new RunShelf(new StudioOptions { Runs = _folder, Program = [Program()] });
        string name = shelf.Begin(1.5, "mine");
        RunFolder run = await Until(() => shelf.Find(name), found => File.Exists(Path.Combine(found.Path, "asked")));
        Assert.Equal(RunState.Living, shelf.Summary(run).State);
        Assert.Equal($"life --run {Path.Combine(_folder, name)} --no-chat --minutes 1.5 --new", (await File.ReadAllTextAsync(Path.Combine(run.Path, "asked"))).Trim());
        Assert.Contains("'mine' is being lived", Assert.Throws<InvalidOperationException>(() => shelf.Begin(1, "other")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => shelf.GoOn(run));
        shelf.Stop(run);
        await Until(() => shelf.Summary(run).State, state => state is not (RunState.Living or RunState.Stopping));
        Assert.True(File.Exists(Path.Combine(run.Path, "saved")), "it was not told to stop as a person would");
        Assert.False(shelf.Summary(run).Failed);
        Assert.Throws<InvalidOperationException>(() => shelf.Stop(run));
    }

    [Fact]
    public async Task A_life_that_fails_leaves_its_last_words_and_the_server_lets_a_living_one_save()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no signal to stop with.");
        var shelf = new RunShelf(new StudioOptions { Runs = _folder, Program = [Program()] });
        shelf.Begin(2, "fails");
        RunFolder failed = await Until(() => shelf.Find("fails"), found => shelf.Summary(found).Failed);
        await Until(() => shelf.Summary(failed).Said, said => said.Contains("no room left"));
        shelf.Begin(1, "last");
        RunFolder last = await Until(() => shelf.Find("last"), found => File.Exists(Path.Combine(found.Path, "asked")));
        await shelf.DisposeAsync();
        Assert.True(File.Exists(Path.Combine(last.Path, "saved")));
    }

    [Fact]
    public void What_cannot_be_begun_is_refused()
    {
        var shelf = new RunShelf(new StudioOptions { Runs = _folder, Program = ["/nowhere/gestalt"] });
        Directory.CreateDirectory(Path.Combine(_folder, "there"));
        Assert.Contains("0.01", Assert.Throws<ArgumentException>(() => shelf.Begin(0.01, null)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => shelf.Begin(double.NaN, null));
        Assert.Contains("'there' already", Assert.Throws<ArgumentException>(() => shelf.Begin(1, "there")).Message, StringComparison.Ordinal);
        foreach (string name in (string[])["..", "../out", "/etc", "a/b", "-x", new string('a', 65)])
        {
            Assert.Throws<ArgumentException>(() => shelf.Begin(1, name));
            Assert.Null(shelf.Find(name));
        }
        Assert.Contains("/nowhere/gestalt", Assert.Throws<InvalidOperationException>(() => shelf.Begin(1, "new")).Message, StringComparison.Ordinal);
    }

    private static StepMetrics Line(int step, double loss = 1, string? sample = null) => new(step, step, step * 100L, loss, 0.5, 1, 1000, 0.7, null, sample);

    /// <summary>A program that behaves as a life does as far as this is about: it saves when it is interrupted; asked for two minutes, it fails.</summary>
    private string Program()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "..", $"{Path.GetFileName(_folder)}.sh");
        File.WriteAllText(path, """
            #!/bin/sh
            mkdir -p "$3"
            trap 'touch "$3/saved"; exit 0' INT
            echo "$@" > "$3/asked"
            case "$*" in *"--minutes 2 "*) echo "no room left" >&2; exit 4;; esac
            while :; do sleep 0.05; done
            """);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program that stands in for a life is a shell script.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.GetFullPath(path);
    }

    private static async Task<T> Until<T>(Func<T?> look, Func<T, bool> isSo)
    {
        for (int i = 0; i < 400; i++, await Task.Delay(25))
        {
            if (look() is T found && isSo(found))
                return found;
        }
        throw new TimeoutException("It did not come to that within ten seconds.");
    }
}
