using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>
/// One step of Adam with decoupled weight decay (Loshchilov &amp; Hutter, arXiv 1711.05101), in one pass over the four arrays.
/// </summary>
/// <remarks>
/// g = gradient * gradientScale; m = β1 m + (1 - β1) g; v = β2 v + (1 - β2) g²;
/// parameter = parameter (1 - lr decay) - lr (m / (1 - β1^step)) / (√(v / (1 - β2^step)) + ε).
/// </remarks>
public static unsafe class AdamW
{
    /// <summary>Updates parameters and both moments in place. The gradient is only read.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="parameter">Parameters, (count).</param>
    /// <param name="gradient">Their gradients, (count).</param>
    /// <param name="firstMoment">m, zero before the first step.</param>
    /// <param name="secondMoment">v, zero before the first step.</param>
    /// <param name="count">How many parameters.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="beta1">β1.</param>
    /// <param name="beta2">β2.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">Decay per unit of learning rate.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="gradientScale">Factor of the gradient, such as the one that clips its norm.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is less than 1.</exception>
    public static void Step(
        WorkerPool pool, float* parameter, float* gradient, float* firstMoment, float* secondMoment, long count,
        float learningRate, float beta1, float beta2, float epsilon, float weightDecay, int step, float gradientScale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        double firstCorrection = 1 - Math.Pow(beta1, step);
        double secondCorrection = 1 - Math.Pow(beta2, step);
        ElementLoop.Run(pool, count, new Body(parameter, gradient, firstMoment, secondMoment)
        {
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            Keep = (float)(1 - ((double)learningRate * weightDecay)),
            StepSize = (float)(learningRate / firstCorrection),
            InverseRootCorrection = (float)(1 / Math.Sqrt(secondCorrection)),
            GradientScale = gradientScale,
        });
    }

    private readonly struct Body(float* parameter, float* gradient, float* firstMoment, float* secondMoment) : IElementwise
    {
        public float Beta1 { get; init; }

        public float Beta2 { get; init; }

        public float Epsilon { get; init; }

        public float Keep { get; init; }

        public float StepSize { get; init; }

        public float InverseRootCorrection { get; init; }

        public float GradientScale { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<R, TWindow>(long index, TWindow window)
            where R : struct, IRegister<R>
            where TWindow : struct, IWindow
        {
            R g = window.Load<R>(gradient + index) * R.Broadcast(GradientScale);
            R m = R.MultiplyAdd(R.Broadcast(1 - Beta1), g, R.Broadcast(Beta1) * window.Load<R>(firstMoment + index));
            R v = R.MultiplyAdd(R.Broadcast(1 - Beta2), g * g, R.Broadcast(Beta2) * window.Load<R>(secondMoment + index));
            R divisor = R.MultiplyAdd(R.Sqrt(v), R.Broadcast(InverseRootCorrection), R.Broadcast(Epsilon));
            R kept = R.Broadcast(Keep) * window.Load<R>(parameter + index);
            window.Store(parameter + index, R.MultiplyAdd(R.Broadcast(-StepSize), m / divisor, kept));
            window.Store(firstMoment + index, m);
            window.Store(secondMoment + index, v);
        }
    }
}
