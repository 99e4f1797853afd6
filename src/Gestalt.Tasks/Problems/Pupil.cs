using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>How a pupil works, in percent: imperfect on purpose, so that whoever learns from examples has something left to find out alone.</summary>
/// <param name="Slips">How often a step's result is wrong.</param>
/// <param name="Blurts">How often nothing is written down, which makes slips three times as likely.</param>
/// <param name="Checks">How often the work is done twice, and a third time where the two differ.</param>
/// <param name="Patience">How many attempts are made where attempts are needed.</param>
public readonly record struct PupilHabits(int Slips = 10, int Blurts = 30, int Checks = 10, int Patience = 4);

/// <summary>Somebody who solves problems: chance and habits.</summary>
/// <param name="dice">Chance.</param>
/// <param name="habits">Habits.</param>
public sealed class Pupil(Dice dice, PupilHabits habits)
{
    private static readonly int[] Errors = [-10, -2, -1, 1, 2, 10];
    private Dice _dice = dice;
    private int _slips = habits.Slips;

    /// <summary>Words by which a pupil says that the work is done again, and that it came out differently.</summary>
    public const string CheckWord = "check :", RetryWord = "no , again :";

    /// <summary>How many attempts are made where attempts are needed.</summary>
    public int Patience => habits.Patience;

    /// <summary>Chance, for what is tried.</summary>
    public ref Dice Dice => ref _dice;

    /// <summary>The result of a step: what it should be, or a little beside it.</summary>
    /// <param name="right">What it should be.</param>
    public int Result(int right) => _dice.Chance(_slips) ? right + _dice.Pick(Errors) : right;

    /// <summary>Whether the next step goes wrong, where the result is no number.</summary>
    public bool Slips() => _dice.Chance(_slips);

    /// <summary>A whole reply to a problem, as such a pupil gives it.</summary>
    /// <param name="problem">The problem.</param>
    public string Reply(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (_dice.Chance(habits.Blurts))
        {
            _slips = Math.Min(100, 3 * habits.Slips);
            string blurted = problem.Work(this).Answer;
            _slips = habits.Slips;
            return blurted;
        }

        WorkedAnswer work = problem.Work(this);
        string thinking = work.Thinking;
        if (_dice.Chance(habits.Checks))
        {
            WorkedAnswer second = problem.Work(this);
            thinking += $"\n{CheckWord} {second.Thinking}";
            if (second.Answer != work.Answer)
            {
                work = problem.Work(this);
                thinking += $"\n{RetryWord} {work.Thinking}";
            }
        }

        return $"{ProblemReply.Open} {thinking} {ProblemReply.Close} {work.Answer}";
    }
}
