using System.Text;
using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Constraints;

/// <summary>Vocabularies for tests, and texts drawn at random under a mask.</summary>
internal static class Vocabularies
{
    /// <summary>All bytes, pieces of the given texts that begin and end anywhere, also within a character, and an end; the token before the end is special.</summary>
    public static TokenVocabulary Pieces(Random random, int count, params IReadOnlyList<string> texts)
    {
        var tokens = new List<byte[]?>();
        for (int value = 0; value < 256; value++)
            tokens.Add([(byte)value]);
        byte[][] sources = [.. texts.Select(Encoding.UTF8.GetBytes).Where(bytes => bytes.Length > 1)];
        for (int i = 0; i < count && sources.Length > 0; i++)
        {
            byte[] source = sources[random.Next(sources.Length)];
            int start = random.Next(source.Length);
            tokens.Add(source[start..Math.Min(source.Length, start + random.Next(1, 9))]);
        }
        tokens.Add(null);
        tokens.Add(Encoding.UTF8.GetBytes("<|end|>"));
        return new TokenVocabulary([.. tokens], [tokens.Count - 1]);
    }

    /// <summary>The tokens of a mask.</summary>
    public static List<int> Allowed(uint[] mask) => [.. Enumerable.Range(0, mask.Length * 32).Where(id => TokenMask.Allows(mask, id))];

    /// <summary>Draws allowed tokens until the text ends; null if it has not after so many. From half of them on, tokens that close something are preferred.</summary>
    public static byte[]? Walk(CompiledConstraint compiled, Random random, int most)
    {
        TokenConstraint constraint = compiled.Start();
        var mask = new uint[compiled.Vocabulary.MaskLength];
        var text = new List<byte>();
        for (int i = 0; i < most; i++)
        {
            constraint.Mask(mask);
            List<int> allowed = Allowed(mask);
            Assert.NotEmpty(allowed);
            int id = allowed[random.Next(allowed.Count)];
            if (i > most / 2)
                id = allowed.Find(compiled.Vocabulary.IsEnd) is int end && compiled.Vocabulary.IsEnd(end) ? end : Closing(compiled.Vocabulary, allowed, random) ?? id;
            constraint.Accept(id);
            if (constraint.IsFinished)
                return constraint.IsComplete ? [.. text] : throw new InvalidOperationException("ended incomplete");
            text.AddRange(compiled.Vocabulary.Bytes(id)!);
        }
        return null;
    }

    private static int? Closing(TokenVocabulary vocabulary, List<int> allowed, Random random)
    {
        int[] closing = [.. allowed.Where(id => vocabulary.Bytes(id) is [(byte)'"' or (byte)']' or (byte)'}' or (byte)')' or (byte)'0'])];
        return closing.Length == 0 ? null : closing[random.Next(closing.Length)];
    }
}
