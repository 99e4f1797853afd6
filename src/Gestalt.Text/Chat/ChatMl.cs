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
/// The tools of a conversation are named at the end of its system message, <c>Tools: calculator, search</c>, or in one made for them; what they are for is learned in training. Calls stand at the
/// end of what the assistant says (<see cref="ToolText"/>), their marks special tokens where the vocabulary has such; a result is a message of the role <c>tool</c>, so that nobody but the
/// program can write one.
/// </para>
/// <para>
/// What an assistant thinks before it answers stands at the beginning of its message between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>, special tokens where the vocabulary has such.
/// </para>
/// <para>
/// Role with line feed, content, and the line feed at the end are encoded apart from each other, so that the ids of a training example begin exactly as those of the prompt
/// do that the model continues later. (Encoding the header and a content that starts with white space together, as Hugging Face does, can join them in one token.)
/// </para>
/// <para>
/// Trained are the assistant's content, its calls and its closing mark, by which it learns to stop. Not trained are messages of the system, of the user and of tools, all
/// headers, which the program writes, and the line feed after the mark, before which generation has stopped.
/// </para>
/// </remarks>
public static class ChatMl
{
    /// <summary>The same form as a chat template, for files that carry one: other programs write conversations by it.</summary>
    public const string Template =
        "{% if tools %}" +
        "{{ '<|im_start|>system\\n' + (messages[0]['content'] + '\\n\\n' if messages[0]['role'] == 'system' else '') + 'Tools: ' }}" +
        "{% for tool in tools %}{{ (', ' if not loop.first else '') + (tool['function'] or tool)['name'] }}{% endfor %}" +
        "{{ '<|im_end|>\\n' }}" +
        "{% endif %}" +
        "{% for message in messages %}{% if not (tools and loop.first and message['role'] == 'system') %}" +
        "{{ '<|im_start|>' + message['role'] + '\\n' + (message['content'] or '') }}" +
        "{% for call in message['tool_calls'] or [] %}" +
        "{{ '\\n' if message['content'] or not loop.first else '' }}" +
        "{{ '<tool_call>\\n{\"name\": ' + (call['function']['name'] | tojson) + ', \"arguments\": ' }}" +
        "{{ call['function']['arguments'] if call['function']['arguments'] is string else call['function']['arguments'] | tojson }}" +
        "{{ '}\\n</tool_call>' }}" +
        "{% endfor %}" +
        "{{ '<|im_end|>\\n' }}" +
        "{% endif %}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>What our files carried before there were tools; they are read as ever.</summary>
    private const string TemplateWithoutTools =
        "{% for message in messages %}" +
        "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
        "{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>Whether a file's template is this form, of today or of before.</summary>
    /// <param name="template">The template; null for none.</param>
    public static bool IsOwn(string? template) => template is Template or TemplateWithoutTools;

    /// <summary>Writes a conversation as ids.</summary>
    /// <param name="tokenizer">A vocabulary with <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>.</param>
    /// <param name="conversation">The messages. What they say never becomes a special token.</param>
    /// <param name="addGenerationPrompt">End with the header of an assistant's message, for the model to go on.</param>
    /// <exception cref="InvalidOperationException">The vocabulary lacks the special tokens.</exception>
    /// <exception cref="ArgumentException">A role is empty or has a control character in it, such as a line feed; or the tools are no list of tools.</exception>
    public static RenderedConversation Render(Tokenizer tokenizer, Conversation conversation, bool addGenerationPrompt = false)
    {
        var ids = new List<int>();
        var trained = new List<(int Start, int End)>();
        foreach (Message message in WithToolNames(conversation))
        {
            AppendHeader(tokenizer, message.Role, ids);
            int start = ids.Count;
            AppendContent(tokenizer, message, ids);
            AppendCalls(tokenizer, message, ids);
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
        foreach (Message message in WithToolNames(conversation))
        {
            text.Append(SpecialTokens.MessageStartName).Append(message.Role).Append('\n').Append(message.Content);
            for (int i = 0; i < message.ToolCalls.Count; i++)
            {
                text.Append(message.Content.Length > 0 || i > 0 ? "\n" : "").Append(ToolText.CallStart).Append(ToolText.BodyOf(message.ToolCalls[i])).Append(ToolText.CallEnd);
            }

            text.Append(SpecialTokens.MessageEndName).Append('\n');
        }

        return addGenerationPrompt ? text.Append(SpecialTokens.MessageStartName).Append("assistant\n").ToString() : text.ToString();
    }

    /// <summary>The messages, with the names of the tools in the system message.</summary>
    private static IEnumerable<Message> WithToolNames(Conversation conversation)
    {
        if (ToolNames(conversation.Tools) is not { Count: > 0 } names)
        {
            return conversation.Messages;
        }

        string named = ToolText.Heading + string.Join(", ", names);
        return conversation.Messages is [{ Role: Roles.System } system, ..]
            ? conversation.Messages.Skip(1).Prepend(system with { Content = system.Content + "\n\n" + named })
            : conversation.Messages.Prepend(new Message(Roles.System, named));
    }

    private static IReadOnlyList<string> ToolNames(string? tools)
    {
        try
        {
            return ToolText.NamesOf(tools);
        }
        catch (System.Text.Json.JsonException problem)
        {
            throw new ArgumentException($"The tools must be a JSON array of objects with \"type\" and \"function\": {problem.Message}", nameof(tools), problem);
        }
    }

    /// <summary>What an assistant thinks at the beginning of its answer stands between marks; whatever else is said is text.</summary>
    private static void AppendContent(Tokenizer tokenizer, Message message, List<int> ids)
    {
        string text = message.Content;
        int close = message.Role == Roles.Assistant && text.StartsWith(SpecialTokens.ThinkStartName, StringComparison.Ordinal)
            ? text.IndexOf(SpecialTokens.ThinkEndName, StringComparison.Ordinal)
            : -1;
        if (close >= 0)
        {
            AppendMark(tokenizer, SpecialTokens.ThinkStartName, ids);
            AppendText(tokenizer, text[SpecialTokens.ThinkStartName.Length..close], ids);
            AppendMark(tokenizer, SpecialTokens.ThinkEndName, ids);
            text = text[(close + SpecialTokens.ThinkEndName.Length)..];
        }

        AppendText(tokenizer, text, ids);
    }

    private static void AppendCalls(Tokenizer tokenizer, Message message, List<int> ids)
    {
        for (int i = 0; i < message.ToolCalls.Count; i++)
        {
            if (message.Content.Length > 0 || i > 0)
            {
                tokenizer.Encode("\n"u8, ids);
            }

            AppendMark(tokenizer, ToolText.CallStart, ids);
            AppendText(tokenizer, ToolText.BodyOf(message.ToolCalls[i]), ids);
            AppendMark(tokenizer, ToolText.CallEnd, ids);
        }
    }

    private static void AppendText(Tokenizer tokenizer, string text, List<int> ids) => tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);

    /// <summary>A vocabulary from before there were tools and thinking spells the mark.</summary>
    private static void AppendMark(Tokenizer tokenizer, string name, List<int> ids)
    {
        if (tokenizer.Special.Find(name) is { } mark)
        {
            ids.Add(mark);
        }
        else
        {
            AppendText(tokenizer, name, ids);
        }
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
