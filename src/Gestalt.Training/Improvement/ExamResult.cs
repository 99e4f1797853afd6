namespace Gestalt.Training.Improvement;

/// <summary>A question of an exam, and what a model made of it.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Expected">What would have been good.</param>
/// <param name="Answer">What came.</param>
/// <param name="IsGood">Whether it was good.</param>
public sealed record ExamAnswer(string Question, string Expected, string Answer, bool IsGood);

/// <summary>Questions of one kind, each answered well or not.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Meaning">What is asked, and what counts as good.</param>
/// <param name="IsFlagged">Whether these are what was to become better; else they are what was to stay.</param>
/// <param name="Chance">The share that guessing would reach.</param>
/// <param name="Answers">The answers, in the order of the questions.</param>
public sealed record ExamPart(string Name, string Meaning, bool IsFlagged, double Chance, IReadOnlyList<ExamAnswer> Answers);

/// <summary>Texts of one kind, and what each cost the model: less is better.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Meaning">What is read.</param>
/// <param name="Unit">The unit of the costs.</param>
/// <param name="Costs">What each text cost.</param>
public sealed record ExamCost(string Name, string Meaning, string Unit, IReadOnlyList<double> Costs);

/// <summary>Everything that an exam asked a model; before and after are asked the same.</summary>
/// <param name="Parts">Questions.</param>
/// <param name="Costs">Texts.</param>
public sealed record ExamResult(IReadOnlyList<ExamPart> Parts, IReadOnlyList<ExamCost> Costs);
