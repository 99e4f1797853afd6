using System.Text;
using Gestalt.Text;

namespace Gestalt.Cli.Terminal;

/// <summary>A training example token by token: what is learned stands out, in colour on a terminal and between ⟦ and ⟧ elsewhere.</summary>
internal sealed class MaskText(Tokenizer tokenizer, bool colour)
{
    private const string Learned = "\u001b[1;32m", OtherLearned = "\u001b[32m", Plain = "\u001b[2m", Reset = "\u001b[0m";

    /// <summary>Whether stdout shows colours.</summary>
    public static bool HasColour => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    /// <summary>The example as text. Tokens are parted by · ; learned ones alternate between two greens, so that each can be seen.</summary>
    public string Render(RenderedConversation example)
    {
        var text = new StringBuilder();
        bool inside = false;
        for (int i = 0; i < example.Ids.Length; i++)
        {
            bool learned = example.LossMask[i];
            if (learned != inside && !colour) text.Append(learned ? '⟦' : '⟧');
            else if (i > 0) text.Append(colour ? "" : "·");
            inside = learned;
            string token = Shown(example.Ids[i]);
            if (colour) text.Append(learned ? (i % 2 == 0 ? Learned : OtherLearned) : Plain).Append(token).Append(Reset);
            else text.Append(token);
            if (token.EndsWith('⏎')) text.Append('\n');
        }

        if (inside && !colour) text.Append('⟧');
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The example for programs: ids, what each stands for, and whether it is learned.</summary>
    public object ForJson(RenderedConversation example) => new { example.Ids, Tokens = example.Ids.Select(Text), Learned = example.LossMask };

    private string Text(int id) => tokenizer.DecodeText([id]);

    private string Shown(int id) => string.Concat(Text(id).Select(letter => letter switch
    {
        '\n' => "⏎",
        '\t' => "⇥",
        _ when char.IsControl(letter) => "␦",
        _ => letter.ToString(),
    }));
}
