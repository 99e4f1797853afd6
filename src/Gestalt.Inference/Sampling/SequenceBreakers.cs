using System.Text;
using Gestalt.Text;

namespace Gestalt.Inference;

/// <summary>Finds tokens by the text in them, for <see cref="SamplingOptions.DryBreakers"/>.</summary>
public static class SequenceBreakers
{
    /// <summary>The texts that llama.cpp breaks sequences at unless told otherwise: a line end, a colon, a quotation mark and an asterisk.</summary>
    public static IReadOnlyList<string> Default { get; } = ["\n", ":", "\"", "*"];

    /// <summary>The tokens that contain any of some texts. A text that is in no single token breaks nothing.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="texts">The texts.</param>
    public static int[] Find(Tokenizer tokenizer, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        byte[][] wanted = [.. texts.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes)];
        return [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => wanted.Any(text => tokenizer.TokenBytes(id).IndexOf(text) >= 0))];
    }
}
