using Gestalt.Inference;
using Gestalt.Tasks.Games;
using Gestalt.Training.Reinforcement;
using Gestalt.World;

namespace Gestalt.Training.SelfPlay;

/// <summary>Lets a model play against itself: since each token is a move and the sides take turns, a game is one sequence of the engine, which ends when the rules say so.</summary>
/// <param name="engine">Runs the model that is trained.</param>
/// <param name="job">The game, and how it is played.</param>
internal sealed class SelfPlaySampler(Engine engine, SelfPlayJob job)
{
    /// <summary>Time spent, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Plays a step's games at temperature 1 without filters, so that probabilities are exactly those of training.</summary>
    /// <param name="step">Which step: the same one is the same games.</param>
    /// <param name="cancellation">Gives up.</param>
    public SelfPlayGame[] Play(int step, CancellationToken cancellation)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        ulong seed = Dice.Mix(job.Options.Seed ^ Dice.Mix((ulong)step));
        Game[] games = new Game[job.Play.Openings * job.Play.Games];
        var openings = new int[games.Length];
        for (int opening = 0; opening < job.Play.Openings; opening++)
        {
            int[] moves = Opening(new Dice(seed, (ulong)opening));
            for (int i = opening * job.Play.Games; i < (opening + 1) * job.Play.Games; i++)
            {
                (games[i], openings[i]) = (new Game(job.Vocabulary.Rules), moves.Length);
                foreach (int move in moves) games[i].Play(move);
            }
        }

        int[][] prompts = [.. games.Select(job.Vocabulary.Ids)];
        var options = new GenerationOptions { Sampling = new SamplingOptions { Temperature = 1, Seed = seed }, LogProbabilities = true };
        Generation[] drawn = engine.GenerateAll(prompts, options, (i, id) =>
        {
            games[i].Play(job.Vocabulary.MoveOf(id, games[i].IsFirstToMove));
            return games[i].IsOver;
        }, cancellation: cancellation);
        Seconds += System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return [.. drawn.Select((moves, i) => new SelfPlayGame(games[i], openings[i], new Rollout(prompts[i], [.. moves.Ids, .. Behind(games[i])], moves.LogProbabilities, isTruncated: false)))];
    }

    private int[] Behind(Game game) => game.IsForfeit ? [] : [job.Vocabulary.IdOf(game.Result), GameVocabulary.EndOfText];

    /// <summary>Moves by lot after which the game still goes on.</summary>
    private int[] Opening(Dice dice)
    {
        int length = dice.Between(0, job.Play.DeepestOpening);
        while (true)
        {
            var game = new Game(job.Vocabulary.Rules);
            while (game.Moves.Count < length && !game.IsOver) game.Play(RandomPlayer.Any(game, ref dice));
            if (!game.IsOver) return [.. game.Moves];
        }
    }
}
