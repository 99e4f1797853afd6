using System.Text.RegularExpressions;
using Gestalt.Evaluation;
using Gestalt.Training.Improvement;

namespace Gestalt.Training.Tests.Improvement;

public sealed partial class ImprovementReportTests
{
    private const double Margin = 0.02;

    [Fact]
    public void Shares_pairs_and_examples_are_those_by_hand()
    {
        ImprovementReport report = ImprovementReport.Compare(Exam("flagged", isFlagged: true, "......++"), Exam("flagged", isFlagged: true, "+++...+."), Margin);
        ShareChange change = Assert.Single(report.Shares);
        Assert.Equal(new PairedProportion(1, 1, 3, 3), change.Pairs);
        Assert.Equal((2, 4, 8, 0.1), (change.Before.Successes, change.After.Successes, change.After.Trials, change.After.Chance));
        Assert.Equal("nothing else was measured", report.Summary);
        Assert.Equal(["question 0", "question 1", "question 2"], change.Gained.Select(one => one.Question));
        Assert.Equal([new ChangedAnswer("question 7", "expected", "answer +", "answer .")], change.Lost);
    }

    [Fact]
    public void A_regression_is_named_and_one_that_chance_explains_is_not()
    {
        string good = new('+', 200);
        ImprovementReport worse = Others(good, new string('.', 12) + good[12..]);
        Assert.Equal(ChangeVerdict.Worse, worse.Shares[0].Verdict);
        Assert.Equal(["facts"], worse.Regressed);
        Assert.Contains("worse beyond chance: facts", worse.Summary, StringComparison.Ordinal);

        ImprovementReport same = Others(good, good);
        Assert.Equal((ChangeVerdict.Kept, 0), (same.Shares[0].Verdict, same.Regressed.Count));
        Assert.Equal($"no regression: nothing else fell by more than {-same.Shares[0].Pairs.Low * 100:0.0} points (95 %)", same.Summary);
        Assert.InRange(same.MostFallen, 0.01, 0.02); // 200 trials cannot tell less

        ImprovementReport few = Others(good[..20], "." + good[1..20]);
        Assert.Equal((ChangeVerdict.Unclear, 0), (few.Shares[0].Verdict, few.Regressed.Count));
        Assert.Contains("too few questions to tell of facts", few.Summary, StringComparison.Ordinal);
        Assert.Equal(ChangeVerdict.Better, Others(new string('.', 12) + good[12..], good).Shares[0].Verdict);

        ImprovementReport Others(string before, string after) => ImprovementReport.Compare(Exam("facts", isFlagged: false, before), Exam("facts", isFlagged: false, after), Margin);
    }

    [Fact]
    public void Costs_are_worse_when_they_rise_and_better_when_they_fall()
    {
        double[] before = [.. Enumerable.Range(0, 50).Select(i => 1 + (i % 5 / 10.0))];
        Assert.Equal(ChangeVerdict.Worse, Verdict(cost => cost * 1.1));
        Assert.Equal(ChangeVerdict.Better, Verdict(cost => cost * 0.9));
        Assert.Equal(ChangeVerdict.Kept, Verdict(cost => cost));
        Assert.Equal(["text"], ImprovementReport.Compare(Cost(before), Cost([.. before.Select(cost => cost + 0.2)]), Margin).Regressed);

        ChangeVerdict Verdict(Func<double, double> change) => ImprovementReport.Compare(Cost(before), Cost([.. before.Select(change)]), Margin).Costs[0].Verdict;
        static ExamResult Cost(double[] costs) => new([], [new ExamCost("text", "", "bits per byte", costs)]);
    }

    [Fact]
    public void Exams_that_asked_other_things_are_not_compared()
    {
        Assert.Throws<ArgumentException>(() => ImprovementReport.Compare(Exam("a", true, "+"), Exam("b", true, "+"), Margin));
        Assert.Contains("other questions", Assert.Throws<ArgumentException>(() => ImprovementReport.Compare(Exam("a", true, "+"), Exam("a", true, "++"), Margin)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_whole_in_itself_and_escapes_what_people_said()
    {
        ExamResult before = Exam("flagged <b>", isFlagged: true, "....") with { Costs = [new ExamCost("text", "", "bits per byte", [1, 2, 3])] };
        before = before with { Parts = [before.Parts[0], new ExamPart("facts", "what stays", IsFlagged: false, 0, [new ExamAnswer("<script>alert(1)</script>", "e", "a", true)])] };
        ExamResult after = before with { Parts = [before.Parts[0] with { Answers = [.. before.Parts[0].Answers.Select(answer => answer with { IsGood = true })] }, before.Parts[1] with { Answers = [before.Parts[1].Answers[0] with { IsGood = false }] }] };
        string page = ImprovementPage.Of(ImprovementReport.Compare(before, after, Margin), "v1", [("command", "gestalt improve --run \"a & b\"")]).ToString();
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(Elsewhere(), page);
        Assert.Contains("flagged &lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.Contains("0 → 100 % good", page, StringComparison.Ordinal);
        Assert.Contains("a &amp; b", page, StringComparison.Ordinal);
    }

    private static ExamResult Exam(string name, bool isFlagged, string marks) =>
        new([new ExamPart(name, "", isFlagged, Chance: 0.1, [.. marks.Select((mark, i) => new ExamAnswer($"question {i}", "expected", $"answer {mark}", mark == '+'))])], []);

    [GeneratedRegex("(?:src|href)=\"(?:https?:)?//")]
    private static partial Regex Elsewhere();
}
