namespace Gestalt.Text;

/// <summary>One rule of a vocabulary: where <paramref name="Left"/> stands before <paramref name="Right"/>, both become <paramref name="Product"/>.</summary>
/// <param name="Left">The id of the first token.</param>
/// <param name="Right">The id of the second token.</param>
/// <param name="Product">The id of the token that holds the bytes of both.</param>
internal readonly record struct Merge(int Left, int Right, int Product);
