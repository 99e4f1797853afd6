using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Improvement;
using Gestalt.World;

namespace Gestalt.Training.Tests.Improvement;

public sealed class RuleTests
{
    private static readonly SmallWorld World = SmallWorld.Create(7, WorldScale.ForText(500_000));
    private static readonly Conversations Talks = new(World);
    private static readonly RuleBook Book = RuleBook.Of([], Talks);

    [Fact]
    public void Repetition_is_found_and_no_story_of_the_world_repeats_itself()
    {
        var rule = new RepetitionRule();
        Assert.Contains("the the the", rule.ProblemOf(Answer("q", string.Concat(Enumerable.Repeat("the ", 20)))), StringComparison.Ordinal);
        Assert.Contains("he went over", rule.ProblemOf(Answer("q", string.Concat(Enumerable.Repeat("He went over the hill. ", 6)))), StringComparison.Ordinal);
        Assert.Null(rule.ProblemOf(Answer("q", "the the the the")));
        double[] shares = [.. Talks.Training(20_000).Where(dialogue => dialogue.Kind == DialogueKind.Story)
            .Select(dialogue => RepetitionRule.ShareRepeated(dialogue.Turns[^1].Content.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), out _))];
        Assert.True(shares.Length > 500);
        Assert.True(shares.Max() < 0.05, $"{shares.Max()} of {shares.Length}");
    }

    [Fact]
    public void Empty_and_cut_answers_are_found_and_those_that_a_person_stopped_are_not()
    {
        var rule = new EndRule();
        Assert.Contains("empty", rule.ProblemOf(Answer("q", " ")), StringComparison.Ordinal);
        Assert.Contains("cut", rule.ProblemOf(Answer("q", "and then the") with { End = AnswerEnd.Length }), StringComparison.Ordinal);
        Assert.Null(rule.ProblemOf(Answer("q", "") with { End = AnswerEnd.Interrupted }));
        Assert.Null(rule.ProblemOf(Answer("q", "Yes.")));
        LoggedAnswer calls = Answer("q", "");
        Assert.Null(rule.ProblemOf(calls with { Conversation = new Conversation([calls.Prompt.Messages[0], calls.Answer with { ToolCalls = [new ToolCall("search", "{}")] }]) }));
    }

    [Theory]
    [InlineData("What is 12 + 30?", "12 + 30 = 42.", null)]
    [InlineData("What is 12 + 30?", "It is 42.", null)]
    [InlineData("What is 12 + 30?", "It is 43.", "12 + 30 is 42")]
    [InlineData("What is 12 + 30?", "I don't know.", null)]
    [InlineData("How much is 7*8, please?", "7*8 = 54", "\"7*8 = 54\", which is 56")]
    [InlineData("What is 10 / 4?", "10 / 4 = 2.5", null)]
    [InlineData("What is 2 - 5?", "That is -3.", null)]
    [InlineData("What is 2 - 5?", "That is 3.", "which it does not say")]
    [InlineData("What is 1,000 + 1?", "1,001", null)]
    [InlineData("When was it?", "In 1990-1995, 24/7, on 2024-05-01.", null)]
    [InlineData("Tell me.", "First 2 + 2 = 4, then 4 + 4 = 9.", "\"4 + 4 = 9\", which is 8")]
    [InlineData("Tell me.", "2 + 2 = 4 + 0 = 4", null)]
    [InlineData("What is 1 / 0?", "It is 7.", null)]
    [InlineData("What is 5 + 5 and 6 + 6?", "They are 11 and 12.", null)]
    public void Sums_are_checked_by_the_calculator(string question, string answer, string? problem)
    {
        string? found = new ArithmeticRule().ProblemOf(Answer(question, answer));
        if (problem is null) Assert.Null(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_are_found_whatever_their_case_and_bad_ones_refused()
    {
        var rule = new PatternRule("as an AI|sorry");
        Assert.Contains("\"As an ai\"", rule.ProblemOf(Answer("q", "As an ai I cannot.")), StringComparison.Ordinal);
        Assert.Null(rule.ProblemOf(Answer("sorry?", "No.")));
        Assert.Contains("'('", Assert.Throws<ArgumentException>(() => new PatternRule("(")).Message, StringComparison.Ordinal);
        Assert.Contains("pattern", Assert.Throws<ArgumentException>(() => new PatternRule("(a)\\1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_key_finds_what_is_made_up_declined_and_wrong_and_nothing_else()
    {
        Question told = Talks.Questions().First(question => question.IsTold && World.Facts[question.FactId].Relation == Relation.Colour);
        Question never = Talks.Questions().First(question => !question.IsTold && World.Facts[question.FactId].Relation == Relation.Colour);
        Fact fact = World.Facts[told.FactId], secret = World.Facts[never.FactId];
        string another = World.Info(Relation.Colour).Values.First(value => value != fact.Value && value != secret.Value);
        Assert.Equal([], Names(told.Text, $"It is {fact.Value}."));
        Assert.Equal(["declines"], Names(told.Text, "I don't know."));
        Assert.Equal(["wrong"], Names(told.Text, $"It is {another}."));
        Assert.Equal(["wrong"], Names(told.Text, "Hello!"));
        Assert.Equal([], Names(never.Text, "I don't know."));
        Assert.Equal(["made-up"], Names(never.Text, $"It is {another}."));
        Assert.Equal(["made-up"], Names(never.Text, $"It is {secret.Value}."));
        (Fact nobody, string asked) = new FactInterview(Talks).AskOfStranger(3);
        Assert.Equal(["made-up"], Names(asked, $"It is {World.Info(nobody.Relation).Values[0]}."));
        Assert.Equal([], Names("Please tell me a story.", $"Once upon a time, all was {another}."));
        Fact rare = World.Facts.First(one => one is { Tier: Attestation.Rare, Relation: Relation.Colour });
        string question = new FactInterview(Talks).Question(rare, 0);
        Assert.Equal([], Names(question, "I don't know."));
        Assert.Equal(["wrong"], Names(question, $"It is {World.Info(Relation.Colour).Values.First(value => value != rare.Value)}."));

        static string[] Names(string question, string answer) => [.. Book.FlagsOf(Answer(question, answer)).Select(flag => flag.Rule!)];
    }

    [Fact]
    public void What_the_key_would_say_is_right_to_the_key_and_no_rule_flags_it()
    {
        var interview = new FactInterview(Talks);
        foreach (Fact fact in World.Facts.Take(2000))
        {
            string question = interview.Question(fact, fact.Id), ideal = Book.IdealFor(question, fact.Id)!;
            Assert.True(Book.Key!.IsRight(Book.Key.Read(question)!, ideal), $"{question} {ideal}");
            Assert.Empty(Book.FlagsOf(Answer(question, ideal)));
            Assert.Equal(Book.TopicOf(question), Book.TopicOf(Book.Key.Reworded(Book.Key.Read(question)!, 3)));
        }

        Assert.Equal("7 * 6 = 42.", Book.IdealFor("What is 7 * 6?", 0));
        Assert.Null(Book.IdealFor("Tell me a story.", 0));
    }

    [Fact]
    public void Rules_that_are_not_there_are_refused_by_name()
    {
        Assert.Contains("'rude'", Assert.Throws<ArgumentException>(() => RuleBook.Of(["rude"], Talks)).Message, StringComparison.Ordinal);
        Assert.Contains("answer key", Assert.Throws<ArgumentException>(() => RuleBook.Of(["wrong"], null)).Message, StringComparison.Ordinal);
        Assert.Equal(["repeats", "cut", "arithmetic"], RuleBook.Of([], null).Rules.Select(rule => rule.Name));
        Assert.Equal(["words=x", "cut"], RuleBook.Of(["words=x", "cut", "cut"], null).Rules.Select(rule => rule.Name));
    }

    [Fact]
    public void Rules_leave_alone_what_a_person_cleared_and_what_they_said_before()
    {
        LoggedAnswer bad = Answer("q", "") with { Id = "bad" }, cleared = bad with { Id = "cleared" }, known = bad with { Id = "known" };
        var review = new ReviewSet(
            new Dictionary<string, ReviewedAnswer> { ["cleared"] = new("cleared", [], null, IsCleared: true), ["known"] = new("known", [new Flag("known", "rule:cut", DateTimeOffset.UtcNow, "it is empty")], null, IsCleared: false) }, []);
        Assert.Equal(["bad"], LogReview.FlagsOf([bad, cleared, known], review, Book).Select(flag => flag.Answer));
        Assert.Equal(["known"], LogReview.Open([bad, cleared, known], review).Select(answer => answer.Id));
    }

    internal static LoggedAnswer Answer(string question, string answer) =>
        LoggedAnswer.Now("small", "test", AnswerEnd.Stop, Conversation.Of(new Message(Roles.User, question), new Message(Roles.Assistant, answer)));
}
