using System.Diagnostics;

namespace Gestalt.Models.Tests.Files;

/// <summary>
/// Damaged and hostile files get a <see cref="ModelFileException"/> and nothing else: no other exception, no crash, no wait, no
/// memory beyond what the file's own size explains.
/// </summary>
public sealed unsafe class DamagedFileTests : IDisposable
{
    // A few allocations of fixed size (exceptions with their messages, the mapping's objects), and some objects for each byte of directory.
    private const long AllowedBytes = 256 * 1024;
    private const int AllowedPerByte = 64;

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Twelve_thousand_damaged_gguf_files_are_refused_or_read() => DamageGguf(seed: 1, count: 12_000);

    [Fact]
    public void Eight_thousand_damaged_safetensors_files_are_refused_or_read() => DamageSafetensors(seed: 2, count: 8_000);

    [Fact]
    public void No_damage_to_a_checkpoint_goes_unnoticed() => DamageCheckpoint(seed: 3, count: 4_000);

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_million_damaged_files_are_refused_or_read()
    {
        DamageGguf(seed: 4, count: 600_000);
        DamageSafetensors(seed: 5, count: 300_000);
        DamageCheckpoint(seed: 6, count: 100_000);
    }

    private void DamageGguf(int seed, int count)
    {
        using NativeFloats values = NativeFloats.Random(3, 4 * 64);
        string path = _folder.File("damaged.gguf");
        Samples.Gguf(values).Write(path);
        using var scratch = new NativeFloats(1 << 20);
        int header = 700;
        (int read, int refused) = Damage(path, seed, count, header, () =>
        {
            using GgufFile file = GgufFile.Open(path);
            foreach (GgufValue value in file.Metadata)
                ReadAnyWay(value);
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (tensor.Count <= scratch.Length && tensor.Type.IsReadable())
                    tensor.Read(scratch.Data);
            }
        });
        Assert.True(read > count / 100 && refused > count / 4, $"{read} read, {refused} refused: the damage is too weak or too strong to show anything");
    }

    private void DamageSafetensors(int seed, int count)
    {
        using NativeFloats values = NativeFloats.Random(3, 4 * 64);
        string path = _folder.File("damaged.safetensors");
        SafetensorsTests.Sample(values).Write(path);
        using var scratch = new NativeFloats(1 << 20);
        (int read, int refused) = Damage(path, seed, count, 320, () =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (SafetensorsTensor tensor in file.Tensors)
            {
                if (tensor.Count <= scratch.Length)
                    tensor.Read(scratch.Data);
            }
        });
        Assert.True(read > count / 100 && refused > count / 4, $"{read} read, {refused} refused: the damage is too weak or too strong to show anything");
    }

    private void DamageCheckpoint(int seed, int count)
    {
        using NativeFloats weights = NativeFloats.Random(1, 400), momentum = NativeFloats.Random(2, 400);
        string path = _folder.File("checkpoint");
        Checkpoint.Save(path, Samples.Buffers(weights, momentum), Samples.State(1));
        (int read, _) = Damage(path, seed, count, (int)new FileInfo(path).Length, () => Checkpoint.TryOpen(path, _ => { })!.Dispose());
        Assert.Equal(0, read);
    }

    private static (int Read, int Refused) Damage(string path, int seed, int count, int headerBytes, Action open)
    {
        byte[] original = File.ReadAllBytes(path);
        var random = new Random(seed);
        int read = 0, refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = Mutations.Apply(random, original, headerBytes);
            if (damaged.AsSpan().SequenceEqual(original))
                continue;
            File.WriteAllBytes(path, damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                open();
                read++;
            }
            catch (ModelFileException problem)
            {
                Assert.StartsWith(path, problem.Message);
                refused++;
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllowedBytes + AllowedPerByte * (long)damaged.Length, $"damage {i} of seed {seed}: {allocated} bytes allocated for a file of {damaged.Length}");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5), $"damage {i} of seed {seed} took {Stopwatch.GetElapsedTime(start)}");
        }
        return (read, refused);
    }

    private static void ReadAnyWay(GgufValue value)
    {
        _ = value.ToString();
        Action[] readings =
        [
            () => value.AsText(), () => value.AsInteger(), () => value.AsNumber(), () => value.AsFlag(),
            () => value.AsTexts(), () => value.AsIntegers(), () => value.AsFloats(),
        ];
        foreach (Action reading in readings)
        {
            try
            {
                reading();
            }
            catch (ModelFileException)
            {
                // Of another type: refused, as it should be.
            }
        }
    }
}
