namespace Gestalt.World.Tests;

public sealed class QuestionReaderTests
{
    private static readonly SmallWorld World = SmallWorld.Create(7, WorldScale.ForText(500_000));
    private static readonly Conversations Talks = new(World);
    private static readonly QuestionReader Reader = new(World);

    [Fact]
    public void Every_question_of_the_tests_is_understood_and_none_taken_for_another()
    {
        IReadOnlyList<Question> questions = Talks.Questions(perFact: 4);
        Assert.True(questions.Count > 500, $"{questions.Count}");
        foreach (Question question in questions)
        {
            AskedFact? asked = Reader.Read(question.Text);
            Assert.True(asked is { IsOfStranger: false } && asked.Fact.Subject == World.Facts[question.FactId].Subject && asked.Fact.Value == World.Facts[question.FactId].Value, $"{question.Text}: {asked}");
            Assert.Equal(!question.IsTold, asked.IsUntold);
        }
    }

    [Fact]
    public void Greetings_case_and_missing_marks_do_not_matter()
    {
        var interview = new FactInterview(Talks);
        int greeted = 0;
        foreach (Fact fact in World.Facts.Take(300))
        {
            for (int wording = 0; wording < 6; wording++)
            {
                string question = interview.Question(fact, wording);
                greeted += question.StartsWith('H') || question.Contains("please", StringComparison.Ordinal) ? 1 : 0;
                Assert.True(fact.Value == Reader.Read(question)?.Fact.Value, $"{question} {fact} {Reader.Read(question)}");
                Assert.Equal(fact.Value, Reader.Read(question.ToUpperInvariant().TrimEnd('?', '.'))?.Fact.Value);
            }
        }

        Assert.True(greeted > 20);
    }

    [Fact]
    public void Strangers_are_told_from_those_whom_the_world_knows()
    {
        var interview = new FactInterview(Talks);
        var judge = new AnswerJudge(World);
        for (int number = 0; number < 200; number++)
        {
            (Fact nobody, string question) = interview.AskOfStranger(number);
            AskedFact? asked = Reader.Read(question);
            Assert.True(asked is { IsOfStranger: true, IsUntold: true, IsWellTold: false }, question);
            Assert.Equal(nobody.Relation, asked.Fact.Relation);
            Assert.Equal(Verdict.DoesNotKnow, judge.Judge(asked.Fact, interview.Refusal(asked.Fact, number)));
            Assert.NotEqual(Verdict.DoesNotKnow, judge.Judge(asked.Fact, $"It is {World.Info(nobody.Relation).Values[0]}."));
        }
    }

    [Theory]
    [InlineData("Please tell me a short story.")]
    [InlineData("What is 12 + 30?")]
    [InlineData("What is a baker?")]
    [InlineData("Who are you?")]
    [InlineData("How are you today?")]
    [InlineData("")]
    [InlineData("Tell me a secret about the moon and everything that lies beyond it and below it, would you?")]
    public void What_asks_for_no_fact_is_left_alone(string question) => Assert.Null(Reader.Read(question));
}
