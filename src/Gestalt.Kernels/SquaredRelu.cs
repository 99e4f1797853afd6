using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>y = max(x, 0)², an activation as good as a gated one and cheaper (Primer, So et al., arXiv 2109.08668).</summary>
/// <remarks>Gradient: dx = dy 2 max(x, 0).</remarks>
public static unsafe class SquaredRelu
{
    /// <summary>y = max(x, 0)².</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Result; may be <paramref name="x"/>.</param>
    /// <param name="count">Elements of each.</param>
    public static void Forward(WorkerPool pool, float* x, float* y, long count) => ElementLoop.Run(pool, count, new ForwardBody(x, y));

    /// <summary>dx += dy 2 max(x, 0).</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="x">Input of the forward step.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <param name="count">Elements of each.</param>
    /// <param name="accumulate">Whether to add to what is there; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(WorkerPool pool, float* dy, float* x, float* dx, long count, bool accumulate = true) =>
        ElementLoop.Run(pool, count, new BackwardBody(dy, x, dx, accumulate));

    private readonly struct ForwardBody(float* x, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R positive = R.Max(R.Zero, window.Load<R>(x + index));
            window.Store(y + index, positive * positive);
        }
    }

    private readonly struct BackwardBody(float* dy, float* x, float* dx, bool accumulate) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R positive = R.Max(R.Zero, window.Load<R>(x + index));
            R upstream = window.Load<R>(dy + index);
            R slope = positive + positive;
            window.Store(dx + index, accumulate ? R.MultiplyAdd(upstream, slope, window.Load<R>(dx + index)) : upstream * slope);
        }
    }
}
