using System.Numerics;
using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>What adapters need of weights that stay as they are.</content>
public sealed unsafe partial class Device
{
    /// <summary>Rows of a weight in float32, however it lies.</summary>
    internal void DecodeRows(Parameter weight, int first, int rows, float* to)
    {
        long start = Start();
        int width = weight.Shape[1];
        switch (weight.Stored?.Format)
        {
            case null or WeightFormat.F32:
                Elementwise.Copy(Pool, weight.Data + ((long)first * width), to, (long)rows * width);
                break;
            case WeightFormat.F16:
                Conversion.FromHalf(Pool, (ushort*)weight.Stored.Value.Row(first), to, (long)rows * width);
                break;
            case WeightFormat.BF16:
                Conversion.FromBFloat16(Pool, (ushort*)weight.Stored.Value.Row(first), to, (long)rows * width);
                break;
            default:
                DecodeWork work = new() { Weight = weight.Stored.Value, First = first, To = to };
                Pool.Run(rows, ref work);
                break;
        }

        Stop(KernelKind.Elementwise, start);
    }

    /// <summary>The Euclidean length of each row.</summary>
    internal void RowLengths(float* x, int rows, int width, float* lengths)
    {
        long start = Start();
        LengthWork work = new() { Values = x, Width = width, Lengths = lengths };
        Pool.Run(rows, ref work);
        Stop(KernelKind.Elementwise, start);
    }

    /// <summary>y = s x with a share of the values left out and the others larger by as much, drawn by a key; the i-th value's draw is that of number first + i. With y = x it is its own backward.</summary>
    internal void Dropout(float* x, float* y, long first, long count, float share, ulong key)
    {
        long start = Start();
        DropoutWork work = new() { From = x, To = y, First = first, Count = count, Threshold = (uint)(share * (1 << 24)), Factor = 1 / (1 - share), Key = key };
        Pool.Run((int)((count + DropoutWork.PartLength - 1) / DropoutWork.PartLength), ref work);
        Stop(KernelKind.Elementwise, start);
    }

    /// <summary>x += uniform noise in ± reach, drawn by a key; the i-th value's is that of number first + i.</summary>
    internal void AddNoise(float* x, long first, long count, float reach, ulong key)
    {
        long start = Start();
        NoiseWork work = new() { Values = x, First = first, Count = count, Reach = reach, Key = key };
        Pool.Run((int)((count + DropoutWork.PartLength - 1) / DropoutWork.PartLength), ref work);
        Stop(KernelKind.Elementwise, start);
    }

    private struct NoiseWork : IWork
    {
        public float* Values;
        public long First;
        public long Count;
        public float Reach;
        public ulong Key;

        public readonly void Execute(int part)
        {
            long end = Math.Min(Count, (part + 1L) * DropoutWork.PartLength);
            for (long i = (long)part * DropoutWork.PartLength; i < end; i++)
            {
                Values[i] += Reach * RandomBits.Uniform(Key, (ulong)(First + i));
            }
        }
    }

    private struct DecodeWork : IWork
    {
        public StoredMatrix Weight;
        public int First;
        public float* To;

        public readonly void Execute(int part) => Weight.DecodeRow(First + part, To + ((long)part * Weight.Columns));
    }

    private struct LengthWork : IWork
    {
        public float* Values;
        public float* Lengths;
        public int Width;

        public readonly void Execute(int part)
        {
            var row = new ReadOnlySpan<float>(Values + ((long)part * Width), Width);
            double sum = 0;
            const int Run = 1024; // values summed in float32 before the sum is carried on in double
            for (; !row.IsEmpty; row = row[Math.Min(Run, row.Length)..])
            {
                ReadOnlySpan<float> piece = row[..Math.Min(Run, row.Length)];
                Vector<float> squares = Vector<float>.Zero;
                int i = 0;
                for (; i + Vector<float>.Count <= piece.Length; i += Vector<float>.Count)
                {
                    var x = new Vector<float>(piece[i..]);
                    squares += x * x;
                }

                sum += Vector.Sum(squares);
                for (; i < piece.Length; i++)
                {
                    sum += (double)piece[i] * piece[i];
                }
            }

            Lengths[part] = (float)Math.Sqrt(sum);
        }
    }

    private struct DropoutWork : IWork
    {
        public const int PartLength = 1 << 14;

        public float* From;
        public float* To;
        public long First;
        public long Count;
        public uint Threshold;
        public float Factor;
        public ulong Key;

        public readonly void Execute(int part)
        {
            long end = Math.Min(Count, (part + 1L) * PartLength);
            for (long i = (long)part * PartLength; i < end; i++)
            {
                To[i] = RandomBits.Of(Key, (ulong)(First + i)) >> 40 < Threshold ? 0 : From[i] * Factor;
            }
        }
    }
}
