namespace Gestalt.Tensors.Tests.Ops;

public sealed class NormTests
{
    private const float Epsilon = 1e-5f;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RmsNorm_and_its_gradients_agree_with_the_twin(bool gain) =>
        OperationCheck.Compare([new(2, 3, 9)], gain ? [new(9)] : [],
            (tape, t, p) => tape.RmsNorm(t[0], gain ? p[0] : null, Epsilon),
            (t, p) => Rms(t[0], gain ? p[0] : null, 9));

    [Fact]
    public void HeadNorm_and_its_gradients_agree_with_the_twin() =>
        OperationCheck.Compare([new(2, 3, 12)], [new(4)],
            (tape, t, p) => tape.HeadNorm(t[0], p[0], Epsilon),
            (t, p) => Rms(t[0], p[0], 4));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LayerNorm_and_its_gradients_agree_with_the_twin(bool bias) =>
        OperationCheck.Compare([new(2, 2, 11)], bias ? [new(11), new(11)] : [new(11)],
            (tape, t, p) => tape.LayerNorm(t[0], p[0], bias ? p[1] : null, Epsilon),
            (t, p) =>
            {
                double[] y = new double[t[0].Length];
                for (int row = 0; row < y.Length; row += 11)
                {
                    double[] x = t[0][row..(row + 11)];
                    double mean = x.Average();
                    double deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + Epsilon);
                    for (int i = 0; i < 11; i++)
                    {
                        y[row + i] = ((x[i] - mean) / deviation * p[0][i]) + (bias ? p[1][i] : 0);
                    }
                }

                return y;
            });

    internal static double[] Rms(double[] x, double[]? gain, int width)
    {
        double[] y = new double[x.Length];
        for (int row = 0; row < x.Length; row += width)
        {
            double squares = 0;
            for (int i = 0; i < width; i++)
            {
                squares += x[row + i] * x[row + i];
            }

            double rms = Math.Sqrt((squares / width) + Epsilon);
            for (int i = 0; i < width; i++)
            {
                y[row + i] = x[row + i] / rms * (gain?[i] ?? 1);
            }
        }

        return y;
    }
}
