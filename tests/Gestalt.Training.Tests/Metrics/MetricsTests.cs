using System.Buffers.Binary;
using Gestalt.Training.Metrics;

namespace Gestalt.Training.Tests.Metrics;

public sealed class MetricsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gestalt-metrics-").FullName;

    private string EventPath => Path.Combine(folder, EventFile.FileName);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static StepMetrics Line(int step, double? bits = null, string? sample = null) =>
        new(step, step * 0.5, step * 1000L, 5.0 / step, 1.25, 0.5, 12345.6, 0.61, bits, sample);

    [Fact]
    public void The_checksum_is_that_of_tensorflow()
    {
        // Every event file that TensorFlow writes starts with an event of 24 bytes: 18 00 00 00 00 00 00 00, then a3 7f 4b 22.
        byte[] length = [0x18, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(0x224B7FA3u, EventFile.MaskedChecksum(length));
        Assert.Equal(EventReader.Masked("123456789"u8), EventFile.MaskedChecksum("123456789"u8));
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Numbers_and_texts_come_back_from_both_files()
    {
        using (var log = new MetricsLog(folder, 0))
        {
            log.Write(Line(1));
            log.Write(Line(300, bits: 1.5, sample: "Es war einmal – 雪 🦊\n\"so\""));
        }

        Assert.Equal([Line(1), Line(300, 1.5, "Es war einmal – 雪 🦊\n\"so\"")], MetricsLog.Read(folder));
        List<EventReader.Event> events = EventReader.Read(folder);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.All(events, e => Assert.InRange(e.WallTime, 1_700_000_000, 5_000_000_000));
        Assert.Equal([0, 1, 300, 300, 300], events.Select(e => e.Step));
        Assert.Equal((5f, 12345.6f), (events[1].Scalars["train/loss"], events[1].Scalars["speed/tokens_per_second"]));
        Assert.Equal(1.5f, events[3].Scalars["validation/bits_per_byte"]);
        Assert.Equal("Es war einmal – 雪 🦊\n\"so\"", events[4].Texts["sample"]);
    }

    [Fact]
    public void A_resumed_log_reads_as_if_nothing_had_happened()
    {
        Write(0, 1, 10);
        File.AppendAllText(MetricsLog.PathIn(folder), "{\"step\": 11, \"sec");
        File.AppendAllText(EventPath, "half an event");
        Write(6, 7, 12);
        Assert.Equal(Enumerable.Range(1, 12), MetricsLog.Read(folder).Select(line => line.Step));
        Assert.Equal([0, .. Enumerable.Range(1, 12).Select(step => (long)step)], EventReader.Read(folder).Select(e => e.Step));
    }

    [Fact]
    public void A_resume_at_the_beginning_starts_over()
    {
        Write(0, 1, 5);
        Write(0, 1, 2);
        Assert.Equal([1, 2], MetricsLog.Read(folder).Select(line => line.Step));
        Assert.Equal([0, 1, 2], EventReader.Read(folder).Select(e => e.Step));
    }

    [Fact]
    public void What_matters_reaches_the_disk_at_once()
    {
        using var log = new MetricsLog(folder, 0);
        log.Write(Line(1, bits: 2));
        using var reader = new StreamReader(new FileStream(MetricsLog.PathIn(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Contains("\"bits_per_byte\":2", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_never_stop_a_run()
    {
        Write(0, 1, 8);
        byte[] sound = File.ReadAllBytes(EventPath);
        byte[] lines = File.ReadAllBytes(MetricsLog.PathIn(folder));
        var dice = new Random(3);
        for (int trial = 0; trial < 500; trial++)
        {
            File.WriteAllBytes(EventPath, Damaged(sound, dice));
            File.WriteAllBytes(MetricsLog.PathIn(folder), Damaged(lines, dice));
            Write(4, 5, 5);
            List<EventReader.Event> events = EventReader.Read(folder);
            Assert.Equal("brain.Event:2", events[0].Version);
            Assert.Equal(5, events[^1].Step);
            Assert.All(events.Zip(events.Skip(1)), pair => Assert.True(pair.First.Step < pair.Second.Step));
            Assert.Equal(5, MetricsLog.Read(folder).Last().Step);
        }
    }

    [Fact]
    public void A_length_from_a_damaged_file_is_not_believed()
    {
        byte[] huge = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(huge, long.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(huge.AsSpan(8), EventFile.MaskedChecksum(huge.AsSpan(0, 8)));
        File.WriteAllBytes(EventPath, huge);
        Write(0, 1, 1);
        Assert.Equal(2, EventReader.Read(folder).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(int.MaxValue)]
    public void Steps_of_any_size_are_found_again(int step)
    {
        byte[] message = new ProtoMessage().Double(1, 2.5).Text(9, "x").Single(7, 1).Integer(2, step).Bytes.ToArray();
        Assert.Equal(step, ProtoMessage.FindInteger(message, 2));
        Assert.Equal(0, ProtoMessage.FindInteger(message, 3));
        Assert.Equal(0, ProtoMessage.FindInteger([0xFF, 0xFF], 2));
    }

    private void Write(int after, int from, int to)
    {
        using var log = new MetricsLog(folder, after);
        for (int step = from; step <= to; step++)
            log.Write(Line(step));
    }

    private static byte[] Damaged(byte[] sound, Random dice)
    {
        byte[] damaged = dice.Next(2) == 0 ? sound[..dice.Next(sound.Length)] : [.. sound];
        if (damaged.Length > 0 && dice.Next(3) > 0)
            damaged[dice.Next(damaged.Length)] ^= (byte)(1 << dice.Next(8));
        return damaged;
    }
}
