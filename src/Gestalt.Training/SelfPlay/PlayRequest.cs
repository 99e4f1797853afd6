using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.SelfPlay;

/// <summary>What <see cref="PlayStage"/> is asked to do.</summary>
/// <param name="Rules">The game.</param>
/// <param name="Folder">Where everything goes.</param>
/// <param name="Name">The model's name in its file.</param>
public sealed record PlayRequest(LineGame Rules, string Folder, string Name)
{
    private const int Looks = 5; // at the model on its way through imitation; twice as many through self-play

    /// <summary>Games to imitate: a file as <see cref="GameFile"/> reads it; null for the teacher's.</summary>
    public string? Data { get; init; }

    /// <summary>In how many of a hundred moves the teacher does not look.</summary>
    public int Slips { get; init; } = TeacherPlayer.UsualSlips;

    /// <summary>How many games the teacher plays against itself to be imitated.</summary>
    public int TeacherGames { get; init; } = 30_000;

    /// <summary>The model.</summary>
    public required TransformerConfig Model { get; init; }

    /// <summary>The recipe of imitation.</summary>
    public required TrainingOptions Imitation { get; init; }

    /// <summary>How it plays against itself.</summary>
    public required SelfPlayOptions Play { get; init; }

    /// <summary>The recipe of self-play.</summary>
    public required TrainingOptions SelfPlay { get; init; }

    /// <summary>Games of each match on the way.</summary>
    public int LookGames { get; init; } = 200;

    /// <summary>Games of each match at the end.</summary>
    public int FinalGames { get; init; } = 1000;

    /// <summary>The recipe that was measured (docs/log/2026-11-self-play.md): a model of some 180 thousand parameters and a minute or two on two cores.</summary>
    /// <param name="rules">The game.</param>
    /// <param name="folder">Where everything goes.</param>
    /// <param name="name">The model's name in its file.</param>
    /// <param name="seed">All chance.</param>
    /// <param name="imitationSteps">Steps of imitation; null for the usual number.</param>
    /// <param name="selfPlaySteps">Steps of self-play; null for the usual number.</param>
    public static PlayRequest Usual(LineGame rules, string folder, string name, ulong seed, int? imitationSteps = null, int? selfPlaySteps = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var vocabulary = new GameVocabulary(rules);
        var play = new SelfPlayOptions { DeepestOpening = rules.Cells / 2 };
        int imitation = imitationSteps ?? (rules.Falls ? 1000 : 600), selfPlay = selfPlaySteps ?? (rules.Falls ? 150 : 250);
        return new PlayRequest(rules, folder, name)
        {
            Model = TransformerConfig.Qwen3Shaped(layers: 4, width: 64, heads: 4, keyValueHeads: 2, headWidth: 16, feedForward: 128, vocabulary.Size, vocabulary.Longest, tied: false),
            Imitation = new TrainingOptions
            {
                Steps = imitation,
                Rows = 128,
                Context = GameLoader.LengthOf(vocabulary),
                Seed = seed,
                WarmUp = Math.Min(20, imitation),
                Optimizer = new OptimizerOptions(MatrixLearningRate: 0.01f, LearningRate: 0.005f, EmbeddingLearningRate: 0.01f),
                DreamEvery = Math.Max(1, imitation / Looks),
            },
            Play = play,
            SelfPlay = new TrainingOptions
            {
                Steps = selfPlay,
                Rows = play.Openings * play.Games,
                Context = vocabulary.Longest,
                Seed = seed,
                WarmUp = Math.Min(5, selfPlay),
                Decay = 0.3,
                ValidateEvery = Math.Max(1, selfPlay / (2 * Looks)),
                Optimizer = new OptimizerOptions(0.001f, 0.001f, 0.001f, UseMuon: false, Beta2: 0.99f, WeightDecay: 0),
            },
        };
    }
}
