using System.Diagnostics;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Tests.Hub;

[Collection("Models folder")]
public sealed class PullTests : IDisposable
{
    private const int Large = (3 * PartFile.PieceBytes) + 12345;

    private static readonly byte[] Weights = FakeHub.Bytes(Large);

    private static readonly Patience Hasty = new() { FirstWait = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromSeconds(3), Silence = TimeSpan.FromSeconds(2) };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public PullTests() => Environment.SetEnvironmentVariable(ModelStore.Variable, _folder.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ModelStore.Variable, null);
        _folder.Dispose();
    }

    private string ModelFile(string name = "model-Q8_0.gguf") => _folder.In(Path.Combine("owner", "model", name));

    private async Task<PullOutcome> Pull(FakeHub hub, string model = "owner/model", string? token = null, Patience? patience = null, CancellationToken cancellation = default, params string[] include)
    {
        HubAddress address = HubAddress.Parse(model, hub.Address, "main");
        using var client = new HubClient(address.Hub, token, patience ?? Hasty, _said.Add);
        return await new ModelPull(client, address, connections: 3).Run(include, _said.Add, cancellation);
    }

    private async Task<HubException> IsRefused(FakeHub hub, HubProblem code, params string[] mentions)
    {
        HubException refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub));
        Assert.Equal(code, refusal.Problem);
        Assert.All(mentions, mention => Assert.Contains(mention, refusal.Message));
        return refusal;
    }

    private void IsWhole(string name = "model-Q8_0.gguf", byte[]? bytes = null)
    {
        Assert.Equal(bytes ?? Weights, File.ReadAllBytes(ModelFile(name)));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.part*", SearchOption.AllDirectories));
    }

    private static FakeHub Hub() => new() { Files = { ["model-Q8_0.gguf"] = Weights } };

    [Fact, Trait("Speed", "Smoke")]
    public async Task A_file_comes_in_pieces_and_whole()
    {
        using FakeHub hub = Hub();
        PullOutcome outcome = await Pull(hub);
        IsWhole();
        Assert.Equal((Large, Large), (outcome.Bytes, outcome.Received));
        Assert.Equal([ModelFile()], outcome.Files);
        Assert.Equal(4, hub.Downloads.Select(asked => asked.Range).Distinct().Count());

        PullOutcome again = await Pull(hub);
        Assert.Equal((Large, 0), (again.Bytes, again.Received));
        Assert.Equal(4, hub.Downloads.Count());
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_to_nobody_else()
    {
        using var storage = new FakeHub { Host = "localhost", Files = { ["model-Q8_0.gguf"] = Weights } };
        using var hub = new FakeHub { Token = "secret", Describes = false, Storage = storage, Files = { ["model-Q8_0.gguf"] = Weights } };
        await Pull(hub, token: "secret");
        IsWhole();
        Assert.All(hub.Asked, asked => Assert.Equal("Bearer secret", asked.Token));
        Assert.NotEmpty(storage.Asked);
        Assert.All(storage.Asked, asked => Assert.Null(asked.Token));
        HubException refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub));
        Assert.Contains("--token", refusal.Message);
        refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub, token: "wrong"));
        Assert.Contains("with this token", refusal.Message);
    }

    [Theory, InlineData(1 << 20), InlineData(3 << 20)]
    public async Task Connections_that_break_are_taken_up_where_they_broke(int after)
    {
        using FakeHub hub = Hub();
        hub.CutAfter = after;
        PullOutcome outcome = await Pull(hub);
        IsWhole();
        Assert.Equal(Large, outcome.Received);
        Assert.Contains(hub.Downloads, asked => asked.Range == $"bytes={after}-{PartFile.PieceBytes - 1}");
    }

    [Fact]
    public async Task A_server_that_never_sends_anything_is_given_up_with_what_came()
    {
        using FakeHub hub = Hub();
        hub.CutAfter = 0;
        await IsRefused(hub, HubProblem.Missing, "failed 8 times", "kept");
    }

    [Fact]
    public async Task A_hub_that_never_answers_is_given_up_soon()
    {
        var gone = new FakeHub();
        gone.Dispose();
        await IsRefused(gone, HubProblem.Missing, "failed 3 times", "Is the address right");
    }

    [Theory, InlineData(429, "1"), InlineData(503, null), InlineData(500, null), InlineData(429, "Fri, 31 Dec 1999 23:59:59 GMT")]
    public async Task A_busy_server_is_asked_again_as_late_as_it_wishes(int status, string? retryAfter)
    {
        using var hub = new FakeHub { BusyTimes = 1, BusyStatus = status, RetryAfter = retryAfter, Files = { ["model-Q8_0.gguf"] = FakeHub.Bytes(1000) } };
        var watch = Stopwatch.StartNew();
        await Pull(hub);
        IsWhole(bytes: FakeHub.Bytes(1000));
        Assert.True(watch.Elapsed.TotalSeconds >= (retryAfter == "1" ? 2 : 0), $"after {watch.Elapsed}");
        Assert.True(watch.Elapsed.TotalSeconds < 30);
    }

    [Fact]
    public async Task A_silent_server_is_asked_again()
    {
        using FakeHub hub = Hub();
        hub.Silences = 2;
        await Pull(hub, patience: Hasty with { Silence = TimeSpan.FromSeconds(0.5) });
        IsWhole();
    }

    [Fact]
    public async Task A_file_of_another_checksum_is_thrown_away()
    {
        using var hub = new FakeHub { Checksum = new string('a', 64), Files = { ["model-Q8_0.gguf"] = Weights } };
        await IsRefused(hub, HubProblem.Damaged, "checksum", FakeHub.Sha256(Weights));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Small_files_are_checked_by_their_git_id()
    {
        using var hub = new FakeHub { HasDescription = false, Files = { ["model-Q8_0.gguf"] = FakeHub.Bytes(100), ["README.md"] = FakeHub.Bytes(10) } };
        await Pull(hub);
        IsWhole(bytes: FakeHub.Bytes(100));
        Assert.False(File.Exists(ModelFile("README.md")));
        File.WriteAllBytes(ModelFile(), FakeHub.Bytes(100, seed: 2));
        await Pull(hub);
        IsWhole(bytes: FakeHub.Bytes(100));
    }

    [Fact]
    public async Task A_file_of_another_length_than_listed_is_refused()
    {
        using var hub = new FakeHub { ListedExtra = 7, Files = { ["model-Q8_0.gguf"] = Weights } };
        await IsRefused(hub, HubProblem.Damaged, (Large + 7).ToString("N0", System.Globalization.CultureInfo.InvariantCulture), Large.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task What_does_not_fit_on_the_disk_is_not_begun()
    {
        using var hub = new FakeHub { ListedExtra = 1L << 49, Files = { ["model-Q8_0.gguf"] = Weights } };
        await IsRefused(hub, HubProblem.Disk, "Make room", ModelStore.Variable);
        Assert.Empty(hub.Downloads);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_server_that_ignores_ranges_is_read_in_one_stream(bool knowsNoHead)
    {
        using var hub = new FakeHub { IgnoresRanges = true, KnowsNoHead = knowsNoHead, CutAfter = 5 << 20, Cuts = 3, Files = { ["model-Q8_0.gguf"] = Weights } };
        await Pull(hub);
        IsWhole();
    }

    [Fact]
    public async Task What_came_before_an_interruption_does_not_come_again()
    {
        using FakeHub hub = Hub();
        hub.Slowness = TimeSpan.FromMilliseconds(2);
        using var interruption = new CancellationTokenSource();
        Task<PullOutcome> pull = Pull(hub, cancellation: interruption.Token);
        string notes = ModelFile() + ".part.json";
        for (int i = 0; i < 2000 && !File.Exists(notes); i++) await Task.Delay(10);
        await interruption.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.False(File.Exists(ModelFile()));
        Assert.False(Assert.Single(ModelStore.All()).IsComplete);

        int before = hub.Downloads.Count();
        hub.Slowness = default;
        PullOutcome outcome = await Pull(hub);
        IsWhole();
        Assert.InRange(outcome.Received, 1, Large - PartFile.PieceBytes);
        Assert.Equal(outcome.Received, hub.Downloads.Skip(before).Sum(asked => Length(asked.Range!)));

        static long Length(string range)
        {
            long[] ends = [.. range["bytes=".Length..].Split('-').Select(long.Parse)];
            return ends[1] - ends[0] + 1;
        }
    }

    [Fact]
    public async Task A_piece_that_is_damaged_on_the_disk_comes_again()
    {
        using FakeHub hub = Hub();
        hub.CutAfter = 0;
        using (PartFile part = PartFile.Open(ModelFile(), Large, FakeHub.Sha256(Weights)))
        {
            foreach (int piece in (int[])[0, 2])
            {
                part.Write(PartFile.Start(piece), Weights.AsSpan((int)PartFile.Start(piece), part.Length(piece)));
                part.Finish(piece);
            }
            part.Write(PartFile.Start(2) + 5, [1, 2, 3]);
        }
        hub.CutAfter = int.MaxValue;
        PullOutcome outcome = await Pull(hub);
        IsWhole();
        Assert.Equal(Large - PartFile.PieceBytes, outcome.Received);
    }

    [Fact]
    public async Task What_came_of_another_version_is_not_mixed_in()
    {
        using (PartFile part = PartFile.Open(ModelFile(), Large, "another version"))
        {
            part.Write(0, new byte[PartFile.PieceBytes]);
            part.Finish(0);
        }
        using FakeHub hub = Hub();
        Assert.Equal(Large, (await Pull(hub)).Received);
        IsWhole();
    }

    [Theory]
    [InlineData("../evil.gguf"), InlineData("/etc/passwd.gguf"), InlineData("a/../../evil.gguf"), InlineData("a\\b.gguf"), InlineData("C:evil.gguf"), InlineData("a//b.gguf"), InlineData("./a.gguf"), InlineData("a\nb.gguf"), InlineData(".."), InlineData("")]
    public async Task A_path_that_leads_elsewhere_is_refused_before_anything_is_written(string path)
    {
        using var hub = new FakeHub { Files = { ["good.gguf"] = [1], [path] = [1] } };
        await IsRefused(hub, HubProblem.Damaged, "no path within a model");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.Empty(hub.Downloads);
    }

    [Fact]
    public async Task Lists_of_many_pages_are_read_to_their_end()
    {
        using var hub = new FakeHub { HasDescription = false, PageLength = 2 };
        for (int i = 0; i < 7; i++) hub.Files[$"part{i}/x.bin"] = [(byte)i];
        PullOutcome outcome = await Pull(hub, include: "*.bin");
        Assert.Equal(7, outcome.Files.Count);
        IsWhole("part6/x.bin", [6]);
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_missing()
    {
        using var hub = new FakeHub { Files = { ["a-Q4_0.gguf"] = [1], ["notes.txt"] = [2] } };
        HubException refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub, "owner/other"));
        Assert.Contains("owner/other", refusal.Message);
        Assert.Equal(HubProblem.Missing, refusal.Problem);
        refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub, "owner/model:Q8_0"));
        Assert.Contains("a-Q4_0.gguf", refusal.Message);
        refusal = await Assert.ThrowsAsync<HubException>(() => Pull(hub, include: "*.onnx"));
        Assert.Contains("*.onnx", refusal.Message);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        using var hub = new FakeHub { Files = { ["model.gguf"] = [] } };
        await Pull(hub);
        IsWhole("model.gguf", []);
    }

    [Fact]
    public async Task Two_at_once_do_not_write_the_same_file()
    {
        using FakeHub hub = Hub();
        using PartFile other = PartFile.Open(ModelFile(), Large, "x");
        await IsRefused(hub, HubProblem.Disk, "in use");
    }

    [Theory]
    [InlineData("model"), InlineData("a/b/c"), InlineData("../x"), InlineData("a/.."), InlineData("a b/c"), InlineData("a/b:"), InlineData("a/b?c=d"), InlineData("")]
    public void What_is_no_name_of_a_model_is_wrong_usage(string name) =>
        Assert.Equal(HubProblem.Request, Assert.Throws<HubException>(() => HubAddress.Parse(name, "https://example.com", "main")).Problem);

    [Theory, InlineData("ftp://x"), InlineData("example.com"), InlineData("https://user:word@example.com"), InlineData("https://example.com/?a=b")]
    public void What_is_no_hub_is_wrong_usage(string hub) =>
        Assert.Equal(HubProblem.Request, Assert.Throws<HubException>(() => HubAddress.Parse("a/b", hub, "main")).Problem);

    [Fact]
    public void Paths_and_revisions_are_escaped()
    {
        HubAddress address = HubAddress.Parse("a/b:Q8_0", "http://example.com/hub", "refs/pr/1");
        Assert.Equal("http://example.com/hub/a/b/resolve/refs%2Fpr%2F1/x%20y/z%23.gguf", address.File("x y/z#.gguf").AbsoluteUri);
        Assert.Equal("Q8_0", address.Part);
    }
}
