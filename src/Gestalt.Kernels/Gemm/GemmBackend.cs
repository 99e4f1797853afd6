using System.Runtime.Intrinsics;
using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels;

/// <summary>Instruction sets that products can be made with, from what every processor has to the widest.</summary>
internal enum GemmInstructions
{
    /// <summary>128-bit vectors.</summary>
    Vector128,

    /// <summary>256-bit vectors with fused multiply-add.</summary>
    Vector256,

    /// <summary>512-bit vectors, kernels compiled from C#; bfloat16 is emulated with float32 arithmetic.</summary>
    Vector512,

    /// <summary>512-bit vectors, kernels emitted at run time.</summary>
    Emitted,
}

/// <summary>A micro-kernel with the packers that prepare its operands.</summary>
/// <param name="Tile">The micro-kernel.</param>
/// <param name="Along">Packs operands whose k runs along their stored rows.</param>
/// <param name="Across">Packs operands whose k runs down their stored columns.</param>
/// <param name="Thin">Multiplies few rows without packing.</param>
/// <param name="WordsAreValues">Whether words are plain float32, so that rows of A need no packing.</param>
internal sealed record GemmBackend(GemmTile Tile, GemmPacker Along, GemmPacker Across, GemmThin Thin, bool WordsAreValues)
{
    /// <summary>Row distances that are multiples of this put the rows of a tile into no more than two groups of the first-level cache's sets, which repeat every 4 KiB.</summary>
    private const int CollidingBytes = 2048;

    /// <summary>
    /// Most rows for which weights are read in place. Measured with 3072 × 768 and 8192 × 2048 weights: 8 rows take as long as with packing in
    /// the third-level cache and two thirds of the time in memory.
    /// </summary>
    private const int ThinRows = 8;

    /// <summary>The same where weights have to be rounded each time they are read: 2 rows gain a quarter, 4 lose as much.</summary>
    private const int ThinRowsRounded = 2;

    private static readonly GemmBackend?[,] Made = new GemmBackend?[2, 4];
    private static readonly GemmInstructions Best = ChooseInstructions();

    /// <summary>The widest instruction set that may be used; this machine may lack it.</summary>
    public static GemmInstructions BestInstructions => Best;

    /// <summary>The fastest backend of this machine for a precision.</summary>
    /// <remarks>The environment variable GESTALT_INSTRUCTIONS (128, 256, 512 or emitted) forbids the instruction sets above the one it names.</remarks>
    public static GemmBackend For(Precision precision)
    {
        GemmBackend? made = Volatile.Read(ref Made[(int)precision, (int)Best]);
        return made ?? Choose(precision);
    }

    /// <summary>The backend for an instruction set, or null if this machine lacks it.</summary>
    public static GemmBackend? TryGet(Precision precision, GemmInstructions instructions)
    {
        ref GemmBackend? made = ref Made[(int)precision, (int)instructions];
        return made ??= instructions switch
        {
            GemmInstructions.Emitted => Emitted(precision),
            GemmInstructions.Vector512 when Vector512.IsHardwareAccelerated => Compiled<Lanes512, Vector512<float>>(precision),
            GemmInstructions.Vector256 when Vector256.IsHardwareAccelerated => Compiled<Lanes256, Vector256<float>>(precision),
            GemmInstructions.Vector128 => Compiled<Lanes128, Vector128<float>>(precision),
            _ => null,
        };
    }

    /// <summary>Whether the micro-kernel can read A as it lies in memory.</summary>
    public bool ReadsInPlace(in GemmProblem problem) =>
        WordsAreValues && !problem.TransposeA && problem.StrideA * sizeof(float) % CollidingBytes != 0;

    private static GemmBackend Choose(Precision precision)
    {
        GemmBackend? found = null;
        for (GemmInstructions level = Best; found is null; level--)
        {
            found = TryGet(precision, level);
        }

        Volatile.Write(ref Made[(int)precision, (int)Best], found);
        return found;
    }

    private static GemmInstructions ChooseInstructions() => Environment.GetEnvironmentVariable("GESTALT_INSTRUCTIONS") switch
    {
        null or "" or "emitted" => GemmInstructions.Emitted,
        "512" => GemmInstructions.Vector512,
        "256" => GemmInstructions.Vector256,
        "128" => GemmInstructions.Vector128,
        string other => throw new InvalidOperationException($"GESTALT_INSTRUCTIONS is '{other}'; it can be 128, 256, 512 or emitted."),
    };

    private static GemmBackend? Emitted(Precision precision)
    {
        GemmEmittedTile? tile = GemmEmittedTile.TryCreate(precision);
        if (tile is null)
        {
            return null;
        }

        if (precision == Precision.BFloat16)
        {
            return new GemmBackend(
                tile,
                new GemmPacker<PairsAlong, Lanes512, Vector512<float>>(),
                new GemmPacker<PairsAcross, Lanes512, Vector512<float>>(),
                new GemmThin<RoundedWords<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>(ThinRowsRounded),
                WordsAreValues: false);
        }

        return Compiled<Float32Words<Lanes512, Vector512<float>>, Lanes512, Vector512<float>>(tile, wordsAreValues: true);
    }

    private static GemmBackend Compiled<TLanes, TVector>(Precision precision)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var tile = new GemmVectorTile<TLanes, TVector>();
        return precision == Precision.BFloat16
            ? Compiled<RoundedWords<TLanes, TVector>, TLanes, TVector>(tile, wordsAreValues: false)
            : Compiled<Float32Words<TLanes, TVector>, TLanes, TVector>(tile, wordsAreValues: true);
    }

    private static GemmBackend Compiled<TWords, TLanes, TVector>(GemmTile tile, bool wordsAreValues)
        where TWords : struct, IWords<TVector>
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var packer = new GemmPacker<TWords, TLanes, TVector>();
        return new GemmBackend(tile, packer, packer, new GemmThin<TWords, TLanes, TVector>(wordsAreValues ? ThinRows : ThinRowsRounded), wordsAreValues);
    }
}
