using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Tasks.Tests.Tools;

public sealed class ToolDialogueTests
{
    private static readonly SmallWorld World = SmallWorld.Create(1, WorldScale.ForText(2_000_000));
    private static readonly Conversations Talks = new(World);
    private static readonly ToolBox Tools = new(new Calculator(), new PageSearch(() => new PageIndex(
        new Internet(World).Pages(2_000_000).Where(page => page.Fate != Fate.Drop).Select(page => new SearchPage(page.Index, page.Url, page.Text)))), new CodeTool());

    private static readonly ToolQuestions Questions = new(Talks, Tools);
    private static readonly Conversation[] Training = [.. Enumerable.Range(0, 2000).Select(new ToolDialogues(Questions).At)];

    [Fact]
    public void Every_conversation_is_well_formed_and_the_same_each_time()
    {
        Assert.Equal(Training.Take(50), Enumerable.Range(0, 50).Select(new ToolDialogues(Questions).At));
        foreach (Conversation conversation in Training)
        {
            Assert.Equal(Roles.User, conversation.Messages[0].Role);
            Assert.Equal(Roles.Assistant, conversation.Messages[^1].Role);
            Assert.NotEmpty(conversation.Messages[^1].Content);
            Assert.True(conversation.Messages.Count is 2 or 4);
            foreach (ToolCall call in conversation.Messages.SelectMany(message => message.ToolCalls))
            {
                Assert.DoesNotContain("Error", Tools.Run(call), StringComparison.Ordinal);
                Assert.Equal(Tools.Run(call), conversation.Messages[2].Content);
            }
        }
    }

    [Fact]
    public void Every_tool_and_every_way_of_answering_occurs()
    {
        foreach (ITool tool in Tools.Tools)
        {
            Assert.True(Training.Count(conversation => conversation.Messages.Any(message => message.ToolCalls.Any(call => call.Name == tool.Name))) > 150, tool.Name);
        }

        Assert.True(Training.Count(conversation => conversation.Messages[0].Content.EndsWith(ToolExam.AtOnce, StringComparison.Ordinal)) > 100);
        Assert.True(Training.Count(conversation => conversation.Messages[0].Content.EndsWith(ToolExam.Stepwise, StringComparison.Ordinal)) > 30);
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void What_is_expected_answers_the_question_and_little_else_does()
    {
        foreach (ToolSkill skill in Enum.GetValues<ToolSkill>().Where(skill => skill != ToolSkill.Search))
        {
            for (int number = 0; number < 60; number++)
            {
                foreach (Phrasing phrasing in Enum.GetValues<Phrasing>())
                {
                    ToolQuestion question = Questions.Of(skill, number, phrasing);
                    Assert.True(question.IsAnsweredBy(question.FullAnswer), question.ToString());
                    Assert.True(question.IsAnsweredBy(question.Expected), question.ToString());
                    Assert.True(question.Steps is null || question.IsAnsweredBy(question.Steps), question.ToString());
                    Assert.False(question.IsAnsweredBy(question.Expected + "9 and 9.87654"), question.ToString());
                    Assert.False(question.IsAnsweredBy("I don't know."), question.ToString());
                    Assert.False(question.IsAnsweredBy(""), question.ToString());
                    Assert.DoesNotContain("{", question.Text, StringComparison.Ordinal);
                    if (skill is ToolSkill.Letters or ToolSkill.Backwards or ToolSkill.Dates)
                    {
                        Assert.Equal(question.Expected, Tools.Answer(question.Tool, question.Argument));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("nretnal", true)]
    [InlineData("That is nretnal.", true)]
    [InlineData("n r e t n a l.", true)]
    [InlineData("Backwards: n r e t n a l.", true)]
    [InlineData("l a n t e r n", false)]
    [InlineData("x n r e t n a l", false)]
    [InlineData("n r e t n a l l", false)]
    [InlineData("xnretnal", false)]
    [InlineData("nretnal it is not", false)]
    public void A_word_may_be_spelled_out(string answer, bool isRight)
    {
        var question = new ToolQuestion(ToolSkill.Backwards, Phrasing.Unseen, "Spell lantern backwards.", "code", "' lantern'.strip()[::-1]", "nretnal", 0);
        Assert.Equal(isRight, question.IsAnsweredBy(answer));
    }

    [Fact]
    public void Wordings_words_and_facts_of_tests_are_in_no_training_conversation()
    {
        HashSet<string> trained = [.. Training.Select(conversation => conversation.Messages[0].Content.Replace(" " + ToolExam.AtOnce, "", StringComparison.Ordinal).Replace(" " + ToolExam.Stepwise, "", StringComparison.Ordinal))];
        foreach (ToolSkill skill in Enum.GetValues<ToolSkill>())
        {
            Assert.All(Enumerable.Range(0, 100), number => Assert.DoesNotContain(Questions.Of(skill, number, Phrasing.Unseen).Text, trained));
        }

        HashSet<string> words = [.. Enumerable.Range(0, 300).Select(number => Questions.Of(ToolSkill.Backwards, number, Phrasing.Seen).Expected)];
        Assert.All(Enumerable.Range(0, 300), number => Assert.DoesNotContain(Questions.Of(ToolSkill.Backwards, number, Phrasing.Unseen).Expected, words));
        HashSet<int> facts = [.. Enumerable.Range(0, 300).Select(number => Questions.Of(ToolSkill.Search, number, Phrasing.Seen).Fact!.Fact.Id)];
        Assert.All(Enumerable.Range(0, 300), number => Assert.DoesNotContain(Questions.Of(ToolSkill.Search, number, Phrasing.Unseen).Fact!.Fact.Id, facts));
    }

    [Fact]
    public void Found_answers_cite_a_page_that_says_so_and_others_decline()
    {
        int cited = 0;
        foreach (Conversation conversation in Training.Where(conversation => conversation.Messages.Any(message => message.ToolCalls.Any(call => call.Name == "search"))))
        {
            string answer = conversation.Messages[^1].Content;
            if (answer.EndsWith("].", StringComparison.Ordinal))
            {
                cited++;
                string page = answer[answer.LastIndexOf('[')..^1];
                Assert.Contains(conversation.Messages[2].Content.Split('\n'), line => line.StartsWith(page, StringComparison.Ordinal));
            }
            else
            {
                Assert.True(AnswerJudge.SaysItDoesNotKnow(answer), answer);
            }
        }

        Assert.True(cited > 30, $"{cited} answers cite a page");
    }

    [Fact]
    public void Calls_that_are_none_are_answered_with_a_sentence()
    {
        Assert.Contains("There is no tool 'x'; there are: calculator, search, code", Tools.Run(new ToolCall("x", "{}")), StringComparison.Ordinal);
        Assert.Contains("wants one argument, the text \"expression\"", Tools.Run(new ToolCall("calculator", "{}")), StringComparison.Ordinal);
        Assert.Contains("wants one argument", Tools.Run(new ToolCall("calculator", "not JSON")), StringComparison.Ordinal);
        Assert.Contains("wants one argument", Tools.Run(new ToolCall("calculator", "{\"expression\": 3}")), StringComparison.Ordinal);
        Assert.StartsWith("Error: A number cannot be divided by 0", Tools.Run(Tools.CallOf("calculator", "1/0")), StringComparison.Ordinal);
    }
}
