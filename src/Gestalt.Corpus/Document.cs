namespace Gestalt.Corpus;

/// <summary>A clean document: what a tokenizer and a model get to see.</summary>
/// <param name="Source">Where it came from: a file's path as given, with a record or line number behind <c>#</c> where the file holds several.</param>
/// <param name="Url">The page's address, or null for text that has none.</param>
/// <param name="Text">The text, lines ended by <c>\n</c>.</param>
public sealed record Document(string Source, string? Url, string Text);
