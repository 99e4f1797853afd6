using Gestalt.World;

namespace Gestalt.Tasks.Games;

/// <summary>Chooses among the legal moves by lot: who knows the rules and nothing else.</summary>
/// <param name="seed">Chance.</param>
public sealed class RandomPlayer(ulong seed) : IPlayer
{
    private Dice _dice = new(seed);

    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public void Choose(IReadOnlyList<Game> games, Span<int> moves)
    {
        ArgumentNullException.ThrowIfNull(games);
        for (int i = 0; i < games.Count; i++) moves[i] = Any(games[i], ref _dice);
    }

    /// <summary>One of the legal moves.</summary>
    /// <param name="game">A game that goes on.</param>
    /// <param name="dice">Chance.</param>
    public static int Any(Game game, ref Dice dice)
    {
        ArgumentNullException.ThrowIfNull(game);
        Span<int> legal = stackalloc int[game.Rules.Cells];
        return legal[dice.Below(game.Rules.LegalMoves(game.Board, legal))];
    }
}

/// <summary>
/// A mediocre player, on purpose: takes a win that is one move away, prevents the other's, and otherwise moves by lot; and in so many of a hundred moves does not look at all. So it errs in two ways: by chance,
/// which averages out among many games, and by not looking two moves ahead, which does not.
/// </summary>
/// <param name="slips">In how many of a hundred moves it does not look.</param>
/// <param name="seed">Chance.</param>
public sealed class TeacherPlayer(int slips, ulong seed) : IPlayer
{
    private Dice _dice = new(seed);

    /// <summary>In how many of a hundred moves it does not look, unless somebody says otherwise: some 200 points of Elo above moves by lot, and as many or more below perfect play (docs/log/2026-11-self-play.md).</summary>
    public const int UsualSlips = 20;

    /// <inheritdoc/>
    public string Name => "teacher";

    /// <inheritdoc/>
    public void Choose(IReadOnlyList<Game> games, Span<int> moves)
    {
        ArgumentNullException.ThrowIfNull(games);
        for (int i = 0; i < games.Count; i++)
        {
            Game game = games[i];
            bool looks = !_dice.Chance(slips);
            moves[i] = (looks ? Winning(game.Rules, game.Board, ours: true) ?? Winning(game.Rules, game.Board, ours: false) : null) ?? RandomPlayer.Any(game, ref _dice);
        }
    }

    /// <summary>A move whose cell completes a line of ours, or would complete one of the other's; null where there is none.</summary>
    private static int? Winning(LineGame rules, Board board, bool ours)
    {
        ulong stones = board.IsFirstToMove == ours ? board.First : board.Second;
        for (int move = 0; move < rules.Cells; move++)
            if (rules.IsLegal(board, move) && rules.HasLine(stones | (rules.Play(board, move).All & ~board.All))) return move;
        return null;
    }
}

/// <summary>Never gives anything away: wins as soon as can be, loses as late as can be, and chooses by lot among moves that are as good.</summary>
/// <param name="play">What moves are worth.</param>
/// <param name="seed">Chance.</param>
public sealed class PerfectPlayer(PerfectPlay play, ulong seed) : IPlayer
{
    private Dice _dice = new(seed);

    /// <inheritdoc/>
    public string Name => "perfect";

    /// <inheritdoc/>
    public void Choose(IReadOnlyList<Game> games, Span<int> moves)
    {
        ArgumentNullException.ThrowIfNull(games);
        Span<int?> worth = stackalloc int?[play.Rules.Cells];
        Span<int> best = stackalloc int[play.Rules.Cells];
        for (int i = 0; i < games.Count; i++)
        {
            play.WorthOfMoves(games[i].Board, worth);
            int most = int.MinValue, count = 0;
            for (int move = 0; move < worth.Length; move++)
            {
                if (worth[move] is not int its || its < most) continue;
                if (its > most) (most, count) = (its, 0);
                best[count++] = move;
            }

            moves[i] = best[_dice.Below(count)];
        }
    }
}
