using Gestalt.Tasks.Games;

namespace Gestalt.Evaluation.Games;

/// <summary>Plays matches.</summary>
public static class Match
{
    /// <summary>Plays games side by side; in half of them one player begins, in half the other.</summary>
    /// <param name="play">The game, and what its moves are worth.</param>
    /// <param name="player">The player whose score it is.</param>
    /// <param name="opponent">The other player.</param>
    /// <param name="games">How many, at least 2; an odd one is left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The score, and the games: first those that <paramref name="player"/> began.</returns>
    public static (MatchScore Score, IReadOnlyList<Game> Games) Play(PerfectPlay play, IPlayer player, IPlayer opponent, int games, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(play);
        ArgumentNullException.ThrowIfNull(player);
        ArgumentNullException.ThrowIfNull(opponent);
        ArgumentOutOfRangeException.ThrowIfLessThan(games, 2);
        Game[] all = [.. Enumerable.Range(0, games / 2 * 2).Select(_ => new Game(play.Rules))];
        bool[] begins = [.. all.Select((_, i) => i < all.Length / 2)];
        var judge = new Judge(play);
        var moves = new int[all.Length];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] open = [.. Enumerable.Range(0, all.Length).Where(i => !all[i].IsOver)];
            if (open.Length == 0) break;
            foreach (bool ours in (bool[])[true, false])
            {
                int[] turn = [.. open.Where(i => (begins[i] == all[i].IsFirstToMove) == ours && !all[i].IsOver)];
                if (turn.Length == 0) continue;
                (ours ? player : opponent).Choose([.. turn.Select(i => all[i])], moves);
                for (int i = 0; i < turn.Length; i++)
                {
                    if (ours) judge.Note(all[turn[i]].Board, moves[i]);
                    all[turn[i]].Play(moves[i]);
                }
            }
        }

        int wins = 0, draws = 0, illegal = 0;
        for (int i = 0; i < all.Length; i++)
        {
            GameResult won = begins[i] ? GameResult.First : GameResult.Second;
            if (all[i].Result == won) wins++;
            else if (all[i].Result == GameResult.Draw) draws++;
            else if (all[i].IsForfeit) illegal++;
        }

        return (new MatchScore(wins, draws, all.Length - wins - draws, illegal, judge.Kept), all);
    }

    /// <summary>Looks at moves where something could be given away.</summary>
    private sealed class Judge(PerfectPlay play)
    {
        private readonly int?[] _worth = new int?[play.Rules.Cells];
        private int _chances, _kept;
        private double _byLot;

        public Proportion Kept => new(_kept, _chances, _chances == 0 ? 0 : _byLot / _chances);

        public void Note(Board board, int move)
        {
            play.WorthOfMoves(board, _worth);
            int best = _worth.Max(worth => Math.Sign(worth ?? int.MinValue)), legal = _worth.Count(worth => worth is not null);
            int good = _worth.Count(worth => worth is int its && Math.Sign(its) == best);
            if (good == legal && (uint)move < (uint)_worth.Length && _worth[move] is not null) return; // nothing to give away, and nothing given
            _chances++;
            _byLot += (double)good / legal;
            if ((uint)move < (uint)_worth.Length && _worth[move] is int made && Math.Sign(made) == best) _kept++;
        }
    }
}
