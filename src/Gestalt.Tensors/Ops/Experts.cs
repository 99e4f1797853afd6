using Gestalt.Kernels;
namespace Gestalt.Tensors;

/// <summary>One of several gated feed-forward layers side by side.</summary>
/// <param name="Gate">What opens and closes (F,C).</param>
/// <param name="Up">What passes (F,C).</param>
/// <param name="Down">Back to the stream (C,F).</param>
public sealed record Expert(Parameter Gate, Parameter Up, Parameter Down);

/// <content>
/// Mixture of experts (Shazeer et al., arXiv 1701.06538), routed as in Mixtral (arXiv 2401.04088): each token takes the k experts of the highest scores, and
/// y = Σ w(e) down(e)(silu(gate(e)(x)) up(e)(x)) with w the softmax over those k scores. Tokens are gathered by expert, so that each expert's weights are
/// read once. There is no backward: such models are run, not trained.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Sends each token through the experts that a router chooses.</summary>
    /// <param name="x">Input (…,C).</param>
    /// <param name="router">Scores of the experts (E,C).</param>
    /// <param name="experts">The E experts.</param>
    /// <param name="used">k: how many a token takes.</param>
    /// <param name="kind">What opens their gates.</param>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public Tensor Experts(Tensor x, Parameter router, ReadOnlySpan<Expert> experts, int used, GateKind kind = GateKind.Silu)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(router);
        if (Recording)
        {
            throw new InvalidOperationException("A mixture of experts can be run but not trained: choose a dense model to train.");
        }

        (int rows, int width, int hidden) = (x.Shape.Rows, x.Shape.Width, experts[0].Up.Shape[0]);
        Tensor y = New(x.Shape);
        int mark = TensorCount;
        Device.Clear(y.Data, y.Shape.Length);
        float* scores = New(new Shape(rows, experts.Length)).Data;
        int* chosen = (int*)New(new Shape(rows, used)).Data;
        float* weights = New(new Shape(rows, used)).Data;
        int* places = (int*)New(new Shape(rows)).Data;
        float* gathered = New(new Shape(rows, width)).Data;
        float* gate = New(new Shape(rows, hidden)).Data;
        float* up = New(new Shape(rows, hidden)).Data;
        Product(router, x.Data, rows, scores); // (rows,E)
        for (int row = 0; row < rows; row++)
        {
            Route(new Span<float>(scores + ((long)row * experts.Length), experts.Length),
                new Span<int>(chosen + ((long)row * used), used), new Span<float>(weights + ((long)row * used), used));
        }

        for (int e = 0; e < experts.Length; e++)
        {
            int count = 0;
            for (int place = 0; place < rows * used; place++)
            {
                if (chosen[place] == e)
                {
                    places[count++] = place;
                }
            }

            if (count == 0)
            {
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                new ReadOnlySpan<float>(x.Data + ((long)(places[i] / used) * width), width).CopyTo(new Span<float>(gathered + ((long)i * width), width));
            }

            Product(experts[e].Gate, gathered, count, gate); // (count,F)
            Product(experts[e].Up, gathered, count, up); // (count,F)
            Device.GatedForward(kind, gate, up, gate, (long)count * hidden);
            Product(experts[e].Down, gate, count, gathered); // (count,C)
            for (int i = 0; i < count; i++)
            {
                Device.AddScaled(y.Data + ((long)(places[i] / used) * width), gathered + ((long)i * width), weights[places[i]], width);
            }
        }

        ReleaseSince(mark, keep: null);
        return y;
    }

    /// <summary>Takes the highest scores, of equal ones the first; their weights are a softmax among them.</summary>
    private static void Route(Span<float> scores, Span<int> chosen, Span<float> weights)
    {
        float highest = 0, sum = 0;
        for (int k = 0; k < chosen.Length; k++)
        {
            int best = -1;
            for (int e = 0; e < scores.Length; e++)
            {
                // No expert twice, whatever the scores: damaged weights make NaN of them, of which none is the highest.
                if (!chosen[..k].Contains(e) && (best < 0 || scores[e] > scores[best]))
                {
                    best = e;
                }
            }

            highest = k == 0 ? scores[best] : highest;
            (chosen[k], weights[k]) = (best, MathF.Exp(scores[best] - highest));
            sum += weights[k];
        }

        foreach (ref float weight in weights)
        {
            weight /= sum;
        }
    }
}
