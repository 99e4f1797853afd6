using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// GELU in the tanh form of GPT-2: y = x/2 (1 + tanh u), u = √(2/π) (x + 0.044715 x³) (Hendrycks &amp; Gimpel, arXiv 1606.08415).
/// </summary>
/// <remarks>
/// (1 + tanh u) / 2 = σ(2u), so y = x σ(2u): one exponential and no cancellation. Gradient: dx = dy σ (1 + x (1 - σ) 2u'), with
/// 2u' = 2 √(2/π) (1 + 3 · 0.044715 x²).
/// </remarks>
public static unsafe class Gelu
{
    private const float TwiceRoot = 1.5957691216f; // 2 √(2/π)
    private const float Cubic = 0.044715f;

    /// <summary>y = gelu(x).</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Result; may be <paramref name="x"/>.</param>
    /// <param name="count">Elements of each.</param>
    public static void Forward(WorkerPool pool, float* x, float* y, long count) => ElementLoop.Run(pool, count, new ForwardBody(x, y));

    /// <summary>dx += dy gelu'(x).</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="x">Input of the forward step.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <param name="count">Elements of each.</param>
    /// <param name="accumulate">Whether to add to what is there; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(WorkerPool pool, float* dy, float* x, float* dx, long count, bool accumulate = true) =>
        ElementLoop.Run(pool, count, new BackwardBody(dy, x, dx, accumulate));

    /// <summary>σ(2u): gelu(x) = x σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Gate<R>(R x)
        where R : struct, IRegister<R> =>
        VectorMath.Sigmoid(R.Broadcast(TwiceRoot) * x * R.MultiplyAdd(R.Broadcast(Cubic), x * x, R.Broadcast(1f)));

    /// <summary>gelu'(x), given σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R Slope<R>(R x, R gate)
        where R : struct, IRegister<R>
    {
        R inner = R.Broadcast(TwiceRoot) * R.MultiplyAdd(R.Broadcast(3 * Cubic), x * x, R.Broadcast(1f));
        return R.MultiplyAdd(x * gate * (R.Broadcast(1f) - gate), inner, gate);
    }

    private readonly struct ForwardBody(float* x, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R value = window.Load<R>(x + index);
            window.Store(y + index, value * Gate(value));
        }
    }

    private readonly struct BackwardBody(float* dy, float* x, float* dx, bool accumulate) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R value = window.Load<R>(x + index);
            R slope = Slope(value, Gate(value));
            R upstream = window.Load<R>(dy + index);
            window.Store(dx + index, accumulate ? R.MultiplyAdd(upstream, slope, window.Load<R>(dx + index)) : upstream * slope);
        }
    }
}
