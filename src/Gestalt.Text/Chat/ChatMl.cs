using System.Text;

namespace Gestalt.Text;

/// <summary>A conversation as a model reads it. Both arrays have the same length.</summary>
/// <param name="Ids">The token ids.</param>
/// <param name="LossMask">
/// For each id whether it is to be learnt: true exactly on the content of the assistant's messages and on the <c>&lt;|im_end|&gt;</c> that closes each. It marks the
/// id as a target; in training, position t predicts id t + 1, so its loss counts where <c>LossMask[t + 1]</c>.
/// </param>
public sealed record RenderedConversation(int[] Ids, bool[] LossMask);

/// <summary>
/// ChatML, the form in which our assistants read conversations. Each message is, byte for byte,
/// <code>&lt;|im_start|&gt;role⏎content&lt;|im_end|&gt;⏎</code>
/// where the two marks are special tokens and ⏎ is a line feed. The generation prompt is <c>&lt;|im_start|&gt;assistant⏎</c>.
/// </summary>
/// <remarks>
/// <para>
/// Role with line feed, content, and the line feed at the end are encoded apart from each other, so that the ids of a training example begin exactly as those of the prompt
/// do that the model continues later. (Encoding the header and a content that starts with white space together, as Hugging Face does, can join them in one token.)
/// </para>
/// <para>
/// Trained are the assistant's content and its closing mark, by which it learns to stop. Not trained are system and user messages, all
/// headers, which the program writes, and the line feed after the mark, before which generation has stopped.
/// </para>
/// </remarks>
public static class ChatMl
{
    /// <summary>The same form as a chat template, for files that carry one: other programs write conversations by it.</summary>
    public const string Template =
        "{% for message in messages %}" +
        "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
        "{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>Writes a conversation as ids.</summary>
    /// <param name="tokenizer">A vocabulary with <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>.</param>
    /// <param name="conversation">The messages. What they say never becomes a special token.</param>
    /// <param name="addGenerationPrompt">End with the header of an assistant's message, for the model to go on.</param>
    /// <exception cref="InvalidOperationException">The vocabulary lacks the special tokens.</exception>
    /// <exception cref="ArgumentException">A role is empty or has a control character in it, such as a line feed; or a message calls tools, for which this form has no place.</exception>
    public static RenderedConversation Render(Tokenizer tokenizer, Conversation conversation, bool addGenerationPrompt = false)
    {
        var ids = new List<int>();
        var trained = new List<(int Start, int End)>();
        foreach (Message message in conversation.Messages)
        {
            if (message.ToolCalls.Count > 0)
            {
                throw new ArgumentException($"A message calls the tool '{message.ToolCalls[0].Name}', for which Gestalt's ChatML has no form. Write calls as text, or use a model with a chat template of its own.", nameof(conversation));
            }

            AppendHeader(tokenizer, message.Role, ids);
            int start = ids.Count;
            tokenizer.Encode(Encoding.UTF8.GetBytes(message.Content), ids);
            ids.Add(tokenizer.Special.MessageEnd);
            if (message.Role == Roles.Assistant)
            {
                trained.Add((start, ids.Count));
            }

            tokenizer.Encode("\n"u8, ids);
        }

        if (addGenerationPrompt)
        {
            AppendHeader(tokenizer, Roles.Assistant, ids);
        }

        var mask = new bool[ids.Count];
        foreach ((int start, int end) in trained)
        {
            mask.AsSpan(start..end).Fill(true);
        }

        return new RenderedConversation([.. ids], mask);
    }

    /// <summary>The same conversation as text, the special tokens by their names: for people to read, not to be encoded again.</summary>
    public static string ToText(Conversation conversation, bool addGenerationPrompt = false)
    {
        var text = new StringBuilder();
        foreach (Message message in conversation.Messages)
        {
            text.Append(SpecialTokens.MessageStartName).Append(message.Role).Append('\n')
                .Append(message.Content).Append(SpecialTokens.MessageEndName).Append('\n');
        }

        return addGenerationPrompt ? text.Append(SpecialTokens.MessageStartName).Append("assistant\n").ToString() : text.ToString();
    }

    private static void AppendHeader(Tokenizer tokenizer, string role, List<int> ids)
    {
        if (role.Length == 0 || role.Any(char.IsControl))
        {
            throw new ArgumentException($"\"{role.ReplaceLineEndings("\\n")}\" cannot be the role of a message: a role is one word such as system, user or assistant.", nameof(role));
        }

        ids.Add(tokenizer.Special.MessageStart);
        tokenizer.Encode(Encoding.UTF8.GetBytes(role + "\n"), ids);
    }
}
