using System.Runtime.InteropServices;
using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Studio.Pages.Inside;

/// <summary>A token as pages draw it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Its bytes, hexadecimal.</param>
/// <param name="Kind">What it is.</param>
internal sealed record TokenView(int Id, string Bytes, string Kind)
{
    public static TokenView Of(Tokenizer tokenizer, int id) => id < tokenizer.VocabularySize
        ? new TokenView(id, Convert.ToHexStringLower(tokenizer.TokenBytes(id)), tokenizer.KindOf(id).ToString())
        : new TokenView(id, "", nameof(TokenKind.Unused)); // a model may have more rows than its vocabulary has tokens
}

/// <summary>What one layer would say: the likeliest tokens with their probabilities, how unsure it is, and what it thinks of the token that came.</summary>
/// <param name="Likeliest">The likeliest tokens.</param>
/// <param name="Probabilities">Theirs.</param>
/// <param name="Entropy">In bits.</param>
/// <param name="Probability">Of the token that came; null if none has.</param>
/// <param name="Rank">How many are likelier than it.</param>
internal sealed record GuessView(IReadOnlyList<TokenView> Likeliest, IReadOnlyList<double> Probabilities, double Entropy, double? Probability, int? Rank)
{
    private const int Shown = 5;

    public static GuessView Of(float[] logits, Tokenizer tokenizer, int? next)
    {
        double highest = logits.Max(), sum = 0, weighted = 0;
        foreach (float logit in logits)
        {
            double weight = Math.Exp(logit - highest);
            sum += weight;
            weighted += weight * (logit - highest);
        }
        int[] best = Highest(logits, Shown);
        return new GuessView(
            [.. best.Select(id => TokenView.Of(tokenizer, id))], [.. best.Select(id => Math.Exp(logits[id] - highest) / sum)], (Math.Log(sum) - (weighted / sum)) / Math.Log(2),
            next is int came ? Math.Exp(logits[came] - highest) / sum : null, next is int id ? logits.Count(logit => logit > logits[id]) : null);
    }

    /// <summary>The ids of the highest logits, the highest first.</summary>
    public static int[] Highest(float[] logits, int count)
    {
        var queue = new PriorityQueue<int, float>();
        for (int id = 0; id < logits.Length; id++)
        {
            if (queue.Count < count)
                queue.Enqueue(id, logits[id]);
            else if (queue.TryPeek(out _, out float least) && logits[id] > least)
                queue.DequeueEnqueue(id, logits[id]);
        }
        int[] ids = new int[queue.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
            ids[i] = queue.Dequeue();
        return ids;
    }
}

/// <summary>An inspection as pages draw it: vectors as little-endian float32 in base64.</summary>
internal static class InspectionView
{
    /// <summary>Tokens that are named with their probabilities; more are never looked at.</summary>
    private const int Named = 60;

    public static object Of(Inspection inspection, Tokenizer tokenizer, int? next) => new
    {
        inspection.Position,
        Logits = Floats(inspection.Logits),
        Named = GuessView.Highest(inspection.Logits, Named).Select(id => TokenView.Of(tokenizer, id)),
        Guesses = inspection.Layers.Select(layer => layer.Logits).Prepend(inspection.EmbeddingLogits).Select(logits => GuessView.Of(logits, tokenizer, next)),
        Embedding = Floats(inspection.Embedding),
        Final = Floats(inspection.Final),
        Norms = inspection.StreamNorms.Select(Floats),
        Layers = inspection.Layers.Select(layer => new
        {
            Query = Floats(layer.Query),
            Key = Floats(layer.Key),
            Value = Floats(layer.Value),
            Attention = layer.Attention.Select(Floats),
            AttentionAdds = Floats(layer.AttentionAdds),
            Hidden = Floats(layer.Hidden),
            Experts = layer.Experts.Select(expert => new { expert.Expert, expert.Weight }),
            FeedForwardAdds = Floats(layer.FeedForwardAdds),
            Stream = Floats(layer.Stream),
        }),
    };

    /// <summary>Weights from 0 to 1 as bytes from 0 to 255: a picture has no more shades.</summary>
    public static string Shades(float[] weights) => Convert.ToBase64String([.. weights.Select(weight => (byte)MathF.Round(255 * weight))]);

    private static string Floats(float[] values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values.AsSpan()));
}
