using System.Text;
using Gestalt.Text.Templates;

namespace Gestalt.Text;

/// <summary>A stretch of a rendered conversation.</summary>
/// <param name="Text">The characters.</param>
/// <param name="FromTemplate">Whether the template's author wrote them; else they came with the messages or tools.</param>
public readonly record struct PromptPart(string Text, bool FromTemplate);

/// <summary>
/// A conversation as its template writes it. The text remembers which of its characters the template's author wrote: only these can become special tokens, so that no
/// message and no tool can speak for someone else.
/// </summary>
public sealed class RenderedPrompt
{
    /// <summary>In place of a byte of content where names of special tokens are looked for: no name has it in it, since it is in no UTF-8 text.</summary>
    private const byte Content = 0xFF;

    private readonly TracedText _text;

    internal RenderedPrompt(TracedText text) => _text = text;

    /// <summary>The text, special tokens by their names: for people to read. Encoding it again would trust the content; <see cref="ToIds"/> does not.</summary>
    public string Text => _text.Characters;

    /// <summary>The text in stretches of the same origin.</summary>
    public IEnumerable<PromptPart> Parts
    {
        get
        {
            int start = 0;
            bool fromTemplate = true;
            foreach (int end in _text.Turns.ToArray().Append(Text.Length))
            {
                if (end > start)
                {
                    yield return new PromptPart(Text[start..end], fromTemplate);
                }

                (start, fromTemplate) = (end, !fromTemplate);
            }
        }
    }

    /// <summary>
    /// The text as ids. Names of special tokens stand for those tokens where the template's author wrote all of a name; elsewhere they are ordinary text. Where no message holds
    /// such a name, these are the ids of <see cref="Text"/> encoded as a whole with all special tokens.
    /// </summary>
    public int[] ToIds(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        byte[] utf8 = Encoding.UTF8.GetBytes(Text);
        var ids = new List<int>((utf8.Length / 3) + 8);
        tokenizer.EncodeWithSpecials(utf8, Searched(utf8), ids);
        return [.. ids];
    }

    /// <summary>
    /// The text in which special tokens are looked for: content is made unreadable there, but for its white space, which some tokens swallow next to them.
    /// </summary>
    internal byte[] Searched(byte[] utf8)
    {
        byte[] searched = [.. utf8];
        int at = 0;
        foreach (PromptPart part in Parts)
        {
            int end = at + Encoding.UTF8.GetByteCount(part.Text);
            while (!part.FromTemplate && at < end)
            {
                Rune.DecodeFromUtf8(utf8.AsSpan(at), out Rune rune, out int length);
                if (!Rune.IsWhiteSpace(rune))
                {
                    searched.AsSpan(at, length).Fill(Content);
                }

                at += length;
            }

            at = end;
        }

        return searched;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
