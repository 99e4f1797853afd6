namespace Gestalt.Text;

/// <summary>A pattern as a list of steps in the order in which a backtracking matcher would try them (Thompson's construction; the order gives the first match, not the longest).</summary>
internal sealed class PatternProgram
{
    // jais-2, with \s{512}, has 1,300.
    private const int MostSteps = 8192;

    private readonly List<Step> _steps = [];
    private readonly List<CharacterSet> _sets = [];

    private PatternProgram(PatternNode pattern)
    {
        int match = Add(new Step(StepKind.Match, 0, 0, 0));
        Start = Compile(pattern, match);
    }

    /// <summary>What a step does.</summary>
    public enum StepKind
    {
        /// <summary>The pattern has matched.</summary>
        Match,

        /// <summary>Takes a character of a set.</summary>
        Character,

        /// <summary>Goes on at two steps, the first one preferred.</summary>
        Split,

        /// <summary>Goes on if the next character is in a set.</summary>
        LookFor,

        /// <summary>Goes on if the next character is not in a set.</summary>
        LookAgainst,

        /// <summary>Goes on at the end of the text or before a line feed, of which the set is made.</summary>
        LookForEnd,
    }

    /// <summary>A step: what it does, with which set, and where to go on.</summary>
    public readonly record struct Step(StepKind Kind, int Set, int Next, int Otherwise);

    /// <summary>The steps.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>The sets that steps refer to.</summary>
    public IReadOnlyList<CharacterSet> Sets => _sets;

    /// <summary>The first step.</summary>
    public int Start { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="InvalidDataException">It has too many steps.</exception>
    public static PatternProgram Of(PatternNode pattern) => new(pattern);

    private int Compile(PatternNode node, int next)
    {
        switch (node)
        {
            case PatternNode.Character character:
                return Add(new Step(StepKind.Character, AddSet(character.Set), next, 0));
            case PatternNode.Sequence sequence:
                return sequence.Parts.Reverse().Aggregate(next, (after, part) => Compile(part, after));
            case PatternNode.Choice choice:
                int[] starts = [.. choice.Options.Select(option => Compile(option, next))];
                return starts.Reverse().Aggregate((later, earlier) => Add(new Step(StepKind.Split, 0, earlier, later)));
            case PatternNode.Look look:
                return Add(new Step(look.IsNegated ? StepKind.LookAgainst : StepKind.LookFor, AddSet(look.Set), next, 0));
            case PatternNode.LineEnd:
                return Add(new Step(StepKind.LookForEnd, AddSet(CharacterSet.Of('\n', '\n')), next, 0));
            case PatternNode.Repeat repeat:
                return Compile(repeat, next);
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "There is no such part of a pattern.");
        }
    }

    private int Compile(PatternNode.Repeat repeat, int next)
    {
        int after = next;
        if (repeat.Most == PatternNode.Repeat.Unlimited)
        {
            after = Add(default);
            int body = Compile(repeat.Inner, after);
            _steps[after] = Fork(repeat, body, next);
        }
        else
        {
            for (int i = repeat.Least; i < repeat.Most; i++)
            {
                after = Add(Fork(repeat, Compile(repeat.Inner, after), next));
            }
        }

        for (int i = 0; i < repeat.Least; i++)
        {
            after = Compile(repeat.Inner, after);
        }

        return after;
    }

    private static Step Fork(PatternNode.Repeat repeat, int again, int leave) =>
        repeat.IsLazy ? new Step(StepKind.Split, 0, leave, again) : new Step(StepKind.Split, 0, again, leave);

    private int Add(Step step)
    {
        if (_steps.Count >= MostSteps)
        {
            throw new InvalidDataException($"A pattern of more than {MostSteps} steps is not supported.");
        }

        _steps.Add(step);
        return _steps.Count - 1;
    }

    private int AddSet(CharacterSet set)
    {
        int index = _sets.IndexOf(set);
        if (index < 0)
        {
            index = _sets.Count;
            _sets.Add(set);
        }

        return index;
    }
}
