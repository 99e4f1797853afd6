using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>A problem as a pupil answered it.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Reply">The reply, right or wrong.</param>
public readonly record struct WorkedProblem(Problem Problem, string Reply)
{
    /// <summary>Whether the reply is right.</summary>
    public bool IsRight => Problem.Grade(Reply).IsRight;

    /// <summary>Question and reply, for fine-tuning.</summary>
    public Conversation ToConversation() => Conversation.Of(new Message(Roles.User, Problem.Question), new Message(Roles.Assistant, Reply));
}

/// <summary>Worked examples by number: what a model learns the form from before it is rewarded.</summary>
/// <param name="problems">The problems.</param>
/// <param name="habits">How the pupil works.</param>
/// <param name="seed">Chance.</param>
public sealed class WorkedProblems(ProblemSource problems, PupilHabits habits, ulong seed)
{
    private const ulong PupilStream = 0x70_75_70_69_6C;

    /// <summary>An example by its number, from 0: the same number is always the same example.</summary>
    /// <param name="number">The number.</param>
    public WorkedProblem At(long number)
    {
        Problem problem = problems.At(number);
        return new WorkedProblem(problem, new Pupil(new Dice(seed ^ PupilStream, (ulong)number), habits).Reply(problem));
    }
}
