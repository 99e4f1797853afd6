using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// The gated activation of Gemma's feed-forward layers: y = gelu(gate) * up (Shazeer, arXiv 2002.05202), with GELU in the tanh form of <see cref="Gelu"/>.
/// </summary>
/// <remarks>Gradients: d up = dy gelu(gate); d gate = dy up gelu'(gate).</remarks>
public static unsafe class GeGlu
{
    /// <summary>y = gelu(gate) * up.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="gate">What opens and closes the gate.</param>
    /// <param name="up">What passes through it.</param>
    /// <param name="y">Result; may be one of the inputs.</param>
    /// <param name="count">Elements of each.</param>
    public static void Forward(WorkerPool pool, float* gate, float* up, float* y, long count) =>
        ElementLoop.Run(pool, count, new ForwardBody(gate, up, y));

    /// <summary>Gives the gradients of both inputs.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="gate">Input of the forward step.</param>
    /// <param name="up">Input of the forward step.</param>
    /// <param name="dGate">Gradient of the gate.</param>
    /// <param name="dUp">Gradient of the other input.</param>
    /// <param name="count">Elements of each.</param>
    /// <param name="accumulate">Whether to add to what is there; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(
        WorkerPool pool, float* dy, float* gate, float* up, float* dGate, float* dUp, long count, bool accumulate = true) =>
        ElementLoop.Run(pool, count, new BackwardBody(dy, gate, up, dGate, dUp, accumulate));

    private readonly struct ForwardBody(float* gate, float* up, float* y) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R g = window.Load<R>(gate + index);
            window.Store(y + index, g * Gelu.Gate(g) * window.Load<R>(up + index));
        }
    }

    private readonly struct BackwardBody(float* dy, float* gate, float* up, float* dGate, float* dUp, bool accumulate) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R upstream = window.Load<R>(dy + index);
            R g = window.Load<R>(gate + index);
            R opening = Gelu.Gate(g);
            R passed = g * opening;
            R slope = Gelu.Slope(g, opening);
            R throughGate = upstream * window.Load<R>(up + index);
            window.Store(dUp + index, accumulate ? R.MultiplyAdd(upstream, passed, window.Load<R>(dUp + index)) : upstream * passed);
            window.Store(dGate + index, accumulate ? R.MultiplyAdd(throughGate, slope, window.Load<R>(dGate + index)) : throughGate * slope);
        }
    }
}
