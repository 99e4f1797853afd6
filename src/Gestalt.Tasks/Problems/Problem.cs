namespace Gestalt.Tasks.Problems;

/// <summary>A problem whose answer can be checked exactly: what reinforcement learns from in place of examples.</summary>
/// <param name="Kind">The name of its kind, such as <c>countdown</c>.</param>
/// <param name="Key">What makes it this problem, however it is worded: problems of equal keys are the same one, and lie on the same side of the split.</param>
/// <param name="Question">What is asked.</param>
public abstract record Problem(string Kind, string Key, string Question)
{
    /// <summary>An answer that is right.</summary>
    public abstract string Answer { get; }

    /// <summary>The share of problems like this one that are solved by guessing among the answers that the question offers: a half for "this or that?", 0 where it offers none.</summary>
    public virtual double GuessRate => 0;

    /// <summary>Whether an answer, without the thinking before it, is right. Whatever else is said makes it wrong.</summary>
    /// <param name="answer">The answer without blanks around it.</param>
    public abstract bool Accepts(string answer);

    /// <summary>Solves it as a pupil would, step by step, with the slips of that pupil.</summary>
    /// <param name="pupil">Who solves it.</param>
    public abstract WorkedAnswer Work(Pupil pupil);

    /// <summary>Judges a whole reply: thinking between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>, or none, and then the answer and nothing else.</summary>
    /// <param name="reply">The reply.</param>
    public Grade Grade(string reply)
    {
        ProblemReply read = ProblemReply.Read(reply);
        return new Grade(read.Form == ReplyForm.Good && Accepts(read.Answer), read.Form, read.Thinking, read.Answer);
    }
}

/// <summary>What a reply was worth.</summary>
/// <param name="IsRight">Whether its form is good and its answer right.</param>
/// <param name="Form">Whether thinking and answer stand where they should.</param>
/// <param name="Thinking">What was thought; empty for nothing.</param>
/// <param name="Answer">What was answered; empty where there is no answer.</param>
public readonly record struct Grade(bool IsRight, ReplyForm Form, string Thinking, string Answer);

/// <summary>How somebody solved a problem.</summary>
/// <param name="Thinking">The steps.</param>
/// <param name="Answer">What came out, right or wrong.</param>
public readonly record struct WorkedAnswer(string Thinking, string Answer);
