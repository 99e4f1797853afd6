namespace Gestalt.Text;

/// <summary>
/// A pattern as a deterministic automaton over classes of characters: one look-up a character, no backtracking, and yet the very match that a backtracking matcher finds first.
/// </summary>
/// <remarks>
/// A state is the list of steps that a backtracking matcher might be in, in the order in which it would try them. To see the next character is to follow
/// the list in that order: where a step has matched, all that stand behind it are out (the matcher would never get to them), and those before it go on and win if they ever
/// match, too. Looking ahead at one character costs nothing, since a step is only followed when the next character is known. The end of the text is one more class.
/// </remarks>
internal sealed class PatternAutomaton
{
    /// <summary>The state that no character leaves.</summary>
    public const int Dead = 0;

    /// <summary>The state in which a match begins.</summary>
    public const int Start = 1;

    /// <summary>Set in a transition when the pattern has matched before the character.</summary>
    public const int Matched = 1 << 30;

    // jais-2 has 520 states; all others fewer than 60. A pattern that doubles its states with every letter is stopped here, after some milliseconds.
    private const int MostStates = 2048;
    private const long MostWork = 20_000_000;

    private readonly PatternProgram _program;
    private readonly List<int> _transitions = [];
    private long _work;

    /// <exception cref="InvalidDataException">The pattern is too complex.</exception>
    public PatternAutomaton(PatternProgram program)
    {
        _program = program;
        Classes = new CharacterClasses(program.Sets);
        Stride = Classes.Count + 1;
        BuildStates();
        Transitions = [.. _transitions];
    }

    /// <summary>The classes of characters.</summary>
    public CharacterClasses Classes { get; }

    /// <summary>How many transitions a state has: one for each class and one for the end of the text.</summary>
    public int Stride { get; }

    /// <summary>For state × <see cref="Stride"/> + class the next state × <see cref="Stride"/>, and <see cref="Matched"/>.</summary>
    public int[] Transitions { get; }

    private void BuildStates()
    {
        var states = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = Dead, [((char)_program.Start).ToString()] = Start };
        var waiting = new Queue<string>(states.Keys);
        var visited = new int[_program.Steps.Count];
        var reached = new int[_program.Steps.Count];
        var pending = new Stack<int>();
        int round = 0;
        while (waiting.TryDequeue(out string? state))
        {
            for (int next = 0; next < Stride; next++)
            {
                (string target, bool matched) = Follow(state, next, ++round, visited, reached, pending);
                if (!states.TryGetValue(target, out int index))
                {
                    index = states.Count;
                    if (index == MostStates)
                    {
                        throw TooComplex();
                    }

                    states.Add(target, index);
                    waiting.Enqueue(target);
                }

                _transitions.Add(index * Stride | (matched ? Matched : 0));
            }
        }
    }

    /// <summary>Follows a state's steps in their order when the next character is of a class, the last of which is the end of the text.</summary>
    private (string Target, bool Matched) Follow(string state, int next, int round, int[] visited, int[] reached, Stack<int> pending)
    {
        var target = new List<char>();
        foreach (char first in state)
        {
            pending.Push(first);
            while (pending.TryPop(out int at))
            {
                if (visited[at] == round)
                {
                    continue;
                }

                visited[at] = round;
                if (++_work > MostWork)
                {
                    throw TooComplex();
                }

                PatternProgram.Step step = _program.Steps[at];
                switch (step.Kind)
                {
                    case PatternProgram.StepKind.Match:
                        pending.Clear();
                        return (string.Concat(target), true);
                    case PatternProgram.StepKind.Split:
                        pending.Push(step.Otherwise);
                        pending.Push(step.Next);
                        break;
                    case PatternProgram.StepKind.Character:
                        if (IsIn(next, step.Set) && reached[step.Next] != round)
                        {
                            reached[step.Next] = round;
                            target.Add((char)step.Next);
                        }

                        break;
                    default:
                        if (Holds(step, next))
                        {
                            pending.Push(step.Next);
                        }

                        break;
                }
            }
        }

        return (string.Concat(target), false);
    }

    private bool Holds(PatternProgram.Step step, int next) => step.Kind switch
    {
        PatternProgram.StepKind.LookFor => IsIn(next, step.Set),
        PatternProgram.StepKind.LookAgainst => !IsIn(next, step.Set),
        _ => next == Classes.Count || IsIn(next, step.Set),
    };

    private bool IsIn(int next, int set) => next < Classes.Count && Classes.IsIn(next, set);

    private static InvalidDataException TooComplex() => new($"The pattern is too complex: it needs more than {MostStates} states or too long to prepare.");
}
