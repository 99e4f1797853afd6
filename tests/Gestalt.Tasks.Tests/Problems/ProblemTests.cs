using Gestalt.Tasks.Problems;
using Gestalt.World;

namespace Gestalt.Tasks.Tests.Problems;

/// <summary>Problems that are made: the same by number, never on both sides, and solved by their own answers.</summary>
public sealed class ProblemTests
{
    public static TheoryData<string> Kinds => [.. ProblemKinds.All.Select(kind => kind.Name)];

    [Theory, MemberData(nameof(Kinds)), Trait("Speed", "Smoke")]
    public void A_problem_is_solved_by_its_own_answer_with_or_without_thinking(string kind)
    {
        foreach (Problem problem in Source(kind, ProblemSplit.Train, 1).Take(300))
        {
            Assert.True(problem.Grade(problem.Answer).IsRight, $"{problem.Question} {problem.Answer}");
            Assert.True(problem.Grade($"<think> so that is it </think>\n\n{problem.Answer}").IsRight, $"{problem.Question} {problem.Answer}");
            Assert.True(problem.Question.All(char.IsAscii) && problem.Question.Length < 200, problem.Question);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_same_number_is_the_same_problem_and_another_seed_makes_others(string kind)
    {
        ProblemSource one = Source(kind, ProblemSplit.Train, 5), again = Source(kind, ProblemSplit.Train, 5), other = Source(kind, ProblemSplit.Train, 6);
        string[] questions = [.. one.Take(50).Select(problem => problem.Question)];
        Assert.Equal(questions[49], again.At(49).Question);
        Assert.Equal(questions, again.Take(50).Select(problem => problem.Question));
        Assert.NotEqual(questions, other.Take(50).Select(problem => problem.Question));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void No_problem_is_on_both_sides_whatever_the_seeds(string kind)
    {
        HashSet<string> learned = [.. Enumerable.Range(0, 3).SelectMany(seed => Source(kind, ProblemSplit.Train, (ulong)seed).Take(1500)).Select(problem => problem.Key)];
        Problem[] held = [.. Enumerable.Range(0, 3).SelectMany(seed => Source(kind, ProblemSplit.HeldOut, (ulong)seed).Take(300))];
        Assert.DoesNotContain(held, problem => learned.Contains(problem.Key));
        HashSet<string> questions = [.. Enumerable.Range(0, 3).SelectMany(seed => Source(kind, ProblemSplit.Train, (ulong)seed).Take(1500)).Select(problem => problem.Question)];
        Assert.DoesNotContain(held, problem => questions.Contains(problem.Question));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_order_of_what_is_symmetric_does_not_make_another_problem(string kind)
    {
        // Found by question: the sides of "a + b" and "b + a", "x or y" and "y or x", and of games with their numbers in another order are the same.
        var byKey = new Dictionary<string, ProblemSplit>();
        foreach (Problem problem in Source(kind, ProblemSplit.Train, 3).Take(2000).Concat(Source(kind, ProblemSplit.HeldOut, 3).Take(2000)))
            Assert.Equal(byKey.TryGetValue(problem.Key, out ProblemSplit side) ? side : byKey[problem.Key] = ProblemSource.SideOf(problem), ProblemSource.SideOf(problem));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_pupil_without_slips_is_right_and_one_with_them_often_is_not(string kind)
    {
        Problem[] problems = [.. Source(kind, ProblemSplit.Train, 2).Take(200)];
        int careful = Right(new PupilHabits(Slips: 0, Blurts: 0, Checks: 30, Patience: 200)), careless = Right(new PupilHabits(Slips: 60, Blurts: 0, Checks: 0, Patience: 2));
        Assert.True(careful >= 190, $"{careful} of 200"); // countdown's attempts may run out
        Assert.InRange(careless, 1, 150);
        Assert.Equal(careless, Right(new PupilHabits(Slips: 60, Blurts: 0, Checks: 0, Patience: 2)));

        int Right(PupilHabits habits) => problems.Where((problem, i) => problem.Grade(new Pupil(new Dice(9, (ulong)i), habits).Reply(problem)).IsRight).Count();
    }

    [Fact]
    public void Pupils_who_check_say_so_and_begin_again_where_they_differ()
    {
        ProblemSource source = Source("arithmetic", ProblemSplit.Train, 2);
        string[] replies = [.. Enumerable.Range(0, 200).Select(i => new Pupil(new Dice(9, (ulong)i), new PupilHabits(Slips: 30, Blurts: 0, Checks: 100)).Reply(source.At(i)))];
        Assert.All(replies, reply => Assert.Contains(Pupil.CheckWord, reply, StringComparison.Ordinal));
        Assert.InRange(replies.Count(reply => reply.Contains(Pupil.RetryWord, StringComparison.Ordinal)), 20, 180);
    }

    [Fact]
    public void Answers_known_by_hand()
    {
        Assert.Equal(["9.9"], Find("comparisons", problem => problem.Question.Contains(" 9.9 ", StringComparison.Ordinal) && problem.Question.Contains(" 9.11 ", StringComparison.Ordinal)).Select(problem => problem.Answer).Distinct().Take(1));
        Problem leap = Find("dates", problem => problem.Question.Contains("2024-02-2", StringComparison.Ordinal)).First();
        string[] words = leap.Question.Split(' ');
        Assert.Equal(DateTime.Parse(words[6], System.Globalization.CultureInfo.InvariantCulture).AddDays(int.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), leap.Answer);

        static IEnumerable<Problem> Find(string kind, Func<Problem, bool> wanted)
        {
            IProblemKind made = ProblemKinds.Find(kind)[0];
            var dice = new Dice(1);
            while (true)
            {
                Problem problem = made.Draw(ref dice);
                if (wanted(problem)) return [problem];
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_kind_knows_its_questions_and_no_others(string kind)
    {
        foreach (IProblemKind asked in ProblemKinds.All)
            Assert.All(Source(asked.Name, ProblemSplit.Train, 4).Take(300), problem => Assert.Equal(asked.Name == kind, ProblemKinds.Find(kind)[0].Asks(problem.Question)));
        Assert.False(ProblemKinds.Find(kind)[0].Asks("What is the trade of Fergus Thistleby?"));
    }

    [Fact]
    public void Sums_are_worked_column_by_column_with_what_is_carried()
    {
        var careful = new PupilHabits(Slips: 0, Blurts: 0, Checks: 0);
        string[] replies = [.. Source("sums", ProblemSplit.Train, 1).Take(400).Select(problem => problem.Question + new Pupil(new Dice(1), careful).Reply(problem))];
        Assert.All(replies, reply => Assert.Matches(@"^What is (\d)(\d) \+ (\d)(\d) \?<think> \2\+\4=\d+, \1\+\3(\+1)?=\d+ </think> \d+$", reply));
        Assert.InRange(replies.Count(reply => reply.Contains("+1=", StringComparison.Ordinal)), 120, 280); // half of them carry
    }

    [Fact]
    public void Comparisons_are_of_unequal_length_half_the_time_and_a_guess_is_right_half_the_time()
    {
        Problem[] pairs = [.. Source("comparisons", ProblemSplit.Train, 1).Take(1000)];
        Assert.InRange(pairs.Count(pair => pair.Question.Split(' ') is [_, _, _, string left, _, string right, _] && left.TrimEnd(',').Split('.')[1].Length != right.Split('.')[1].Length), 400, 560);
        Assert.All(pairs, pair => Assert.Equal(0.5, pair.GuessRate));
    }

    [Fact]
    public void Problems_of_a_list_can_be_left_out_and_kinds_have_no_end()
    {
        Problem[] some = [.. Source("sums", ProblemSplit.Train, 1).Take(20)];
        ProblemSource list = ProblemSource.Of("list", some, 1);
        Assert.Equal(some.Where(problem => problem.Answer.Length == 2).Select(problem => problem.Key).Order(), list.Where(problem => problem.Answer.Length == 2)!.Take(20).Select(problem => problem.Key).Order());
        Assert.Same(list, list.Where(_ => true));
        Assert.Null(list.Where(_ => false));
        Assert.Null(Source("sums", ProblemSplit.Train, 1).Where(_ => false)!.Count);
    }

    [Fact]
    public void A_kind_that_is_not_there_is_refused_with_those_that_are() =>
        Assert.Contains("countdown", Assert.Throws<ArgumentException>(() => ProblemKinds.Find("countdwn")).Message, StringComparison.Ordinal);

    private static ProblemSource Source(string kind, ProblemSplit split, ulong seed) => ProblemSource.Of(ProblemKinds.Find(kind), split, seed);
}
