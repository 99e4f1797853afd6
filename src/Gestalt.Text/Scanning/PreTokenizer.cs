namespace Gestalt.Text;

/// <summary>
/// The rule that cuts text into words before byte pairs are merged: no token ever crosses the border of a word.
/// A vocabulary is only meaningful together with the rule that it was trained with.
/// </summary>
/// <remarks>
/// Each rule is a published regular expression (<see cref="PreTokenizerExtensions.Pattern"/>), written here as a scanner over UTF-8.
/// <para>
/// <b>Invalid UTF-8.</b> The expressions are defined on characters. Bytes that are no part of a valid character split exactly
/// as if each of them were one U+FFFD: a symbol, neither letter, digit nor space. The bytes themselves are kept as they are.
/// </para>
/// <para>
/// <b>Character classes.</b> <c>\p{L}</c> and <c>\p{N}</c> are the Unicode general categories of whole code points (𝒜 and 𠀀 are letters), <c>\s</c> is
/// the property White_Space, and the case-insensitive contractions fold as Unicode does: <c>'ſ</c> (U+017F) is <c>'s</c>.
/// </para>
/// </remarks>
public enum PreTokenizer
{
    /// <summary>GPT-2's rule: an optional space before letters, digits or symbols; English contractions in lower case.</summary>
    Gpt2,

    /// <summary>GPT-4's <c>cl100k_base</c>: digits in groups of three, any one symbol before letters, line ends kept with the symbols before them.</summary>
    Cl100k,

    /// <summary>Qwen2's rule: that of <see cref="Cl100k"/>, but every digit stands alone.</summary>
    Qwen2,

    /// <summary>GPT-2's rule after every digit has been cut out to stand alone: StarCoder, SmolLM.</summary>
    Gpt2Digits,
}
