using System.Text;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Which side of a split problems are taken from. No problem is on both.</summary>
public enum ProblemSplit
{
    /// <summary>To learn from.</summary>
    Train,

    /// <summary>Only to measure on.</summary>
    HeldOut,
}

/// <summary>Problems by number: the same number is always the same problem, so that a run that goes on finds its place.</summary>
public abstract class ProblemSource
{
    private const ulong HeldOutShare = 8; // one of so many

    /// <summary>Names the problems: two sources of one name are the same.</summary>
    public abstract string Name { get; }

    /// <summary>How many there are; null for no end.</summary>
    public abstract int? Count { get; }

    /// <summary>A problem by its number, from 0; beyond the last one they come again in another order.</summary>
    /// <param name="number">The number.</param>
    public abstract Problem At(long number);

    /// <summary>The first problems.</summary>
    /// <param name="count">How many, if there are as many.</param>
    public IReadOnlyList<Problem> Take(int count) => [.. Enumerable.Range(0, Math.Min(count, Count ?? count)).Select(number => At(number))];

    /// <summary>The first problems, each of them once; fewer where no new ones come any more.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<Problem> TakeDistinct(int count)
    {
        const int MostRepeats = 1000;
        var distinct = new List<Problem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int repeats = 0;
        for (long number = 0; distinct.Count < count && repeats < MostRepeats; number++)
        {
            Problem problem = At(number);
            bool isNew = seen.Add(problem.Kind + problem.Key);
            repeats = isNew ? 0 : repeats + 1;
            if (isNew) distinct.Add(problem);
        }

        return distinct;
    }

    /// <summary>Whether a question is one of these problems', or of their kind.</summary>
    /// <param name="question">The question.</param>
    public abstract bool Asks(string question);

    /// <summary>Those problems of a list that will do; problems without end stay as they are.</summary>
    /// <param name="serves">Whether one will do.</param>
    /// <returns>The others' source; null where none will do.</returns>
    public virtual ProblemSource? Where(Func<Problem, bool> serves) => this;

    /// <summary>Problems of some kinds in turn, made as they are asked for.</summary>
    /// <param name="kinds">At least one kind.</param>
    /// <param name="split">The side.</param>
    /// <param name="seed">Which ones; the sides are the same for all seeds.</param>
    public static ProblemSource Of(IReadOnlyList<IProblemKind> kinds, ProblemSplit split, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentOutOfRangeException.ThrowIfZero(kinds.Count, nameof(kinds));
        return new Drawn(kinds, split, seed);
    }

    /// <summary>Problems of a list, in an order by the seed.</summary>
    /// <param name="name">Names the list.</param>
    /// <param name="problems">At least one.</param>
    /// <param name="seed">Which order.</param>
    public static ProblemSource Of(string name, IReadOnlyList<Problem> problems, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentOutOfRangeException.ThrowIfZero(problems.Count, nameof(problems));
        return new Listed(name, problems, seed);
    }

    /// <summary>The side that a problem lies on: decided by its key alone.</summary>
    /// <param name="problem">The problem.</param>
    public static ProblemSplit SideOf(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ulong hash = 0xCBF29CE484222325; // FNV-1a (Fowler, Noll and Vo), mixed
        foreach (byte one in Encoding.UTF8.GetBytes(problem.Kind + "\n" + problem.Key)) hash = (hash ^ one) * 0x100000001B3;
        return Dice.Mix(hash) % HeldOutShare == 0 ? ProblemSplit.HeldOut : ProblemSplit.Train;
    }

    private sealed class Drawn(IReadOnlyList<IProblemKind> kinds, ProblemSplit split, ulong seed) : ProblemSource
    {
        // A side holds at least an eighth: so many draws without one mean that a kind has next to no problems.
        private const int MostDraws = 10_000;

        public override string Name => $"{string.Join(',', kinds.Select(kind => kind.Name))} {split} {seed}";

        public override int? Count => null;

        public override bool Asks(string question) => kinds.Any(kind => kind.Asks(question));

        public override Problem At(long number)
        {
            IProblemKind kind = kinds[(int)(number % kinds.Count)];
            var dice = new Dice(seed, (ulong)number * 2 + (ulong)split);
            for (int draws = 0; draws < MostDraws; draws++)
            {
                Problem problem = kind.Draw(ref dice);
                if (SideOf(problem) == split) return problem;
            }

            throw new InvalidOperationException($"The kind '{kind.Name}' makes no problem of the side {split}.");
        }
    }

    private sealed class Listed(string name, IReadOnlyList<Problem> problems, ulong seed) : ProblemSource
    {
        private readonly int[] _order = new int[problems.Count];
        private long _pass = -1;
        private HashSet<string>? _questions;

        public override string Name => $"{name} {problems.Count} {seed}";

        public override int? Count => problems.Count;

        public override bool Asks(string question) => (_questions ??= [.. problems.Select(problem => problem.Question)]).Contains(question);

        public override ProblemSource? Where(Func<Problem, bool> serves)
        {
            Problem[] some = [.. problems.Where(serves)];
            return some.Length == problems.Count ? this : some.Length > 0 ? new Listed(name, some, seed) : null;
        }

        public override Problem At(long number)
        {
            (long pass, int place) = (number / problems.Count, (int)(number % problems.Count));
            if (pass != _pass)
            {
                for (int i = 0; i < _order.Length; i++) _order[i] = i;
                var dice = new Dice(seed, (ulong)pass);
                dice.Shuffle<int>(_order);
                _pass = pass;
            }

            return problems[_order[place]];
        }
    }
}
