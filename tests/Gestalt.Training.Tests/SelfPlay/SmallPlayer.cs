using Gestalt.Models;
using Gestalt.Tasks.Games;
using Gestalt.Training.SelfPlay;

namespace Gestalt.Training.Tests.SelfPlay;

/// <summary>A model so small that a whole life takes a second.</summary>
internal static class SmallPlayer
{
    public static PlayRequest Request(string folder, ulong seed = 1, int imitation = 12, int selfPlay = 4)
    {
        PlayRequest usual = PlayRequest.Usual(LineGame.TicTacToe, folder, "small", seed, imitation, selfPlay);
        return usual with
        {
            TeacherGames = 200,
            LookGames = 20,
            FinalGames = 40,
            Model = usual.Model with { Layers = 1, Width = 32, Heads = 2, KeyValueHeads = 1, FeedForwardWidth = 32 },
            Play = usual.Play with { Openings = 4, Games = 4 },
            Imitation = usual.Imitation with { Rows = 16, DreamEvery = 5 },
            SelfPlay = usual.SelfPlay with { Rows = 16, ValidateEvery = 2 },
        };
    }

    public static float[] Values(string file)
    {
        using LoadedModel model = ModelFile.Load(file, new Tensors.Device(new Kernels.WorkerPool(1)));
        return [.. model.Transformer.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
    }
}
