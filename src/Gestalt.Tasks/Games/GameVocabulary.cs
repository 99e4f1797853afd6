using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Tasks.Games;

/// <summary>The vocabulary of models that play: the bytes, so that a move is one token, and a token before and behind each game. It is the smallest that every runtime can read.</summary>
public sealed class GameVocabulary
{
    /// <summary>The token before and behind each game.</summary>
    public const int EndOfText = 256;

    /// <summary>The key under which a model's file names its game.</summary>
    public const string MetadataKey = "gestalt.game";

    /// <summary>Makes a game's vocabulary.</summary>
    /// <param name="rules">The game.</param>
    public GameVocabulary(LineGame rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Rules = rules;
        Tokenizer = BpeTrainer.Train([], EndOfText + 1, specials: [SpecialTokens.EndOfTextName]); // ids 0 to 255 are the bytes
    }

    /// <summary>The game.</summary>
    public LineGame Rules { get; }

    /// <summary>The same for model files.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>V.</summary>
    public int Size => Tokenizer.VocabularySize;

    /// <summary>The longest game's ids: a token before it, its moves, its end, and a token behind it.</summary>
    public int Longest => Rules.Cells + 3;

    /// <summary>What a model file says that it plays.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Null where it plays none of the games.</returns>
    public static GameVocabulary? Of(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string? name = model.Metadata.GetValueOrDefault(MetadataKey);
        return LineGame.All.FirstOrDefault(game => game.Name == name) is LineGame rules ? new GameVocabulary(rules) : null;
    }

    /// <summary>What a model file should say beside the model.</summary>
    /// <param name="name">The model's name.</param>
    public ModelFileOptions Describe(string name) => new() { Name = name, Metadata = new Dictionary<string, string> { [MetadataKey] = Rules.Name } };

    /// <summary>The id of a move.</summary>
    /// <param name="move">The cell.</param>
    /// <param name="isFirst">Whether it is a move of the player who began: each side has tokens of its own, so that a model need not count whose stone it was.</param>
    public int IdOf(int move, bool isFirst) => (uint)move < (uint)Rules.Cells ? Game.LetterOf(move, isFirst) : throw new ArgumentOutOfRangeException(nameof(move), move, $"The move {move} is none.");

    /// <summary>The move of an id; −1 where it is none of that player's.</summary>
    /// <param name="id">The id.</param>
    /// <param name="isFirst">Whether the player who began is to move.</param>
    public int MoveOf(int id, bool isFirst) => id - Game.LetterOf(0, isFirst) is int move && (uint)move < (uint)Rules.Cells ? move : -1;

    /// <summary>The id of a game's end.</summary>
    /// <param name="result">How it ended.</param>
    public int IdOf(GameResult result) => result != GameResult.Open ? Game.Ends[(int)result - 1] : throw new ArgumentException("A game that goes on has no end.", nameof(result));

    /// <summary>The ids of a game so far: the token before it and its moves.</summary>
    /// <param name="game">The game, without a move that was none.</param>
    public int[] Ids(Game game)
    {
        ArgumentNullException.ThrowIfNull(game);
        return [EndOfText, .. game.Moves.Select((move, i) => IdOf(move, i % 2 == 0))];
    }
}
