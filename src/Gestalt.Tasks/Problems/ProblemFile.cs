using System.Text.Json;

namespace Gestalt.Tasks.Problems;

/// <summary>Problems of people's own, in JSONL as GSM8K (arXiv 2110.14168) has them: <c>{"question": "...", "answer": "working ... #### 72"}</c>. The answer is a number after <c>####</c>, or alone.</summary>
public static class ProblemFile
{
    /// <summary>Reads a file's problems.</summary>
    /// <param name="path">The file.</param>
    /// <param name="aside">Told of each line that is set aside: its number from 1, and why.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<Problem> Read(string path, Action<int, string> aside)
    {
        ArgumentNullException.ThrowIfNull(aside);
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no file '{path}' of problems.");
        var problems = new List<Problem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            (Problem? problem, string reason) = Parse(line);
            if (problem is null) aside(number, reason);
            else if (!seen.Add(problem.Key)) aside(number, "the same question came before");
            else problems.Add(problem);
        }

        return problems;
    }

    private static (Problem?, string) Parse(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object || Text(json.RootElement, "question") is not { Length: > 0 } question) return (null, "it has no text \"question\"");
            if (Text(json.RootElement, "answer") is not { Length: > 0 } answer) return (null, "it has no text \"answer\"");
            string final = NumberAnswer.AfterFinalMark(answer) ?? answer.Trim();
            return NumberAnswer.TryRead(final, out decimal value)
                ? (new FileProblem(question.Trim(), value, answer.Trim()), "")
                : (null, "its answer does not end with #### and a number");
        }
        catch (JsonException problem)
        {
            return (null, $"it is not JSON: {problem.Message}");
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record FileProblem(string Text, decimal Number, string Solution) : NumberProblem("file", Text, Text, Number)
    {
        // With the working that such files have, or without.
        public override bool Accepts(string answer) => NumberAnswer.Is(NumberAnswer.AfterFinalMark(answer) ?? answer, Value);

        public override WorkedAnswer Work(Pupil pupil)
        {
            int mark = Solution.LastIndexOf("####", StringComparison.Ordinal);
            return new(mark < 0 ? "" : Calculators.Replace(Solution[..mark].Trim(), ""), Answer);
        }
    }

    private static readonly System.Text.RegularExpressions.Regex Calculators = new("<<[^>]*>>", System.Text.RegularExpressions.RegexOptions.CultureInvariant);
}
