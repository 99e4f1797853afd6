namespace Gestalt.Tasks.Problems;

/// <summary>All kinds of problems that the small world makes.</summary>
public static class ProblemKinds
{
    /// <summary>The kinds, in the order in which they are listed.</summary>
    public static IReadOnlyList<IProblemKind> All { get; } =
        [new SumProblems(), new ArithmeticProblems(), new WordProblems(), new CountdownProblems(), new DateProblems(), new SpellingProblems(), new ComparisonProblems()];

    /// <summary>Finds kinds by their names.</summary>
    /// <param name="names">Names with commas between them, or <c>all</c>.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static IReadOnlyList<IProblemKind> Find(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names == "all") return All;
        return [.. names.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(name => All.FirstOrDefault(kind => kind.Name == name)
            ?? throw new ArgumentException($"there are no problems called '{name}'; there are {string.Join(", ", All.Select(kind => kind.Name))}, and 'all'."))];
    }
}
