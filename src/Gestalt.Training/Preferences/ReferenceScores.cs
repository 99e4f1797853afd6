using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gestalt.Training.Preferences;

/// <summary>What the model that training began with thinks of all answers, kept beside the checkpoint: a loop that goes on has no such model any more.</summary>
/// <param name="Pairs">Of the comparisons to learn from.</param>
/// <param name="HeldOut">Of those to measure on.</param>
internal sealed record ReferenceScores(PairLikelihood[] Pairs, PairLikelihood[] HeldOut)
{
    private const string FileName = "reference.scores";

    /// <summary>Reads the scores of the same data, or makes and writes them.</summary>
    public static ReferenceScores Keep(string folder, string data, Func<(PairLikelihood[] Pairs, PairLikelihood[] HeldOut)> make)
    {
        string path = Path.Combine(folder, FileName);
        byte[] name = Convert.FromHexString(data);
        if (File.Exists(path) && TryRead(File.ReadAllBytes(path), name) is { } kept) return kept;
        (PairLikelihood[] pairs, PairLikelihood[] heldOut) = make();
        byte[] count = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, pairs.Length);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(path + ".part", [.. name, .. count, .. MemoryMarshal.AsBytes(pairs.AsSpan()), .. MemoryMarshal.AsBytes(heldOut.AsSpan())]);
        File.Move(path + ".part", path, overwrite: true);
        return new ReferenceScores(pairs, heldOut);
    }

    private static ReferenceScores? TryRead(byte[] file, byte[] name)
    {
        const int Header = 20, Size = 2 * sizeof(double);
        if (file.Length < Header || !file.AsSpan(0, 16).SequenceEqual(name) || (file.Length - Header) % Size != 0) return null;
        int pairs = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(16)), total = (file.Length - Header) / Size;
        ReadOnlySpan<PairLikelihood> all = MemoryMarshal.Cast<byte, PairLikelihood>(file.AsSpan(Header));
        return pairs <= total && pairs >= 0 ? new ReferenceScores(all[..pairs].ToArray(), all[pairs..].ToArray()) : null;
    }
}
