using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Tasks.Games;

/// <summary>
/// A language model that plays: it reads the moves so far and its next token is its move. Nothing is masked: a token that is no move, or a move that the rules do not allow, is played, and loses.
/// </summary>
public sealed class ModelPlayer : IPlayer, IDisposable
{
    private const int RowsAtOnce = 512;

    private readonly Transformer _model;
    private readonly GameVocabulary _vocabulary;
    private readonly double _temperature;
    private readonly Tape _tape;
    private readonly TokenBatch _batch = new(0, 0);
    private Xoshiro256 _random;

    /// <summary>Lets a model play.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="model">The model, which stays the caller's; it may be trained between two calls.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="temperature">1 for its own distribution, less for likelier moves, 0 for the likeliest.</param>
    /// <param name="seed">Chance.</param>
    /// <exception cref="ArgumentException">The model has another vocabulary, or reads less than a whole game; or a temperature is impossible.</exception>
    public ModelPlayer(string name, Transformer model, GameVocabulary vocabulary, double temperature, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (model.Config.Vocabulary != vocabulary.Size || model.Config.Context < vocabulary.Rules.Cells)
            throw new ArgumentException($"a model of {model.Config.Vocabulary} tokens and a context of {model.Config.Context} does not play {vocabulary.Rules.Name}: that takes {vocabulary.Size} and at least {vocabulary.Rules.Cells}.", nameof(model));
        if (!(temperature >= 0 && double.IsFinite(temperature))) throw new ArgumentException(FormattableString.Invariant($"a temperature of {temperature} is impossible: give 0 or more."), nameof(temperature));
        (Name, _model, _vocabulary, _temperature, _random) = (name, model, vocabulary, temperature, new Xoshiro256(seed));
        _tape = new Tape(model.Device, recording: false);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Choose(IReadOnlyList<Game> games, Span<int> moves)
    {
        ArgumentNullException.ThrowIfNull(games);
        var probabilities = new double[_vocabulary.Size];
        foreach (IGrouping<int, int> alike in Enumerable.Range(0, games.Count).GroupBy(i => games[i].Moves.Count)) // rows of a batch have one length
        {
            foreach (int[] some in alike.Chunk(RowsAtOnce))
            {
                ReadOnlySpan<float> logits = Logits([.. some.Select(i => games[i])]); // (B,V)
                for (int row = 0; row < some.Length; row++)
                {
                    ReadOnlySpan<float> own = logits.Slice(row * _vocabulary.Size, _vocabulary.Size);
                    moves[some[row]] = _vocabulary.MoveOf(_temperature == 0 ? Sampler.ArgMax(own) : Draw(own, probabilities), games[some[row]].IsFirstToMove);
                }
            }
        }
    }

    /// <summary>How likely each token is as the next one, at temperature 1: what the model thinks of its moves.</summary>
    /// <param name="game">A game that goes on.</param>
    /// <returns>One for each token of the vocabulary.</returns>
    public double[] Probabilities(Game game)
    {
        var probabilities = new double[_vocabulary.Size];
        Softmax(Logits([game]), 1, probabilities);
        return probabilities;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _tape.Dispose();
    }

    private ReadOnlySpan<float> Logits(Game[] games)
    {
        _batch.Resize(games.Length, games[0].Moves.Count + 1);
        for (int row = 0; row < games.Length; row++) _vocabulary.Ids(games[row]).CopyTo(_batch.Inputs[(row * _batch.Length)..]);
        _tape.Reset();
        return _model.Forward(_tape, _batch).Values;
    }

    private int Draw(ReadOnlySpan<float> logits, double[] probabilities)
    {
        Softmax(logits, _temperature, probabilities);
        double left = _random.NextDouble();
        int id = 0;
        while (id < probabilities.Length - 1 && (left -= probabilities[id]) >= 0) id++;
        return id;
    }

    private static void Softmax(ReadOnlySpan<float> logits, double temperature, Span<double> probabilities)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) most = Math.Max(most, logit / temperature);
        for (int i = 0; i < logits.Length; i++) sum += probabilities[i] = Math.Exp((logits[i] / temperature) - most);
        for (int i = 0; i < logits.Length; i++) probabilities[i] /= sum;
    }
}
