namespace Gestalt.Text;

/// <summary>Takes the words into which a <see cref="PreTokenizer"/> cuts a text.</summary>
internal unsafe interface IWordSink
{
    /// <summary>Takes the next word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the word starts.</param>
    /// <param name="end">Where it ends; it is never empty.</param>
    void Word(byte* text, int start, int end);
}
