namespace Gestalt.Inference.Constraints;

/// <summary>The white space that a model may write between the parts of JSON.</summary>
public enum JsonWhitespace
{
    /// <summary>None: the shortest text.</summary>
    None,

    /// <summary>A blank, or a new line with up to 40 blanks or tabs of indentation; nothing before and behind the whole. Small models cannot lose themselves in endless white space.</summary>
    Short,

    /// <summary>All that RFC 8259 allows, before and behind the whole too.</summary>
    Any,
}
