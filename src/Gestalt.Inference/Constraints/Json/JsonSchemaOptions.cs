namespace Gestalt.Inference.Constraints;

/// <summary>How a JSON Schema becomes a constraint.</summary>
public sealed record JsonSchemaOptions
{
    /// <summary>The white space that may be written.</summary>
    public JsonWhitespace Whitespace { get; init; } = JsonWhitespace.Short;

    /// <summary>
    /// Whether objects have only the properties that they list, unless a schema says <c>additionalProperties</c>. By the standard they may have any others; with this, as OpenAI's structured
    /// output and llama.cpp have it, a model is not tempted to invent some.
    /// </summary>
    public bool ClosedObjects { get; init; }
}
