namespace Gestalt.Kernels.Stored;

/// <summary>Who reads which format.</summary>
internal static unsafe class SlabReaders
{
    /// <summary>Reads values of a row, whole blocks of 32: (stored bytes, values, records).</summary>
    public static delegate*<byte*, int, byte*, void> RowReader(WeightFormat format) => format switch
    {
        WeightFormat.Q8_0 => &SlabReader.ReadRow<Q8_0Reader>,
        WeightFormat.Q4_0 => &SlabReader.ReadRow<Q4_0Reader>,
        WeightFormat.Q4_1 => &SlabReader.ReadRow<Q4_1Reader>,
        WeightFormat.Q5_0 => &SlabReader.ReadRow<PlainReader<Q5_0Block>>,
        WeightFormat.Q5_1 => &SlabReader.ReadRow<PlainReader<Q5_1Block>>,
        WeightFormat.Q2_K => &SlabReader.ReadRow<PlainReader<Q2KBlock>>,
        WeightFormat.Q3_K => &SlabReader.ReadRow<PlainReader<Q3KBlock>>,
        WeightFormat.Q4_K => &SlabReader.ReadRow<Q4KReader>,
        WeightFormat.Q5_K => &SlabReader.ReadRow<Q5KReader>,
        WeightFormat.Q6_K => &SlabReader.ReadRow<Q6KReader>,
        WeightFormat.IQ4_NL => &SlabReader.ReadRow<Iq4NlReader>,
        WeightFormat.IQ4_XS => &SlabReader.ReadRow<PlainReader<Iq4XsBlock>>,
        WeightFormat.MXFP4 => &SlabReader.ReadRow<PlainReader<Mxfp4Block>>,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No quantized weight format."),
    };
}
