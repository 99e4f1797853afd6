using System.Collections;
using System.Runtime.CompilerServices;
using Gestalt.Text;

namespace Gestalt.Inference;

/// <summary>A generated token and how likely the model itself found it, before penalties, filters and temperature.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">The natural logarithm of its probability.</param>
/// <param name="Likeliest">The tokens that the model found likeliest in its place, as many as were asked for, the likeliest first.</param>
public readonly record struct GeneratedToken(int Id, float LogProbability, IReadOnlyList<TokenLogProbability> Likeliest);

/// <summary>A text as it is generated, piece by piece: <c>foreach</c> it, or <c>await foreach</c> its <see cref="ReadAsync"/>, once. Leaving the loop early ends it.</summary>
public sealed class TextStream : IEnumerable<string>
{
    private readonly TokenStream _tokens;
    private readonly StreamDecoder _decoder;
    private readonly StopMatcher _stops;
    private readonly List<GeneratedToken> _generated = [];

    internal TextStream(TokenStream tokens, StreamDecoder decoder, StopMatcher stops)
    {
        _tokens = tokens;
        _decoder = decoder;
        _stops = stops;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => _tokens.PromptTokens;

    /// <summary>Tokens generated so far.</summary>
    public int GeneratedTokens => _tokens.GeneratedTokens;

    /// <summary>Tokens of the prompt that did not have to be read; known from the first piece on.</summary>
    public int CachedTokens => _tokens.CachedTokens;

    /// <summary>Why the text ended; null while it goes on, and when the loop was left early.</summary>
    public FinishReason? Reason => _stops.HasStopped ? FinishReason.Stop : _tokens.Reason;

    /// <summary>
    /// The tokens that were generated since this was last asked, with their probabilities, if the options ask for <see cref="GenerationOptions.LogProbabilities"/>. Their text may still be held back:
    /// letters of several tokens, the beginning of a stop string.
    /// </summary>
    public IReadOnlyList<GeneratedToken> TakeTokens()
    {
        GeneratedToken[] taken = [.. _generated];
        _generated.Clear();
        return taken;
    }

    /// <summary>The whole text, generated to its end.</summary>
    public string ReadToEnd() => string.Concat(this);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        foreach (int id in _tokens)
        {
            string piece = _stops.Push(Decode(id));
            if (piece.Length > 0)
                yield return piece;
            if (_stops.HasStopped)
                yield break;
        }
        string rest = End();
        if (rest.Length > 0)
            yield return rest;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same stream, each step on a thread of the pool.</summary>
    /// <param name="cancellation">Ends it, as does the token that the stream was made with.</param>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (int id in _tokens.ReadAsync(cancellation).ConfigureAwait(false))
        {
            string piece = _stops.Push(Decode(id));
            if (piece.Length > 0)
                yield return piece;
            if (_stops.HasStopped)
                yield break;
        }
        string rest = End();
        if (rest.Length > 0)
            yield return rest;
    }

    private string Decode(int id)
    {
        if (!float.IsNaN(_tokens.LogProbability))
            _generated.Add(new GeneratedToken(id, _tokens.LogProbability, _tokens.Likeliest));
        return _decoder.Push(id);
    }

    private string End()
    {
        string last = _stops.Push(_decoder.Flush());
        return _stops.HasStopped ? last : last + _stops.Flush();
    }
}
