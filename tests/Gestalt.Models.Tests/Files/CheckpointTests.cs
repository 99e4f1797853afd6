using System.Text.Json.Nodes;

namespace Gestalt.Models.Tests.Files;

public sealed unsafe class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NativeFloats _weights = NativeFloats.Random(1, 4000);
    private readonly NativeFloats _momentum = NativeFloats.Random(2, 1234);
    private readonly List<string> _reports = [];

    private string CheckpointPath => _folder.File("checkpoint.safetensors");

    public void Dispose()
    {
        _weights.Dispose();
        _momentum.Dispose();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void What_is_saved_is_restored_bit_for_bit()
    {
        Save(step: 7);
        float[] weights = [.. _weights.Span], momentum = [.. _momentum.Span];
        _weights.Span.Clear();
        _momentum.Span.Clear();
        Assert.Equal(7, Restore());
        Assert.Equal(weights, _weights.Span.ToArray());
        Assert.Equal(momentum, _momentum.Span.ToArray());
        Assert.Empty(_reports);
        using Checkpoint? checkpoint = Checkpoint.TryOpen(CheckpointPath, _reports.Add);
        Assert.True(JsonNode.DeepEquals(Samples.State(7), checkpoint!.State));
        Assert.Equal(ulong.MaxValue, (ulong)checkpoint.State["random"]![0]!);
        Assert.Equal(["blk.0.attn_q.weight", "optimizer.blk.0.attn_q.weight.momentum"], checkpoint.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Where_none_was_saved_there_is_none() => Assert.Null(Checkpoint.TryOpen(CheckpointPath, _reports.Add));

    [Fact]
    public void The_one_before_is_kept_and_no_more()
    {
        for (int step = 1; step <= 4; step++)
            Save(step);
        Assert.Equal(["checkpoint.safetensors", "checkpoint.safetensors.previous"], _folder.Names());
        Assert.Equal(4, Restore());
        File.Delete(CheckpointPath);
        Assert.Equal(3, Restore());
    }

    [Fact]
    public void A_damaged_one_is_put_aside_for_the_one_before_it()
    {
        Save(1);
        Save(2);
        byte[] bytes = File.ReadAllBytes(CheckpointPath);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(CheckpointPath, bytes);
        Assert.Equal(1, Restore());
        Assert.Contains("is damaged", Assert.Single(_reports));
        Assert.Contains(Checkpoint.PreviousPath(CheckpointPath), _reports[0]);
        Save(3); // must not replace the good previous one by the damaged one
        Assert.Equal(3, Restore());
        File.Delete(CheckpointPath);
        Assert.Equal(1, Restore());
    }

    [Fact]
    public void When_none_is_whole_it_says_so()
    {
        Save(1);
        Save(2);
        File.WriteAllBytes(CheckpointPath, File.ReadAllBytes(CheckpointPath)[..^1]);
        File.WriteAllText(Checkpoint.PreviousPath(CheckpointPath), "?");
        Assert.Contains("no checkpoint is whole", Assert.Throws<ModelFileException>(() => Restore()).Message);
    }

    [Fact]
    public void A_kill_while_writing_leaves_the_old_one_in_use()
    {
        Save(1);
        Save(2);
        byte[] next = File.ReadAllBytes(CheckpointPath);
        for (int written = 0; written < next.Length; written += next.Length / 7)
        {
            File.WriteAllBytes(AtomicFile.PartPath(CheckpointPath), next[..written]);
            Assert.Equal(2, Restore());
        }
        Save(3);
        Assert.Equal(3, Restore());
    }

    [Fact]
    public void A_kill_between_the_two_renames_is_completed()
    {
        Save(1);
        Save(2);
        File.Move(CheckpointPath, AtomicFile.PartPath(CheckpointPath));
        Assert.Equal(2, Restore());
        Assert.Contains("has been completed", Assert.Single(_reports));
        Assert.Equal(["checkpoint.safetensors", "checkpoint.safetensors.previous"], _folder.Names());
    }

    [Fact]
    public void A_kill_during_the_very_first_save_leaves_none()
    {
        Save(1);
        File.WriteAllBytes(AtomicFile.PartPath(CheckpointPath), File.ReadAllBytes(CheckpointPath)[..100]);
        File.Delete(CheckpointPath);
        Assert.Null(Checkpoint.TryOpen(CheckpointPath, _reports.Add));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_one_whole()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        Save(1);
        File.CreateSymbolicLink(AtomicFile.PartPath(CheckpointPath), "/dev/full");
        IOException problem = Assert.ThrowsAny<IOException>(() => Save(2));
        Assert.Contains("could not be written", problem.Message);
        Assert.Contains(CheckpointPath, problem.Message);
        Assert.Equal(["checkpoint.safetensors"], _folder.Names());
        Assert.Equal(1, Restore());
    }

    [Fact]
    public void Another_model_is_refused_by_the_name_of_what_differs()
    {
        Save(1);
        using Checkpoint? checkpoint = Checkpoint.TryOpen(CheckpointPath, _reports.Add);
        NamedBuffer[] buffers = Samples.Buffers(_weights, _momentum);
        Assert.Contains("no buffer 'other'", Assert.Throws<ModelFileException>(() => checkpoint!.Restore([new NamedBuffer("other", _weights.Data, 4)])).Message);
        Assert.Contains("F32 1000×4, not F32 500×8", Assert.Throws<ModelFileException>(() => checkpoint!.Restore([new NamedBuffer(buffers[0].Name, _weights.Data, 500, 8)])).Message);
        Assert.Contains("which this run does not have", Assert.Throws<ModelFileException>(() => checkpoint!.Restore(buffers[..1])).Message);
        checkpoint!.Restore(buffers[..1], ignoreOthers: true);
    }

    [Fact]
    public void A_safetensors_file_of_others_is_no_checkpoint()
    {
        SafetensorsTests.Sample(_weights).Write(CheckpointPath);
        Assert.Contains("is no checkpoint", Assert.Throws<ModelFileException>(() => Restore()).Message);
    }

    private void Save(int step) => Checkpoint.Save(CheckpointPath, Samples.Buffers(_weights, _momentum), Samples.State(step));

    private int Restore()
    {
        using Checkpoint? checkpoint = Checkpoint.TryOpen(CheckpointPath, _reports.Add);
        checkpoint!.Restore(Samples.Buffers(_weights, _momentum));
        return (int)checkpoint.State["step"]!;
    }
}
