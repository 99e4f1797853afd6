using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gestalt.Kernels.Stored;

namespace Gestalt.Kernels;

/// <summary>Reads and writes the stored forms of weights, in ggml's layouts bit for bit.</summary>
public static unsafe partial class WeightCodec
{
    /// <summary>Values that are unpacked at a time on the stack.</summary>
    private const int MostLength = SuperBlock.Length;

    private const int MostPieces = 16;

    /// <summary>The calling thread alone: whoever decodes a matrix shares its rows among threads himself.</summary>
    private static readonly WorkerPool Alone = new(1);

    /// <summary>Reads stored values.</summary>
    /// <param name="format">How they are stored.</param>
    /// <param name="source">The stored bytes, of any alignment.</param>
    /// <param name="destination">Receives the values.</param>
    /// <param name="count">How many, whole blocks.</param>
    /// <exception cref="ArgumentException">The values are not whole blocks.</exception>
    /// <remarks>A scale that is infinite or NaN makes the values of its block infinite or NaN, as it does elsewhere; nothing is read beyond the blocks.</remarks>
    public static void Decode(WeightFormat format, byte* source, float* destination, long count)
    {
        _ = format.ByteLength(count);
        switch (format)
        {
            case WeightFormat.F32:
                Buffer.MemoryCopy(source, destination, count * sizeof(float), count * sizeof(float));
                break;
            case WeightFormat.F16:
                Conversion.FromHalf(Alone, (ushort*)source, destination, count);
                break;
            case WeightFormat.BF16:
                Conversion.FromBFloat16(Alone, (ushort*)source, destination, count);
                break;
            default:
                Dispatch(format, new DecodeBlocks(source, destination, count));
                break;
        }
    }

    internal static BlockShape Shape(WeightFormat format)
    {
        var asking = new AskShape();
        Dispatch(format, ref asking);
        return asking.Shape;
    }

    /// <summary>Does work for the block type of a format.</summary>
    internal static void Dispatch<TWork>(WeightFormat format, TWork work)
        where TWork : struct, IBlockWork => Dispatch(format, ref work);

    internal static void Dispatch<TWork>(WeightFormat format, ref TWork work)
        where TWork : struct, IBlockWork
    {
        switch (format)
        {
            case WeightFormat.Q8_0: work.Execute<Q8_0Block>(); break;
            case WeightFormat.Q4_0: work.Execute<Q4_0Block>(); break;
            case WeightFormat.Q4_1: work.Execute<Q4_1Block>(); break;
            case WeightFormat.Q5_0: work.Execute<Q5_0Block>(); break;
            case WeightFormat.Q5_1: work.Execute<Q5_1Block>(); break;
            case WeightFormat.Q2_K: work.Execute<Q2KBlock>(); break;
            case WeightFormat.Q3_K: work.Execute<Q3KBlock>(); break;
            case WeightFormat.Q4_K: work.Execute<Q4KBlock>(); break;
            case WeightFormat.Q5_K: work.Execute<Q5KBlock>(); break;
            case WeightFormat.Q6_K: work.Execute<Q6KBlock>(); break;
            case WeightFormat.IQ4_NL: work.Execute<Iq4NlBlock>(); break;
            case WeightFormat.IQ4_XS: work.Execute<Iq4XsBlock>(); break;
            case WeightFormat.MXFP4: work.Execute<Mxfp4Block>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "No such quantized weight format.");
        }
    }

    /// <summary>Work on blocks of a type that is known when it runs.</summary>
    internal interface IBlockWork
    {
        void Execute<TBlock>()
            where TBlock : struct, IStoredBlock;
    }

    private struct AskShape : IBlockWork
    {
        public BlockShape Shape;

        public void Execute<TBlock>()
            where TBlock : struct, IStoredBlock => Shape = BlockShape.Of<TBlock>();
    }

    private readonly struct DecodeBlocks(byte* source, float* destination, long count) : IBlockWork
    {
        [SkipLocalsInit]
        public void Execute<TBlock>()
            where TBlock : struct, IStoredBlock
        {
            byte* codes = stackalloc byte[MostLength];
            float* scales = stackalloc float[MostPieces];
            float* minima = stackalloc float[MostPieces];
            byte* block = source;
            float* values = destination;
            for (long done = 0; done < count; done += TBlock.Length, block += TBlock.Bytes, values += TBlock.Length)
            {
                TBlock.Unpack(block, codes, scales, minima);
                for (int i = 0; i < TBlock.Length; i += Vector256<byte>.Count)
                {
                    (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(codes + i));
                    Store<TBlock>(low, i, scales, minima, values);
                    Store<TBlock>(high, i + Vector256<ushort>.Count, scales, minima, values);
                }
            }
        }

        /// <summary>The values of 16 codes, from the i-th of a block.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<TBlock>(Vector256<ushort> codes, int i, float* scales, float* minima, float* values)
            where TBlock : struct, IStoredBlock
        {
            int piece = i / TBlock.Piece;
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(codes);
            Vector256<float> first = Vector256.ConvertToSingle(low.AsInt32() - Vector256.Create(TBlock.Offset)) * scales[piece];
            Vector256<float> second = Vector256.ConvertToSingle(high.AsInt32() - Vector256.Create(TBlock.Offset)) * scales[piece];
            if (TBlock.HasMinima)
            {
                first -= Vector256.Create(minima[piece]);
                second -= Vector256.Create(minima[piece]);
            }

            first.Store(values + i);
            second.Store(values + i + Vector256<float>.Count);
        }
    }
}
