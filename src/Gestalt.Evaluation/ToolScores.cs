using Gestalt.Evaluation.Reports;
using Gestalt.Tasks.Tools;

namespace Gestalt.Evaluation;

/// <summary>Turns answers with and without tools into shares with intervals and chance levels.</summary>
public static class ToolScores
{
    private const int ExamplesOfEach = 4;

    /// <summary>One score for each group of skills and each way of asking, in the order in which they were asked.</summary>
    /// <param name="answers">All answers.</param>
    public static IReadOnlyList<Score> Of(IEnumerable<ToolAnswer> answers) =>
    [
        .. from answer in answers
           group answer by (Name: NameOf(answer.Question.Skill), answer.Mode) into all
           select Score($"{all.Key.Name}, {NameOf(all.Key.Mode)}", MeaningOf(all.Key.Mode), [.. all]),
    ];

    /// <summary>The score of questions that no page answers: right is to say so after searching.</summary>
    /// <param name="answers">The answers.</param>
    public static Score OfUntold(IReadOnlyList<ToolAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ToolAnswer[] judged = [.. answers.Select(answer => answer with { IsRight = World.AnswerJudge.SaysItDoesNotKnow(answer.Reply.Answer) })];
        return Score("never-told facts, admits not to know, with search", "True in the key but on no page: what is found does not answer, and the only right answer is to say so.", judged);
    }

    private static Score Score(string name, string meaning, ToolAnswer[] all) => new()
    {
        Name = name,
        Meaning = meaning,
        Result = new Proportion(all.Count(answer => answer.IsRight), all.Length, all.Average(answer => answer.Question.Chance)),
        Examples = [.. all.Where(answer => answer.IsRight).Take(ExamplesOfEach).Concat(all.Where(answer => !answer.IsRight).Take(ExamplesOfEach)).Select(ExampleOf)],
    };

    private static AnswerExample ExampleOf(ToolAnswer answer) => new(answer.Question.Text, answer.Question.Expected,
        string.Join(" → ", answer.Reply.Said.Select(message => message.ToolCalls.Count > 0 ? $"{message.Content}{string.Join(' ', message.ToolCalls.Select(call => $"{call.Name} {call.Arguments}"))}" : message.Content)),
        answer.IsRight);

    private static string NameOf(ToolSkill skill) => skill switch
    {
        ToolSkill.Arithmetic or ToolSkill.WordProblem => "arithmetic in unseen words",
        ToolSkill.Units => "units",
        ToolSkill.Comparison => "9.11 or 9.9",
        ToolSkill.Letters => "counting letters",
        ToolSkill.Backwards => "words backwards",
        ToolSkill.Dates => "dates",
        _ => "facts told rarely",
    };

    private static string NameOf(ToolMode mode) => mode switch { ToolMode.AtOnce => "at once", ToolMode.Stepwise => "step by step", _ => "with tools" };

    private static string MeaningOf(ToolMode mode) => mode switch
    {
        ToolMode.AtOnce => $"Asked in wordings, numbers and words that no training conversation has, to be answered without tools and at once (\"{ToolExam.AtOnce}\").",
        ToolMode.Stepwise => $"The same questions, to be answered without tools but with tokens to think (\"{ToolExam.Stepwise}\").",
        _ => "The same questions with tools: the call, its result and the answer have to be right.",
    };
}
