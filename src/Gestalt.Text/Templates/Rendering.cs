using System.Diagnostics;

namespace Gestalt.Text.Templates;

/// <summary>One run of a template: where it is, and how much it may still do. No template, however it is written, runs long or fills memory.</summary>
/// <param name="inputLength">Characters of the conversation and tools; longer ones may take more work.</param>
/// <param name="now">The time that <c>strftime_now</c> tells.</param>
/// <param name="tracesAnswers">Whether what stands between <c>{% generation %}</c> and <c>{% endgeneration %}</c> is told apart from all other text.</param>
internal sealed class Rendering(long inputLength, DateTimeOffset now, bool tracesAnswers = false)
{
    // A step is an expression or statement. The real templates at hand take 50 to 200 for a message, of which the shortest counts as 64 characters;
    // a quarter of a million steps take about 30 ms.
    private const long BaseSteps = 250_000;
    private const long StepsPerCharacter = 32;
    private const long CharactersPerStep = 32;
    private const long BaseCharacters = 1 << 23;
    private const int DeepestNesting = 900;
    private const long StepsBetweenLooksAtTheClock = 4096;

    // Steps end a loop long before; the clock is for what they do not foresee, and must not refuse a sound template on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly long _mostSteps = BaseSteps + (inputLength * StepsPerCharacter);
    private readonly long _mostCharacters = BaseCharacters + (inputLength * 8);
    private readonly TimeSpan _patience = Patience + TimeSpan.FromMicroseconds(inputLength);
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _steps, _nextLook = StepsBetweenLooksAtTheClock;
    private int _depth;

    /// <summary>The line of the template that is being worked on.</summary>
    public int Line { get; private set; }

    /// <summary>The time that <c>strftime_now</c> tells.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Whether what <c>{% generation %}</c> encloses counts as content, and nothing else does.</summary>
    public bool TracesAnswers => tracesAnswers;

    /// <summary>Begins an expression or statement.</summary>
    /// <returns>The line to come back to, for <see cref="Leave"/>.</returns>
    public int Enter(int line)
    {
        int outer = Line;
        Line = line;
        Spend(1);
        if (++_depth > DeepestNesting || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateException($"it nests deeper than {DeepestNesting} levels: a macro that calls itself without end, perhaps");
        }

        return outer;
    }

    /// <summary>Ends an expression or statement.</summary>
    public void Leave(int outer)
    {
        Line = outer;
        _depth--;
    }

    /// <summary>Accounts for steps.</summary>
    public void Spend(long steps)
    {
        _steps += steps;
        if (_steps > _mostSteps)
        {
            throw new TemplateException($"it takes more than {_mostSteps:N0} steps for a conversation of {inputLength:N0} characters: it loops");
        }

        if (_steps >= _nextLook)
        {
            _nextLook = _steps + StepsBetweenLooksAtTheClock;
            if (Stopwatch.GetElapsedTime(_begun) > _patience)
            {
                throw new TemplateException($"it takes longer than {_patience.TotalSeconds:0.0} s: it loops");
            }
        }
    }

    /// <summary>Accounts for text that is made or read.</summary>
    public void SpendText(long characters)
    {
        CheckLength(characters);
        Spend(characters / CharactersPerStep);
    }

    /// <summary>Refuses a text that is longer than any may be.</summary>
    public void CheckLength(long characters)
    {
        if (characters > _mostCharacters)
        {
            throw new TemplateException($"it makes a text of more than {_mostCharacters:N0} characters from a conversation of {inputLength:N0}");
        }
    }
}

/// <summary>The names that are known at a place of the template.</summary>
internal sealed class Scope(Rendering rendering, Scope? outer)
{
    private readonly Dictionary<string, Value> _names = new(StringComparer.Ordinal);

    public Rendering Rendering => rendering;

    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._names.TryGetValue(name, out Value? value))
            {
                return value;
            }
        }

        return null;
    }

    public void Set(string name, Value value) => _names[name] = value;

    private Scope? Outer => outer;
}
