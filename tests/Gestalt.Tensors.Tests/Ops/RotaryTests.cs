using Gestalt.Kernels;

namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class RotaryTests
{
    private const int HeadWidth = 6;

    [Theory]
    [InlineData(RotaryPairs.Halves, 6)]
    [InlineData(RotaryPairs.Halves, 4)]
    [InlineData(RotaryPairs.Neighbours, 6)]
    [InlineData(RotaryPairs.Neighbours, 4)]
    public void Any_pairs_of_any_part_of_a_head_turn_with_any_frequencies(RotaryPairs pairs, int rotated)
    {
        int[] positions = [0, 1, 2, 0, 1, 7];
        double[] frequencies = [.. new[] { 0.3, 1.1, 0.07 }.Take(rotated / 2)];
        using RotaryTable table = new(new Device(), 8, HeadWidth, frequencies, magnitude: 1.25, pairs);
        fixed (int* pinned = positions)
        {
            int* pointer = pinned;
            OperationCheck.Compare([new(2, 3, 2 * HeadWidth)], [],
                (tape, t, p) => tape.Rotary(t[0], table, pointer),
                (t, p) =>
                {
                    double[] y = [.. t[0]];
                    for (int start = 0; start < y.Length; start += HeadWidth)
                    {
                        for (int pair = 0; pair < rotated / 2; pair++)
                        {
                            int a = start + (pairs == RotaryPairs.Halves ? pair : 2 * pair), b = pairs == RotaryPairs.Halves ? a + (rotated / 2) : a + 1;
                            (double sin, double cos) = Math.SinCos(positions[start / HeadWidth / 2] * frequencies[pair]);
                            (y[a], y[b]) = (1.25 * ((t[0][a] * cos) - (t[0][b] * sin)), 1.25 * ((t[0][b] * cos) + (t[0][a] * sin)));
                        }
                    }

                    return y;
                });
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Rotary_and_its_gradients_agree_with_the_twin_where_positions_restart(bool norm, bool spends)
    {
        int[] positions = [0, 1, 2, 0, 1, 7];
        using RotaryTable table = new(new Device(), 8, HeadWidth, theta: 100);
        fixed (int* pinned = positions)
        {
            int* pointer = pinned;
            OperationCheck.Compare([new(2, 3, 2 * HeadWidth)], norm ? [new(HeadWidth)] : [],
                (tape, t, p) => tape.Rotary(spends ? tape.Scale(t[0], 1) : t[0], table, pointer, norm ? p[0] : null, 1e-5f, spends),
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
