using Gestalt.Evaluation.Arena;

namespace Gestalt.Evaluation.Tests.Arena;

public sealed class ComparisonFileTests
{
    [Theory]
    [InlineData("""{"left":"a","right":"b","outcome":"both_bad","left_tokens":3,"right_tokens":5,"left_answer":"xx"}""", ComparisonOutcome.BothBad, 3.0, 5.0)]
    [InlineData("""{"left":"a","right":"b","outcome":"right","left_tokens":3,"left_answer":"xx","right_answer":""}""", ComparisonOutcome.Right, 2.0, 0.0)]
    [InlineData("""{"model_a":"a","model_b":"b","winner":"tie (bothbad)"}""", ComparisonOutcome.BothBad, null, null)]
    [InlineData("""{"model_a":"a","model_b":"b","winner":"model_a","turn":1}""", ComparisonOutcome.Left, null, null)]
    public void Studios_votes_and_Chatbot_Arenas_are_read(string line, ComparisonOutcome outcome, double? left, double? right) =>
        Assert.Equal(new Comparison("a", "b", outcome) { LeftLength = left, RightLength = right }, ComparisonFile.Parse(line, "x"));

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "there is no \"left\"")]
    [InlineData("""{"left":"a","right":"b"}""", "there is no \"outcome\"")]
    [InlineData("""{"left":"a","right":7,"outcome":"tie"}""", "\"right\" is not text")]
    [InlineData("""{"left":"a","right":"b","outcome":"left-ish"}""", "'left-ish' is no outcome")]
    [InlineData("""{"left":"a","right":"a","outcome":"tie"}""", "compared with itself")]
    public void What_is_none_is_refused_with_its_line(string line, string reason)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "{\"left\":\"a\",\"right\":\"b\",\"outcome\":\"tie\"}\n\n" + line + "\n");
        var refusal = Assert.Throws<InvalidDataException>(() => ComparisonFile.Read(path).Count());
        Assert.Contains($"{path}, line 3", refusal.Message);
        Assert.Contains(reason, refusal.Message);
        File.Delete(path);
    }
}
