using Gestalt.Tasks.Problems;

namespace Gestalt.Tasks.Tests.Problems;

public sealed class ProblemFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Lines_that_cannot_serve_are_named_and_set_aside()
    {
        File.WriteAllLines(_file,
        [
            """{"question": "How many?", "answer": "2 + 3 = <<2+3=5>>5\n#### 5"}""",
            """{"question": "How many?", "answer": "#### 6"}""",
            """{"question": "And now?", "answer": "12"}""",
            "",
            """{"question": "Who?", "answer": "Ada"}""",
            """{"question": "", "answer": "1"}""",
            """{"question": "Which?"}""",
            "[1]",
            "{",
            """{"question": "Two marks?", "answer": "#### 1\n#### 2"}""",
        ]);
        var aside = new List<int>();
        IReadOnlyList<Problem> problems = ProblemFile.Read(_file, (line, reason) =>
        {
            Assert.NotEmpty(reason);
            aside.Add(line);
        });
        Assert.Equal(["How many?", "And now?"], problems.Select(problem => problem.Question));
        Assert.Equal([2, 5, 6, 7, 8, 9, 10], aside);
        Assert.True(problems[0].Grade("<think> 2 + 3 </think> 5").IsRight);
        Assert.True(problems[0].Grade("2 + 3 = 5\n#### 5").IsRight);
        Assert.False(problems[0].Grade("#### 4\n#### 5").IsRight);
        Assert.False(problems[0].Grade("the mark within a line #### 5").IsRight);
        Assert.False(problems[0].Grade("4 5").IsRight);
    }

    [Fact]
    public void Every_problem_of_gsm8k_is_read_and_its_own_solution_is_right()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !Directory.Exists(Path.Combine(root.FullName, "shared", "data", "gsm8k"))) root = root.Parent;
        string folder = Path.Combine(root?.FullName ?? ".", "shared", "data", "gsm8k");
        Assert.SkipUnless(Directory.Exists(folder), "../shared/data/gsm8k is not here");
        foreach ((string name, int count) in ((string, int)[])[("train.jsonl", 7473), ("test.jsonl", 1319)])
        {
            var aside = new List<string>();
            IReadOnlyList<Problem> problems = ProblemFile.Read(Path.Combine(folder, name), (line, reason) => aside.Add($"{line}: {reason}"));
            Assert.Equal(count, problems.Count + aside.Count);
            Assert.True(aside.Count <= 10, string.Join('\n', aside));
            foreach (Problem problem in problems) Assert.True(problem.Grade($"so\n#### {problem.Answer}").IsRight && problem.Grade(problem.Answer).IsRight, problem.Question);
        }
    }
}
