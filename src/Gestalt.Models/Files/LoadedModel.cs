using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>A model as it comes out of a file; whoever loads it disposes of it.</summary>
public sealed record LoadedModel : IDisposable
{
    /// <summary>The parameters and the code that runs them.</summary>
    public required Transformer Transformer { get; init; }

    /// <summary>Its vocabulary.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>Every text in the file by its key, those of <see cref="ModelFileOptions.Metadata"/> among them.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>How the model's makers say conversations are written (Jinja), or null where they do not.</summary>
    public string? Template { get; init; }

    /// <summary>The token that sequences begin with, where the model has one.</summary>
    public int? StartId { get; init; }

    /// <summary>Whether every sequence begins with <see cref="StartId"/>, also where nobody writes it.</summary>
    public bool AddsStart { get; init; }

    /// <summary>The tokens after which the model has said what it wanted: the end of a text, of a turn, of a message to a tool.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Whether the model says how conversations are written: it was fine-tuned to answer.</summary>
    public bool IsAssistant => Template is not null;

    /// <summary>The same as <see cref="AddsStart"/>; in our own models the token between documents is the one that sequences begin with.</summary>
    public bool StartsWithEndOfText => AddsStart;

    /// <summary>The files that mapped parameters lie in.</summary>
    internal IDisposable? Mapping { get; init; }

    /// <summary>Returns the model's memory to the system and closes its files.</summary>
    public void Dispose()
    {
        Transformer.Dispose();
        Mapping?.Dispose();
    }
}
