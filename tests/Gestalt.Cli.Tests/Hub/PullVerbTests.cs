using System.Text.Json;
using Gestalt.Models;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Tests.Hub;

[Collection("Models folder")]
public sealed class PullVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PullVerbTests() => Environment.SetEnvironmentVariable(ModelStore.Variable, _folder.In("models"));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ModelStore.Variable, null);
        _folder.Dispose();
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);

    [Fact, Trait("Speed", "Smoke")]
    public void A_model_is_pulled_listed_shown_by_its_short_name_and_removed()
    {
        var writer = new GgufWriter();
        writer.SetText("general.architecture", "none of ours");
        writer.SetText("general.name", "a model from afar");
        writer.Write(_folder.In("made.gguf"));
        byte[] model = File.ReadAllBytes(_folder.In("made.gguf"));
        using var hub = new FakeHub { Files = { ["Small-Q8_0.gguf"] = model, ["Small-F16.gguf"] = model } };

        Finished pull = Run("pull", "owner/model", "--hub", hub.Address, "--json");
        Assert.True(pull.ExitCode == 0, pull.Errors);
        Assert.Contains("taking Q8_0", pull.Errors);
        JsonElement pulled = JsonDocument.Parse(pull.Output).RootElement;
        Assert.Equal(model.Length, pulled.GetProperty("bytes").GetInt64());
        Assert.Equal(model, File.ReadAllBytes(pulled.GetProperty("files")[0].GetString()!));
        Assert.Contains("was there already", Run("pull", "owner/model:Q8_0", "--hub", hub.Address).Errors);

        JsonElement listed = JsonDocument.Parse(Run("list", "--json").Output).RootElement;
        Assert.Equal("owner/model:Q8_0", listed.GetProperty("name").GetString());
        Assert.True(listed.GetProperty("complete").GetBoolean());
        Assert.StartsWith("owner/model:Q8_0", Run("list").Text);
        Assert.Contains("a model from afar", Run("show", "model").Text);
        Assert.Contains("a model from afar", Run("show", "OWNER/model:q8_0").Text);

        Finished removed = Run("rm", "model");
        Assert.True(removed.ExitCode == 0, removed.Errors);
        Assert.Empty(Run("list").Output);
        Assert.Equal(3, Run("rm", "model").ExitCode);
        Assert.Equal(3, Run("show", "model").ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.In("models")));
    }

    [Fact]
    public void Stopped_by_Ctrl_C_it_goes_on_where_it_was()
    {
        byte[] model = FakeHub.Bytes((4 * PartFile.PieceBytes) + 99);
        using var hub = new FakeHub { Slowness = TimeSpan.FromMilliseconds(2), Files = { ["m-Q8_0.gguf"] = model } };
        GestaltProcess pull = GestaltProcess.Start(_folder.Path, [], "pull", "owner/model", "--hub", hub.Address, "--connections", "2");
        string part = Path.Combine(ModelStore.FolderOf("owner/model"), "m-Q8_0.gguf.part");
        for (int i = 0; i < 3000 && !File.Exists(part + ".json"); i++) Thread.Sleep(10);
        pull.Interrupt();
        Finished stopped = pull.Wait(60);
        Assert.True(stopped.ExitCode == 130, $"{stopped.ExitCode}: {stopped.Errors}");
        Assert.Contains("goes on from here", stopped.Errors);
        Assert.Contains("incomplete", Run("list").Text);

        hub.Slowness = default;
        Finished again = Run("pull", "owner/model", "--hub", hub.Address, "--json");
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.InRange(JsonDocument.Parse(again.Output).RootElement.GetProperty("received").GetInt64(), 1, model.Length - PartFile.PieceBytes);
        Assert.Equal(model, File.ReadAllBytes(part[..^PartFile.Suffix.Length]));
    }

    [Fact]
    public void Mistakes_have_their_exit_status_and_one_line()
    {
        using var hub = new FakeHub { Files = { ["m-Q8_0.gguf"] = FakeHub.Bytes(100) }, Checksum = new string('0', 64) };
        Refused(2, "owner/model", "pull", "nonsense");
        Refused(2, "--connections", "pull", "owner/model", "--connections", "0");
        Refused(2, "token", "pull", "owner/model", "--token", "a b");
        Refused(3, "owner/other", "pull", "owner/other", "--hub", hub.Address);
        Refused(5, "checksum", "pull", "owner/model", "--hub", hub.Address);
        Refused(3, "gestalt list", "rm", "nothing");

        void Refused(int code, string mention, params string[] args)
        {
            Finished run = Run(args);
            Assert.True(run.ExitCode == code, $"{run.ExitCode}: {run.Errors}");
            Assert.Contains(mention, Assert.Single(run.Errors.Split('\n'), line => line.StartsWith("gestalt: ", StringComparison.Ordinal)));
            Assert.Empty(run.Output);
        }
    }
}
