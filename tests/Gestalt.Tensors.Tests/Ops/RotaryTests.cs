using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class RotaryTests
{
    private const int HeadWidth = 6;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rotary_and_its_gradients_agree_with_the_twin_where_positions_restart(bool norm)
    {
        int[] positions = [0, 1, 2, 0, 1, 7];
        using RotaryTable table = new(new Device(), 8, HeadWidth, theta: 100);
        fixed (int* pinned = positions)
        {
            int* pointer = pinned;
            OperationCheck.Compare([new(2, 3, 2 * HeadWidth)], norm ? [new(HeadWidth)] : [],
                (tape, t, p) => tape.Rotary(t[0], table, pointer, norm ? p[0] : null, 1e-5f),
                (t, p) => Turn(norm ? NormTests.Rms(t[0], p[0], HeadWidth) : t[0], positions, heads: 2));
        }
    }

    [Fact]
    public void An_odd_head_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RotaryTable(new Device(), 8, 5, theta: 100));

    private static double[] Turn(double[] x, int[] positions, int heads)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i += HeadWidth)
        {
            int position = positions[i / HeadWidth / heads];
            for (int pair = 0; pair < HeadWidth / 2; pair++)
            {
                (double sin, double cos) = Math.SinCos(position * Math.Pow(100, -2.0 * pair / HeadWidth));
                (double first, double second) = (x[i + pair], x[i + pair + (HeadWidth / 2)]);
                y[i + pair] = (first * cos) - (second * sin);
                y[i + pair + (HeadWidth / 2)] = (second * cos) + (first * sin);
            }
        }

        return y;
    }
}
