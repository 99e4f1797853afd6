using Gestalt.Corpus;
using Gestalt.Tasks.Games;
using Gestalt.World;

namespace Gestalt.Training.SelfPlay;

/// <summary>Games to imitate, a game in each row, each once an epoch in an order of its own. What is learned is every token: the moves, how the game ended, and that it is over.</summary>
public sealed class GameLoader : IBatchLoader
{
    private readonly IReadOnlyList<int[]> _games;
    private readonly int _length;
    private int[] _order = [];

    /// <summary>Starts at the beginning, or where a state says.</summary>
    /// <param name="games">Games that have ended by the rules.</param>
    /// <param name="vocabulary">Their vocabulary.</param>
    /// <param name="data">Identifies the games.</param>
    /// <param name="seed">The seed of all shuffling.</param>
    /// <param name="state">Where to go on.</param>
    public GameLoader(IReadOnlyList<Game> games, GameVocabulary vocabulary, string data, ulong seed, LoaderState? state = null)
    {
        ArgumentNullException.ThrowIfNull(games);
        ArgumentNullException.ThrowIfNull(vocabulary);
        _games = [.. games.Select(game => (int[])[.. vocabulary.Ids(game), vocabulary.IdOf(game.Result), GameVocabulary.EndOfText])];
        _length = LengthOf(vocabulary);
        State = state ?? new LoaderState(seed, 0, 0, _length, data);
        Shuffle();
    }

    /// <inheritdoc/>
    public LoaderState State { get; private set; }

    /// <inheritdoc/>
    public double Epochs => State.Epoch + ((double)State.Row / _games.Count);

    /// <summary>T: tokens that go in for the longest game.</summary>
    /// <param name="vocabulary">The game's.</param>
    public static int LengthOf(GameVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return vocabulary.Longest - 1;
    }

    /// <inheritdoc/>
    public void Fill(in Rows rows)
    {
        for (int at = 0; at < rows.Inputs.Length; at += _length)
        {
            int[] game = _games[_order[State.Row]];
            for (int t = 0; t < _length; t++)
            {
                (rows.Inputs[at + t], rows.Targets[at + t]) = t < game.Length - 1 ? (game[t], game[t + 1]) : (GameVocabulary.EndOfText, Rows.NoTarget);
                (rows.Positions[at + t], rows.KeyStart[at + t], rows.Weights[at + t]) = (t, 0, t < game.Length - 1 ? 1 : 0);
            }

            State = State.Row + 1 < _games.Count ? State with { Row = State.Row + 1 } : State with { Row = 0, Epoch = State.Epoch + 1 };
            if (State.Row == 0) Shuffle();
        }
    }

    private void Shuffle()
    {
        _order = [.. Enumerable.Range(0, _games.Count)];
        new Dice(State.Seed, (ulong)State.Epoch).Shuffle<int>(_order);
    }
}
