namespace Gestalt.Kernels.Tests.Attention;

/// <summary>Attention as the formula says it, in double precision, with the whole T×T matrix.</summary>
internal static class AttentionTwin
{
    public static (double[] Output, double[] LogSumExp) Forward(in AttentionShape s, double[] q, double[] k, double[] v, int[]? keyStart)
    {
        var output = new double[s.Batch * s.Queries * s.Heads * s.HeadWidth];
        var logSumExp = new double[s.Batch * s.Heads * s.Queries];
        for (int b = 0; b < s.Batch; b++)
        {
            for (int h = 0; h < s.Heads; h++)
            {
                for (int t = 0; t < s.Queries; t++)
                {
                    double[] p = Probabilities(s, q, k, keyStart, b, h, t, out double logSum, out _);
                    logSumExp[(((b * s.Heads) + h) * s.Queries) + t] = logSum;
                    for (int j = 0; j < s.Keys; j++)
                    {
                        for (int d = 0; d < s.HeadWidth; d++)
                        {
                            output[Query(s, b, t, h) + d] += p[j] * v[Key(s, b, j, h) + d];
                        }
                    }
                }
            }
        }

        return (output, logSumExp);
    }

    public static (double[] Q, double[] K, double[] V) Backward(
        in AttentionShape s, double[] q, double[] k, double[] v, int[]? keyStart, double[] dO)
    {
        var dQ = new double[q.Length];
        var dK = new double[k.Length];
        var dV = new double[v.Length];
        for (int b = 0; b < s.Batch; b++)
        {
            for (int h = 0; h < s.Heads; h++)
            {
                for (int t = 0; t < s.Queries; t++)
                {
                    double[] p = Probabilities(s, q, k, keyStart, b, h, t, out _, out double[] slopes);
                    var dP = new double[s.Keys];
                    double delta = 0;
                    for (int j = 0; j < s.Keys; j++)
                    {
                        for (int d = 0; d < s.HeadWidth; d++)
                        {
                            dP[j] += dO[Query(s, b, t, h) + d] * v[Key(s, b, j, h) + d];
                            dV[Key(s, b, j, h) + d] += p[j] * dO[Query(s, b, t, h) + d];
                        }

                        delta += p[j] * dP[j];
                    }

                    for (int j = 0; j < s.Keys; j++)
                    {
                        double dS = p[j] * (dP[j] - delta) * slopes[j] * s.Scale;
                        for (int d = 0; d < s.HeadWidth; d++)
                        {
                            dQ[Query(s, b, t, h) + d] += dS * k[Key(s, b, j, h) + d];
                            dK[Key(s, b, j, h) + d] += dS * q[Query(s, b, t, h) + d];
                        }
                    }
                }
            }
        }

        return (dQ, dK, dV);
    }

    private static int Query(in AttentionShape s, int b, int t, int h) => ((((b * s.Queries) + t) * s.Heads) + h) * s.HeadWidth;

    private static int Key(in AttentionShape s, int b, int j, int h) =>
        ((((b * s.KeyCapacity) + j) * s.KeyValueHeads) + (h / s.HeadsPerKeyValueHead)) * s.HeadWidth;

    private static double[] Probabilities(
        in AttentionShape s, double[] q, double[] k, int[]? keyStart, int b, int h, int t, out double logSum, out double[] slopes)
    {
        var p = new double[s.Keys];
        slopes = new double[s.Keys];
        int start = keyStart is null ? 0 : keyStart[(b * s.Queries) + t];
        int limit = s.Keys - s.Queries + t;
        double sum = 0;
        for (int j = start; j <= limit; j++)
        {
            double score = 0;
            for (int d = 0; d < s.HeadWidth; d++)
            {
                score += q[Query(s, b, t, h) + d] * k[Key(s, b, j, h) + d];
            }

            score *= s.Scale;
            slopes[j] = 1;
            if (s.SoftCap > 0)
            {
                double tanh = Math.Tanh(score / s.SoftCap);
                score = s.SoftCap * tanh;
                slopes[j] = 1 - (tanh * tanh);
            }

            p[j] = Math.Exp(score);
            sum += p[j];
        }

        for (int j = start; j <= limit; j++)
        {
            p[j] /= sum;
        }

        logSum = Math.Log(sum);
        return p;
    }
}
