using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The simple operations over whole arrays: sums, scaling, filling, soft-capping. All run at the speed of memory.</summary>
public static unsafe class Elementwise
{
    /// <summary>y = a + b. The arrays may be the same.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="a">First summand.</param>
    /// <param name="b">Second summand.</param>
    /// <param name="y">Result.</param>
    /// <param name="count">Elements of each.</param>
    public static void Add(WorkerPool pool, float* a, float* b, float* y, long count) => ElementLoop.Run(pool, count, new AddBody(a, b, y));

    /// <summary>y += x, as residual connections and gradients do.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="y">Sum so far, and result.</param>
    /// <param name="x">What is added.</param>
    /// <param name="count">Elements of each.</param>
    public static void AddInPlace(WorkerPool pool, float* y, float* x, long count) => ElementLoop.Run(pool, count, new AddBody(y, x, y));

    /// <summary>y = a * b, element by element.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="y">Result; may be one of the factors.</param>
    /// <param name="count">Elements of each.</param>
    public static void Multiply(WorkerPool pool, float* a, float* b, float* y, long count) =>
        ElementLoop.Run(pool, count, new MultiplyBody(a, b, y));

    /// <summary>dA += dy * b and dB += dy * a.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the product.</param>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="dA">Gradient of the first factor, added to.</param>
    /// <param name="dB">Gradient of the second factor, added to; must not be <paramref name="dA"/>.</param>
    /// <param name="count">Elements of each.</param>
    public static void MultiplyBackward(WorkerPool pool, float* dy, float* a, float* b, float* dA, float* dB, long count) =>
        ElementLoop.Run(pool, count, new MultiplyBackwardBody(dy, a, b, dA, dB));

    /// <summary>x *= factor.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Values, replaced.</param>
    /// <param name="factor">What they are multiplied by.</param>
    /// <param name="count">How many.</param>
    public static void Scale(WorkerPool pool, float* x, float factor, long count) =>
        ElementLoop.Run(pool, count, new ScaleBody(x, x, factor, accumulate: false));

    /// <summary>y += factor * x.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="y">Sum so far, and result.</param>
    /// <param name="x">What is added.</param>
    /// <param name="factor">What it is multiplied by first.</param>
    /// <param name="count">Elements of each.</param>
    public static void AddScaled(WorkerPool pool, float* y, float* x, float factor, long count) =>
        ElementLoop.Run(pool, count, new ScaleBody(x, y, factor, accumulate: true));

    /// <summary>y = x. The arrays must not overlap.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">What to copy.</param>
    /// <param name="y">Where to.</param>
    /// <param name="count">Elements of each.</param>
    public static void Copy(WorkerPool pool, float* x, float* y, long count) => ElementLoop.Run(pool, count, new CopyBody(x, y));

    /// <summary>Sets every element to one value.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Values, replaced.</param>
    /// <param name="value">What they become.</param>
    /// <param name="count">How many.</param>
    public static void Fill(WorkerPool pool, float* x, float value, long count) => ElementLoop.Run(pool, count, new FillBody(x, value));

    /// <summary>y = cap * tanh(x / cap): leaves small values alone and keeps every value within ±cap (Gemma 2, arXiv 2408.00118).</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Result; may be <paramref name="x"/>.</param>
    /// <param name="cap">The bound, positive.</param>
    /// <param name="count">Elements of each.</param>
    public static void SoftCap(WorkerPool pool, float* x, float* y, float cap, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        ElementLoop.Run(pool, count, new SoftCapBody(x, y, cap));
    }

    /// <summary>dx += dy * (1 - (y / cap)^2), from the capped values.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="y">The result of <see cref="SoftCap"/>.</param>
    /// <param name="dx">Gradient of the input, added to.</param>
    /// <param name="cap">The bound that was used.</param>
    /// <param name="count">Elements of each.</param>
    public static void SoftCapBackward(WorkerPool pool, float* dy, float* y, float* dx, float cap, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        ElementLoop.Run(pool, count, new SoftCapBackwardBody(dy, y, dx, cap));
    }

    /// <summary>dBias[j] += the sum of column j: the gradient of a bias that was added to every row.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result, (rows, width).</param>
    /// <param name="dBias">Gradient of the bias, (width), added to.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    public static void BiasGradient(WorkerPool pool, float* dy, float* dBias, int rows, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        VectorWidth.Run(pool, (width + ColumnSums.Columns - 1) / ColumnSums.Columns, new ColumnSums(dy, dBias, rows, width));
    }

    private readonly struct AddBody(float* a, float* b, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(y + index, window.Load<R>(a + index) + window.Load<R>(b + index));
    }

    private readonly struct MultiplyBody(float* a, float* b, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(y + index, window.Load<R>(a + index) * window.Load<R>(b + index));
    }

    private readonly struct MultiplyBackwardBody(float* dy, float* a, float* b, float* dA, float* dB) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R upstream = window.Load<R>(dy + index);
            R first = window.Load<R>(a + index);
            R second = window.Load<R>(b + index);
            window.Store(dA + index, R.MultiplyAdd(upstream, second, window.Load<R>(dA + index)));
            window.Store(dB + index, R.MultiplyAdd(upstream, first, window.Load<R>(dB + index)));
        }
    }

    private readonly struct ScaleBody(float* x, float* y, float factor, bool accumulate) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R value = window.Load<R>(x + index);
            R by = R.Broadcast(factor);
            window.Store(y + index, accumulate ? R.MultiplyAdd(by, value, window.Load<R>(y + index)) : by * value);
        }
    }

    private readonly struct CopyBody(float* x, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(y + index, window.Load<R>(x + index));
    }

    private readonly struct FillBody(float* x, float value) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow => window.Store(x + index, R.Broadcast(value));
    }

    private readonly struct SoftCapBody(float* x, float* y, float cap) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow =>
            window.Store(y + index, R.Broadcast(cap) * VectorMath.Tanh(window.Load<R>(x + index) * R.Broadcast(1 / cap)));
    }

    private readonly struct SoftCapBackwardBody(float* dy, float* y, float* dx, float cap) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R tanh = window.Load<R>(y + index) * R.Broadcast(1 / cap);
            R slope = R.Broadcast(1f) - (tanh * tanh);
            window.Store(dx + index, R.MultiplyAdd(window.Load<R>(dy + index), slope, window.Load<R>(dx + index)));
        }
    }

    /// <summary>Each part sums a stripe of columns over all rows, so that no two parts write the same element and the order is fixed.</summary>
    private readonly struct ColumnSums(float* dy, float* dBias, int rows, int width) : IVectorWork
    {
        public const int Columns = 64;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            int end = Math.Min(width, (part + 1) * Columns);
            for (int j = part * Columns; j < end; j += R.Count)
            {
                R even = RowEnds.Load<R>(dBias + j, end - j);
                R odd = R.Zero;
                float* x = dy + j;
                int row = 0;
                for (; row + 1 < rows; row += 2, x += 2L * width)
                {
                    even += RowEnds.Load<R>(x, end - j);
                    odd += RowEnds.Load<R>(x + width, end - j);
                }

                if (row < rows)
                {
                    even += RowEnds.Load<R>(x, end - j);
                }

                RowEnds.Store(dBias + j, end - j, even + odd);
            }
        }
    }
}
