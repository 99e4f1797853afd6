using Gestalt.Tensors;

namespace Gestalt.Training.Tests;

/// <summary>Holds gradients against what a loss really does when a parameter moves.</summary>
internal static class FiniteDifferences
{
    private const float Step = 4e-3f;

    /// <summary>Fails where a parameter's gradient is not the central difference of the loss, up to 2 % of it and a little.</summary>
    /// <param name="parameter">The parameter, with its gradient.</param>
    /// <param name="places">Which of its values are moved.</param>
    /// <param name="slack">What rounding in float32 may add to the difference.</param>
    /// <param name="loss">Computes the loss with the values as they are; it may spoil the gradient.</param>
    public static void Confirm(Parameter parameter, ReadOnlySpan<int> places, double slack, Func<double> loss)
    {
        float[] computed = parameter.GradientValues.ToArray();
        foreach (int i in places)
        {
            float was = parameter.Values[i];
            parameter.Values[i] = was + Step;
            double up = loss();
            parameter.Values[i] = was - Step;
            double down = loss();
            parameter.Values[i] = was;
            Assert.Equal((up - down) / (2 * Step), computed[i], slack + (0.02 * Math.Abs(computed[i])));
        }
    }
}
