using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels.Emit;

/// <summary>The micro-kernels of <see cref="GemmEmitter"/>: each is emitted when a product first needs its number of rows and columns.</summary>
internal sealed unsafe class GemmEmittedTile : GemmTile
{
    private const int LanesPerVector = 16;

    // Kinds of column edge: two whole vectors, the second masked, one masked vector.
    private const int Kinds = 3;

    private readonly Precision _precision;
    private readonly Lock _emitting = new();
    private readonly nint[] _kernels = new nint[Kinds * (GemmEmitter.MaxRows + 1)];

    private GemmEmittedTile(Precision precision) => _precision = precision;

    public override int Rows => GemmEmitter.MaxRows;

    public override int Columns => 2 * LanesPerVector;

    public override int ValuesPerWord => _precision == Precision.BFloat16 ? 2 : 1;

    /// <summary>The tile for a precision, or null where the processor lacks the instructions or the system forbids emitted code.</summary>
    public static GemmEmittedTile? TryCreate(Precision precision)
    {
        if (!Avx512F.IsSupported || (precision == Precision.BFloat16 && !CpuFeatures.HasAvx512BFloat16))
        {
            return null;
        }

        var tile = new GemmEmittedTile(precision);
        return tile.TryEmit(ref tile._kernels[GemmEmitter.MaxRows], GemmEmitter.MaxRows, 0) ? tile : null;
    }

    public override void Multiply(int rows, int columns, GemmTileArguments* arguments)
    {
        int kind = columns == Columns ? 0 : columns > LanesPerVector ? 1 : 2;
        int inLastVector = columns - (kind == 2 ? 0 : LanesPerVector);
        arguments->LastMask = (1L << inLastVector) - 1;

        // A call takes about a microsecond, too short to let the garbage collector in.
        var kernel = (delegate* unmanaged[SuppressGCTransition]<GemmTileArguments*, void>)Kernel(rows, kind);
        kernel(arguments);
    }

    private nint Kernel(int rows, int kind)
    {
        ref nint slot = ref _kernels[(kind * (GemmEmitter.MaxRows + 1)) + rows];
        nint kernel = Volatile.Read(ref slot);
        if (kernel != 0 || TryEmit(ref slot, rows, kind))
        {
            return slot;
        }

        throw new OutOfMemoryException("The system granted executable memory for the first matrix kernel but not for this one. GESTALT_INSTRUCTIONS=512 does without.");
    }

    private bool TryEmit(ref nint slot, int rows, int kind)
    {
        lock (_emitting)
        {
            if (slot == 0)
            {
                byte[] code = GemmEmitter.Emit(_precision, rows, kind == 2 ? 1 : 2, masked: kind != 0, OperatingSystem.IsWindows());
                Volatile.Write(ref slot, ExecutableMemory.TryPlace(code));
            }

            return slot != 0;
        }
    }
}
