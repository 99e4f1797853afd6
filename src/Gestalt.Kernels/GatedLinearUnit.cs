using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>What opens the gate of a <see cref="GatedLinearUnit"/>.</summary>
public enum GateKind
{
    /// <summary>silu(x) = x σ(x): SwiGLU, the feed-forward layer of Llama and most models after it.</summary>
    Silu,

    /// <summary>GELU in the tanh form of <see cref="Gelu"/>: GeGLU, the feed-forward layer of Gemma.</summary>
    Gelu,
}

/// <summary>The gated activation of modern feed-forward layers: y = f(gate) * up (Shazeer, arXiv 2002.05202), with f(x) = x o(x), o being how far the gate is open.</summary>
/// <remarks>Gradients: d up = dy f(gate); d gate = dy up f'(gate).</remarks>
public static unsafe class GatedLinearUnit
{
    /// <summary>y = f(gate) * up.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="kind">The function f.</param>
    /// <param name="gate">What opens and closes the gate.</param>
    /// <param name="up">What passes through it.</param>
    /// <param name="y">Result; may be one of the inputs.</param>
    /// <param name="count">Elements of each.</param>
    public static void Forward(WorkerPool pool, GateKind kind, float* gate, float* up, float* y, long count)
    {
        if (kind == GateKind.Gelu)
            ElementLoop.Run(pool, count, new ForwardBody<GeluGate>(gate, up, y));
        else
            ElementLoop.Run(pool, count, new ForwardBody<SiluGate>(gate, up, y));
    }

    /// <summary>Gives the gradients of both inputs.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="kind">The function f.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="gate">Input of the forward step.</param>
    /// <param name="up">Input of the forward step.</param>
    /// <param name="dGate">Gradient of the gate.</param>
    /// <param name="dUp">Gradient of the other input.</param>
    /// <param name="count">Elements of each.</param>
    /// <param name="accumulate">Whether to add to what is there; if not, it is overwritten and need not be cleared first.</param>
    public static void Backward(
        WorkerPool pool, GateKind kind, float* dy, float* gate, float* up, float* dGate, float* dUp, long count, bool accumulate = true)
    {
        if (kind == GateKind.Gelu)
            ElementLoop.Run(pool, count, new BackwardBody<GeluGate>(dy, gate, up, dGate, dUp, accumulate));
        else
            ElementLoop.Run(pool, count, new BackwardBody<SiluGate>(dy, gate, up, dGate, dUp, accumulate));
    }

    /// <summary>A function f(x) = x o(x).</summary>
    private interface IGate
    {
        /// <summary>o(x).</summary>
        static abstract R Opening<R>(R x)
            where R : struct, IRegister<R>;

        /// <summary>f'(x), given o(x).</summary>
        static abstract R Slope<R>(R x, R opening)
            where R : struct, IRegister<R>;
    }

    // f' = σ + f (1 - σ)
    private readonly struct SiluGate : IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Opening<R>(R x)
            where R : struct, IRegister<R> => VectorMath.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Slope<R>(R x, R opening)
            where R : struct, IRegister<R> => R.MultiplyAdd(x * opening, R.Broadcast(1f) - opening, opening);
    }

    private readonly struct GeluGate : IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Opening<R>(R x)
            where R : struct, IRegister<R> => Gelu.Gate(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static R Slope<R>(R x, R opening)
            where R : struct, IRegister<R> => Gelu.Slope(x, opening);
    }

    private readonly struct ForwardBody<TGate>(float* gate, float* up, float* y) : IElementwise
        where TGate : struct, IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R g = window.Load<R>(gate + index);
            window.Store(y + index, g * TGate.Opening(g) * window.Load<R>(up + index));
        }
    }

    private readonly struct BackwardBody<TGate>(float* dy, float* gate, float* up, float* dGate, float* dUp, bool accumulate) : IElementwise
        where TGate : struct, IGate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R upstream = window.Load<R>(dy + index);
            R g = window.Load<R>(gate + index);
            R opening = TGate.Opening(g);
            R passed = g * opening;
            R slope = TGate.Slope(g, opening);
            R throughGate = upstream * window.Load<R>(up + index);
            window.Store(dUp + index, accumulate ? R.MultiplyAdd(upstream, passed, window.Load<R>(dUp + index)) : upstream * passed);
            window.Store(dGate + index, accumulate ? R.MultiplyAdd(throughGate, slope, window.Load<R>(dGate + index)) : throughGate * slope);
        }
    }
}
