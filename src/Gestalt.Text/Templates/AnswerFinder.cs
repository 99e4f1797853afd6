namespace Gestalt.Text.Templates;

/// <summary>
/// Finds what the assistant says in a rendered conversation, exactly, whatever the template. Where its author marked it with <c>{% generation %}</c>, that is it. Elsewhere the
/// template is run again with only one message traced, which shows where that message's own characters came out. An answer begins where the generation prompt ends that the
/// template writes for the messages before it, so that tags which the template puts around a tool call are learned, and its headers are not; and it ends with the mark that follows.
/// </summary>
internal static class AnswerFinder
{
    public static TrainingText Find(ChatTemplate template, Conversation conversation, IReadOnlyList<string> ends, TemplateOptions options)
    {
        TracedText text = template.Run(conversation, options, default);
        if (template.MarksAnswers)
        {
            return new TrainingText(text, [.. Content(template.Run(conversation, options, Traced.Answers))
                .Select(span => span with { FollowsPrompt = true, HasEnd = ends.Any(end => text.Characters.AsSpan(span.Start, span.End - span.Start).EndsWith(end, StringComparison.Ordinal)) })]);
        }

        var answers = new List<AnswerSpan>();
        List<AnswerSpan> content = Content(text);
        for (int i = 0; i < conversation.Messages.Count; i++)
        {
            if (conversation.Messages[i].Role == Roles.Assistant)
            {
                answers.Add(Answer(template, conversation, i, text, content, ends, options));
            }
        }

        return new TrainingText(text, answers);
    }

    private static AnswerSpan Answer(
        ChatTemplate template, Conversation conversation, int number, TracedText text, List<AnswerSpan> content, IReadOnlyList<string> ends, TemplateOptions options)
    {
        Message message = conversation.Messages[number];
        List<AnswerSpan> own = Content(template.Run(conversation, options, Traced.Message(number)));
        if (own.Count == 0)
        {
            throw new TemplateException($"it leaves message {number + 1}, the assistant's, out");
        }

        if (message.ToolCalls.FirstOrDefault(call => !own.Any(span => text.Characters.AsSpan(span.Start, span.End - span.Start).Contains(call.Name, StringComparison.Ordinal))) is { } lost)
        {
            throw new TemplateException($"it has no place for the call of '{lost.Name}' in message {number + 1}");
        }

        (int first, int last) = (own[0].Start, own[^1].End);
        int? prompt = PromptEnd(template, conversation, number, text, content, first, options);
        if (prompt is null && message.ToolCalls.Count > 0)
        {
            throw new TemplateException(
                $"it writes the call of '{message.ToolCalls[0].Name}' in message {number + 1} where its generation prompt would not go on: what of it is the assistant's can only be said by {{% generation %}} in the template");
        }

        int? end = EndMark(text, last, NextContent(content, last, text.Length), ends);
        return new AnswerSpan(prompt ?? first, end ?? last) { FollowsPrompt = prompt is not null, HasEnd = end is not null };
    }

    /// <summary>
    /// Where the generation prompt before a message ends, or null where the template writes something else there. What the author writes between the last word of the messages before and the
    /// answer is compared, not the whole prompt: templates may write earlier messages differently once others follow.
    /// </summary>
    private static int? PromptEnd(
        ChatTemplate template, Conversation conversation, int number, TracedText text, List<AnswerSpan> content, int first, TemplateOptions options)
    {
        TracedText prompt;
        try
        {
            prompt = template.Run(conversation with { Messages = [.. conversation.Messages.Take(number)] }, options with { AddGenerationPrompt = true }, default);
        }
        catch (TemplateException)
        {
            return null; // Some templates want a first message, or a person's last.
        }

        int before = EndBefore(content, first), spoken = EndBefore(Content(prompt), prompt.Length);
        ReadOnlySpan<char> tail = prompt.Characters.AsSpan(spoken);
        return before + tail.Length <= first && text.Characters.AsSpan(before).StartsWith(tail, StringComparison.Ordinal) ? before + tail.Length : null;
    }

    /// <summary>Behind the first name of an ending token that the author wrote between an answer and what comes next.</summary>
    private static int? EndMark(TracedText text, int last, int next, IReadOnlyList<string> ends)
    {
        (int start, int end) = (next, -1);
        foreach (string name in ends)
        {
            int at = text.Characters.IndexOf(name, last, next - last, StringComparison.Ordinal);
            if (at >= 0 && (at < start || (at == start && at + name.Length > end)))
            {
                (start, end) = (at, at + name.Length);
            }
        }

        return end < 0 ? null : end;
    }

    /// <summary>The stretches that the author did not write.</summary>
    private static List<AnswerSpan> Content(TracedText text)
    {
        var spans = new List<AnswerSpan>();
        ReadOnlySpan<int> turns = text.Turns;
        for (int i = 0; i < turns.Length; i += 2)
        {
            int end = i + 1 < turns.Length ? turns[i + 1] : text.Length;
            if (end > turns[i])
            {
                spans.Add(new AnswerSpan(turns[i], end));
            }
        }

        return spans;
    }

    private static int EndBefore(List<AnswerSpan> content, int place)
    {
        int end = 0;
        foreach (AnswerSpan span in content)
        {
            if (span.Start >= place)
            {
                break;
            }

            end = Math.Min(span.End, place);
        }

        return end;
    }

    private static int NextContent(List<AnswerSpan> content, int place, int length)
    {
        foreach (AnswerSpan span in content)
        {
            if (span.End > place)
            {
                return Math.Max(span.Start, place);
            }
        }

        return length;
    }
}
