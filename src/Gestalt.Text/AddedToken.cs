namespace Gestalt.Text;

/// <summary>A token that is looked for in text before anything else is done with it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What is looked for.</param>
/// <param name="TakesBlanksBefore">White space before it is swallowed (<c>lstrip</c>).</param>
/// <param name="TakesBlanksAfter">White space behind it is swallowed (<c>rstrip</c>).</param>
/// <param name="StandsAlone">It is not found within a word (<c>single_word</c>).</param>
/// <param name="IsNormalized">It is looked for in text that has been normalized, in its own normalized form.</param>
internal sealed record AddedToken(
    int Id, ReadOnlyMemory<byte> Text, bool TakesBlanksBefore = false, bool TakesBlanksAfter = false, bool StandsAlone = false, bool IsNormalized = false);
