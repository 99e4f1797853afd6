using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gestalt.Models;

/// <summary>
/// The whole state of a training run in one file, so that a run that was killed goes on bit for bit: named float32 buffers (weights,
/// optimizer moments) and a JSON object (step, loader position, random state, plan).
/// </summary>
/// <remarks>
/// <para>
/// The file is safetensors, so anything that reads that format can look into it. The JSON stands in its metadata; its last tensor,
/// <c>checksum.crc32c</c>, holds the checksum of every byte before those four.
/// </para>
/// <para>
/// Saving never endangers what is there. The new file is written as <c>path.part</c> and flushed; then <c>path</c> becomes
/// <c>path.previous</c>, and the part becomes <c>path</c>. A kill at any moment, or a full disk, leaves at least one complete
/// checkpoint among the three names, and <see cref="TryOpen"/> finds the newest that is whole.
/// </para>
/// </remarks>
public sealed unsafe class Checkpoint : IDisposable
{
    private const string ChecksumName = "checksum.crc32c";
    private const string FormatKey = "gestalt.checkpoint";
    private const string FormatVersion = "1";
    private const string StateKey = "state";

    private readonly SafetensorsFile _file;

    private Checkpoint(SafetensorsFile file, JsonObject state)
    {
        _file = file;
        State = state;
    }

    /// <summary>What was saved beside the buffers.</summary>
    public JsonObject State { get; }

    /// <summary>The file that was found whole: the one asked for, or the one before it.</summary>
    public string Path => _file.Path;

    /// <summary>The saved buffers.</summary>
    public IEnumerable<SafetensorsTensor> Tensors => _file.Tensors.Where(tensor => tensor.Name != ChecksumName);

    /// <summary>Where the checkpoint before the newest is kept.</summary>
    /// <param name="path">The checkpoint.</param>
    public static string PreviousPath(string path) => path + ".previous";

    /// <summary>Saves a checkpoint; the one that was there becomes the previous one.</summary>
    /// <param name="path">The file, such as <c>base/checkpoint.safetensors</c>.</param>
    /// <param name="buffers">The state's buffers, written straight from their memory.</param>
    /// <param name="state">Everything else, as JSON.</param>
    /// <exception cref="IOException">It could not be written; the earlier checkpoints are untouched.</exception>
    public static void Save(string path, IEnumerable<NamedBuffer> buffers, JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(state);
        var writer = new SafetensorsWriter();
        writer.SetMetadata(FormatKey, FormatVersion);
        writer.SetMetadata(StateKey, state.ToJsonString());
        foreach (NamedBuffer buffer in buffers)
            writer.AddTensor(buffer.Name, TensorType.F32, buffer.Data, buffer.Shape);
        AtomicFile.WritePart(path, stream =>
        {
            using var summed = new ChecksumStream(stream);
            writer.Write(summed, ChecksumName, sizeof(uint));
            Span<byte> checksum = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, summed.Value);
            stream.Write(checksum);
        });
        if (File.Exists(path))
            File.Move(path, PreviousPath(path), overwrite: true);
        File.Move(AtomicFile.PartPath(path), path);
    }

    /// <summary>Opens the newest whole checkpoint, or returns null when none was ever saved.</summary>
    /// <param name="path">The file that <see cref="Save"/> was given.</param>
    /// <param name="report">Told, in one line each, about damaged files and what was used instead.</param>
    /// <exception cref="ModelFileException">There are checkpoints, but none is whole.</exception>
    public static Checkpoint? TryOpen(string path, Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        FinishInterruptedSave(path, report);
        ModelFileException? damage = null;
        if (File.Exists(path))
        {
            try
            {
                return OpenWhole(path);
            }
            catch (ModelFileException problem)
            {
                damage = problem;
            }
        }
        string previous = PreviousPath(path);
        if (!File.Exists(previous))
            return damage is null ? null : throw NoneIsWhole(path, damage);
        Checkpoint checkpoint;
        try
        {
            checkpoint = OpenWhole(previous);
        }
        catch (ModelFileException problem)
        {
            throw NoneIsWhole(path, damage ?? problem);
        }
        if (damage is not null)
        {
            // Out of the way, or the next save would let the damaged file take the good one's place.
            File.Move(path, DamagedPath(path), overwrite: true);
            report($"{damage.Message} It is now {DamagedPath(path)}; going on from {previous}, the one before it.");
        }
        return checkpoint;
    }

    /// <summary>Copies saved buffers back into memory. Every one must be in the file with the same shape, and the file must hold no others.</summary>
    /// <param name="buffers">Where to.</param>
    /// <param name="ignoreOthers">Whether the file may hold more, as when only weights are wanted.</param>
    /// <exception cref="ModelFileException">A buffer is missing, of another shape, or not asked for: the run's settings have changed.</exception>
    public void Restore(IEnumerable<NamedBuffer> buffers, bool ignoreOthers = false)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        const string Advice = "The model or optimizer settings differ from those of the saved run; use the same ones, or start a new run.";
        NamedBuffer[] wanted = [.. buffers];
        foreach (NamedBuffer buffer in wanted)
        {
            if (!_file.TryGetTensor(buffer.Name, out SafetensorsTensor? tensor))
                throw new ModelFileException(Path, $"holds no buffer '{buffer.Name}'", advice: Advice);
            if (!buffer.Shape.SequenceEqual([.. tensor.Shape]) || tensor.Type != "F32")
                throw new ModelFileException(Path, $"holds '{buffer.Name}' as {tensor.Type} {string.Join('×', tensor.Shape)}, not F32 {string.Join('×', buffer.Shape.ToArray())}", tensor.Offset, Advice);
        }
        if (!ignoreOthers)
        {
            var names = wanted.Select(buffer => buffer.Name).ToHashSet();
            if (Tensors.FirstOrDefault(tensor => !names.Contains(tensor.Name)) is SafetensorsTensor other)
                throw new ModelFileException(Path, $"holds '{other.Name}', which this run does not have", other.Offset, Advice);
        }
        foreach (NamedBuffer buffer in wanted)
        {
            _file.TryGetTensor(buffer.Name, out SafetensorsTensor? tensor);
            tensor!.Read(buffer.Data);
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => _file.Dispose();

    private static string DamagedPath(string path) => path + ".damaged";

    private static ModelFileException NoneIsWhole(string path, ModelFileException damage) =>
        new(path, $"no checkpoint is whole ({damage.Problem})", damage.Offset, "Delete the checkpoint files to start over.", damage);

    /// <summary>
    /// A kill between Save's two renames leaves a whole part and no file of the proper name: the only time when a part counts,
    /// because otherwise the file that it was to replace is still there.
    /// </summary>
    private static void FinishInterruptedSave(string path, Action<string> report)
    {
        string part = AtomicFile.PartPath(path);
        if (File.Exists(path) || !File.Exists(part))
            return;
        try
        {
            OpenWhole(part).Dispose();
        }
        catch (ModelFileException)
        {
            return; // The very first save was cut off; there is nothing in it to go on from.
        }
        File.Move(part, path);
        report($"{path}: the last save was interrupted in its last moment and has been completed.");
    }

    private static Checkpoint OpenWhole(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            VerifyChecksum(file);
            if (!file.Metadata.TryGetValue(FormatKey, out string? version) || version != FormatVersion)
                throw new ModelFileException(path, $"is a checkpoint of {(version is null ? "another program" : $"version {version}")}; version {FormatVersion} can be read");
            if (!file.Metadata.TryGetValue(StateKey, out string? json) || JsonNode.Parse(json) is not JsonObject state)
                throw new ModelFileException(path, "holds no state");
            return new Checkpoint(file, state);
        }
        catch (JsonException problem)
        {
            file.Dispose();
            throw new ModelFileException(path, "holds a state that is not JSON", inner: problem);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void VerifyChecksum(SafetensorsFile file)
    {
        if (!file.TryGetTensor(ChecksumName, out SafetensorsTensor? stored) || stored.ByteLength != sizeof(uint) || stored.Offset + sizeof(uint) != file.Length)
            throw new ModelFileException(file.Path, "is no checkpoint: it does not end in its checksum");
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(stored.Data, sizeof(uint)));
        uint actual = Checksum.Of(file.File.At(0, stored.Offset), stored.Offset);
        if (actual != expected)
            throw new ModelFileException(file.Path, $"is damaged: its checksum is {actual:x8} and should be {expected:x8}");
    }
}
