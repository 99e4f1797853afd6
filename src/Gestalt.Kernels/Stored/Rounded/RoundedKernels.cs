using System.Runtime.Intrinsics.X86;
using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels.Stored;

/// <summary>The emitted kernels of products with quantized weights, made once, or none where the processor or the system does not allow them.</summary>
internal sealed unsafe class RoundedKernels
{
    private static readonly Lazy<RoundedKernels?> LazyShared = new(TryCreate);

    private readonly nint[] _rows = new nint[2];
    private readonly nint[] _panels = new nint[4];

    private readonly nint[] _readers = new nint[(int)WeightFormat.MXFP4 + 1];
    private readonly nint[] _storedRows = new nint[(int)WeightFormat.MXFP4 + 1];
    private readonly nint[] _streams = new nint[(int)WeightFormat.MXFP4 + 1];

    private RoundedKernels() => Constants = EmittedConstants.Create();

    /// <summary>What the kernels of stored rows read.</summary>
    public byte* Constants { get; }

    /// <summary>The kernels, or null.</summary>
    public static RoundedKernels? Shared => LazyShared.Value;

    /// <summary>Two rows of weights with a few rows of activations.</summary>
    public delegate* unmanaged[SuppressGCTransition]<RowArguments*, void> Rows(BlockShape shape) =>
        (delegate* unmanaged[SuppressGCTransition]<RowArguments*, void>)_rows[PiecesOfBlock(shape) - 1];

    /// <summary>Two rows of weights as they are stored with a few rows of activations, or null for formats that go through records.</summary>
    public delegate* unmanaged[SuppressGCTransition]<RowArguments*, void> StoredRows(WeightFormat format) =>
        (delegate* unmanaged[SuppressGCTransition]<RowArguments*, void>)_storedRows[(int)format];

    /// <summary>Many rows of weights as they are stored, whole slabs, with one row of activations, or null for formats that go through records.</summary>
    public delegate* unmanaged[SuppressGCTransition]<RowArguments*, void> Streams(WeightFormat format) =>
        (delegate* unmanaged[SuppressGCTransition]<RowArguments*, void>)_streams[(int)format];

    /// <summary>Unpacks stored values of a row, whole blocks of 32, to records.</summary>
    public void ReadRow(WeightFormat format, byte* row, int columns, byte* records)
    {
        var reader = (delegate* unmanaged[SuppressGCTransition]<RowArguments*, void>)_readers[(int)format];
        int slabs = reader == null ? 0 : columns / Slab.Length;
        if (slabs > 0)
        {
            RowArguments arguments = default;
            arguments.Weights = row;
            arguments.Slabs = slabs;
            arguments.Sums = (float*)records;
            arguments.Constants = Constants;
            reader(&arguments);
        }

        int read = slabs * Slab.Length;
        if (read < columns)
        {
            SlabReaders.RowReader(format)(row + format.ByteLength(read), columns - read, records + ((long)slabs * Slab.Bytes));
        }
    }

    /// <summary>32 rows of weights with many rows of activations.</summary>
    public delegate* unmanaged[SuppressGCTransition]<PanelArguments*, void> Panels(BlockShape shape) =>
        (delegate* unmanaged[SuppressGCTransition]<PanelArguments*, void>)_panels[(2 * (PiecesOfBlock(shape) - 1)) + (shape.HasMinima ? 1 : 0)];

    /// <summary>Scales in 32 values.</summary>
    public static int PiecesOfBlock(BlockShape shape) => Slab.BlockLength / shape.Piece;

    private static RoundedKernels? TryCreate()
    {
        if (!CpuFeatures.HasAvx512Vnni || !Avx512BW.IsSupported || GemmBackend.BestInstructions < GemmInstructions.Emitted)
        {
            return null;
        }

        var kernels = new RoundedKernels();
        bool windows = OperatingSystem.IsWindows();
        for (int pieces = 1; pieces <= 2; pieces++)
        {
            kernels._rows[pieces - 1] = ExecutableMemory.TryPlace(new RecordRowEmitter(pieces).Assemble(windows));
            kernels._panels[2 * (pieces - 1)] = ExecutableMemory.TryPlace(new PanelEmitter(pieces, hasMinima: false).Assemble(windows));
            kernels._panels[(2 * (pieces - 1)) + 1] = ExecutableMemory.TryPlace(new PanelEmitter(pieces, hasMinima: true).Assemble(windows));
        }

        foreach (WeightFormat format in (ReadOnlySpan<WeightFormat>)[WeightFormat.Q4_0, WeightFormat.Q8_0, WeightFormat.Q4_K, WeightFormat.Q5_K, WeightFormat.Q6_K])
        {
            kernels._storedRows[(int)format] = ExecutableMemory.TryPlace(Emitter(format, RowForm.Few).Assemble(windows));
            kernels._streams[(int)format] = ExecutableMemory.TryPlace(Emitter(format, RowForm.One).Assemble(windows));
            kernels._readers[(int)format] = ExecutableMemory.TryPlace(Emitter(format, RowForm.Records).Assemble(windows));
        }

        return Array.IndexOf(kernels._rows, 0) < 0 && Array.IndexOf(kernels._panels, 0) < 0 ? kernels : null;
    }

    private static StoredRowEmitter Emitter(WeightFormat format, RowForm form) => format switch
    {
        WeightFormat.Q4_0 => new Q4_0RowEmitter { Form = form },
        WeightFormat.Q8_0 => new Q8_0RowEmitter { Form = form },
        WeightFormat.Q4_K => new Q4KRowEmitter { Form = form },
        WeightFormat.Q5_K => new Q5KRowEmitter { Form = form },
        WeightFormat.Q6_K => new Q6KRowEmitter { Form = form },
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No kernel reads this format."),
    };
}
