using System.Text;

namespace Gestalt.Studio.Pages.Arena;

/// <summary>One of the two in a battle: who it is, which nobody is told before the vote, and what it has said.</summary>
/// <param name="name">Who it is.</param>
internal sealed class Fighter(string name)
{
    private readonly StringBuilder _answer = new();

    /// <summary>Who it is.</summary>
    public string Name => name;

    /// <summary>What it has said so far.</summary>
    public string Answer
    {
        get
        {
            lock (_answer)
                return _answer.ToString();
        }
    }

    /// <summary>How many tokens its answer has; null if nobody counted.</summary>
    public int? Tokens { get; set; }

    /// <summary>Why it could not answer; null if it could. This may name it: it is not told before the battle is over.</summary>
    public string? Problem { get; set; }

    /// <summary>Adds to what it has said.</summary>
    public void Say(string piece)
    {
        lock (_answer)
            _answer.Append(piece);
    }
}

/// <summary>Two answers to one prompt, side by side in an order that chance chose.</summary>
/// <param name="prompt">What is asked.</param>
/// <param name="left">Who stands left.</param>
/// <param name="right">Who stands right.</param>
internal sealed class Battle(string prompt, Fighter left, Fighter right)
{
    private int _phase;

    /// <summary>Its name: hard to guess, and says nothing of the models.</summary>
    public string Id { get; } = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));

    /// <summary>When it began.</summary>
    public DateTime Begun { get; } = DateTime.UtcNow;

    /// <summary>What is asked.</summary>
    public string Prompt => prompt;

    /// <summary>Who stands left.</summary>
    public Fighter Left => left;

    /// <summary>Who stands right.</summary>
    public Fighter Right => right;

    /// <summary>Whether both have said all that they will say.</summary>
    public bool HasAnswers => _phase >= 2;

    /// <summary>Whether a vote was given.</summary>
    public bool HasVote => _phase >= 3;

    /// <summary>Whether one could not answer: then the battle does not count.</summary>
    public bool IsVoid => left.Problem is not null || right.Problem is not null;

    /// <summary>Begins the answers; false if they were begun before.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _phase, 1, 0) == 0;

    /// <summary>Ends the answers.</summary>
    public void End() => Interlocked.CompareExchange(ref _phase, 2, 1);

    /// <summary>Takes the one vote; false if it was given, or the answers are not there yet.</summary>
    public bool TryVote() => Interlocked.CompareExchange(ref _phase, 3, 2) == 2;
}
