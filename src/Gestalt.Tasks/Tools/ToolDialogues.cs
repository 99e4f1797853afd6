using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>
/// Training conversations with tools, by number: most show a call, its result and the answer; the others answer the same kinds of questions without tools, at once or step by step, so that what
/// tools are worth can be measured on one model. Results are those of the tools themselves.
/// </summary>
/// <param name="questions">What is asked.</param>
public sealed class ToolDialogues(ToolQuestions questions)
{
    // Shares in a hundred. Without tools there are few examples for what cannot be learnt that way.
    private const int AtOnce = 6, Stepwise = 30, Untold = 27;

    /// <summary>The tools by their names and no more, as training files have them: the form of conversations writes no more of them.</summary>
    public string Named { get; } =
        $"[{string.Join(", ", questions.Tools.Tools.Select(tool => $"{{\"type\": \"function\", \"function\": {{\"name\": \"{tool.Name}\"}}}}"))}]";

    /// <summary>Training conversation <paramref name="number"/>.</summary>
    /// <param name="number">Its number.</param>
    public Conversation At(int number)
    {
        var dice = new Dice(0xD1A109, (ulong)number);
        ToolQuestion question = questions.At(number, Phrasing.Seen);
        int chance = dice.Below(100);
        if (question.Fact is not null)
        {
            return WithTool(chance < Untold ? questions.Untold(number, Phrasing.Seen) : question);
        }

        return chance < AtOnce ? Plain($"{question.Text} {ToolWordings.AtOnce}", question.Expected + ".")
            : chance < Stepwise && question.Steps is { } steps ? Plain($"{question.Text} {ToolWordings.Stepwise}", steps)
            : WithTool(question);
    }

    /// <summary>A question answered with its tool.</summary>
    /// <param name="question">The question.</param>
    public Conversation WithTool(ToolQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        ToolCall call = questions.Tools.CallOf(question.Tool, question.Argument);
        string result = questions.Tools.Run(call);
        string answer = question.Fact is { } talk ? Cited(talk, result) : question.FullAnswer;
        return Conversation.Of(
            new Message(Roles.User, question.Text), new Message(Roles.Assistant, "") { ToolCalls = [call] }, new Message(Roles.Tool, result), new Message(Roles.Assistant, answer))
            with
        { Tools = Named };
    }

    /// <summary>The answer that a search result supports: with the number of the first page that states the value, or that one does not know.</summary>
    /// <param name="talk">What was asked for.</param>
    /// <param name="result">What was found.</param>
    public static string Cited(FactTalk talk, string result)
    {
        ArgumentNullException.ThrowIfNull(talk);
        ArgumentNullException.ThrowIfNull(result);
        foreach (string line in result.Split('\n'))
        {
            int end = line.IndexOf(']', StringComparison.Ordinal);
            if (end > 0 && Supports(line[(end + 1)..], talk.Fact))
            {
                return $"{talk.Answer.TrimEnd('.')} {line[..(end + 1)]}.";
            }
        }

        return talk.Unknown;
    }

    /// <summary>Whether a sentence names both the one asked about and the value.</summary>
    internal static bool Supports(string sentence, Fact fact) =>
        sentence.Contains(fact.Subject.Name.Replace("\"", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase) && sentence.Contains(fact.Value, StringComparison.OrdinalIgnoreCase);

    private static Conversation Plain(string question, string answer) => Conversation.Of(new Message(Roles.User, question), new Message(Roles.Assistant, answer));
}
