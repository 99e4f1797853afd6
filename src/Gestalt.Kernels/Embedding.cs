using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Looks up the vector of each token: y[t] = table[ids[t]]. Gradient: dTable[ids[t]] += dy[t].</summary>
public static unsafe class Embedding
{
    /// <summary>Copies the row of each token. Ids must be within the table.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="ids">Token ids, (tokens).</param>
    /// <param name="table">The vectors, (vocabulary, width).</param>
    /// <param name="y">Result, (tokens, width).</param>
    /// <param name="tokens">B·T.</param>
    /// <param name="width">C.</param>
    public static void Forward(WorkerPool pool, int* ids, float* table, float* y, int tokens, int width) =>
        RowLoop.Run(pool, tokens, width, new ForwardBody(ids, table, y, width));

    /// <summary>Adds each token's gradient to its row of the table.</summary>
    /// <remarks>
    /// Several tokens may share a row, so the threads divide the columns, not the tokens: each part walks all tokens in order for its
    /// stripe of columns. Nothing is locked and the sum is the same for any number of threads.
    /// </remarks>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="ids">Token ids, (tokens).</param>
    /// <param name="dy">Gradient of the result, (tokens, width).</param>
    /// <param name="dTable">Gradient of the table, (vocabulary, width), added to.</param>
    /// <param name="tokens">B·T.</param>
    /// <param name="width">C.</param>
    /// <param name="vocabulary">V.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary. Nothing has been added then.</exception>
    public static void Backward(WorkerPool pool, int* ids, float* dy, float* dTable, int tokens, int width, int vocabulary)
    {
        for (int t = 0; t < tokens; t++)
        {
            if ((uint)ids[t] >= (uint)vocabulary)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), ids[t], $"Token {t} is not one of the {vocabulary} tokens of the vocabulary.");
            }
        }

        VectorWidth.Run(pool, (width + BackwardWork.Columns - 1) / BackwardWork.Columns, new BackwardWork(ids, dy, dTable, tokens, width));
    }

    private readonly struct ForwardBody(int* ids, float* table, float* y, int width) : IRowwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Row<R>(long row)
            where R : struct, IRegister<R>
        {
            float* source = table + ((long)ids[row] * width);
            float* target = y + (row * width);
            for (int i = 0; i < width; i += R.Count)
            {
                RowEnds.Store(target + i, width - i, RowEnds.Load<R>(source + i, width - i));
            }
        }
    }

    private readonly struct BackwardWork(int* ids, float* dy, float* dTable, int tokens, int width) : IVectorWork
    {
        /// <summary>Columns of a stripe: 256 bytes of each row, four cache lines, so that the scattered rows are still read in runs.</summary>
        public const int Columns = 64;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            int start = part * Columns;
            int count = Math.Min(Columns, width - start);
            float* source = dy + start;
            for (int t = 0; t < tokens; t++, source += width)
            {
                float* target = dTable + ((long)ids[t] * width) + start;
                for (int i = 0; i < count; i += R.Count)
                {
                    RowEnds.Store(target + i, count - i, RowEnds.Load<R>(target + i, count - i) + RowEnds.Load<R>(source + i, count - i));
                }
            }
        }
    }
}
