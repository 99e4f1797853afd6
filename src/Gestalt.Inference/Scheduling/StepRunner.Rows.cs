using System.Diagnostics;
using System.Runtime.InteropServices;
using Gestalt.Inference.Constraints;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Scheduling;

/// <content>What comes out of a step.</content>
internal sealed partial class StepRunner
{
    private readonly List<int> _guesses = [];
    private uint[] _mask = [];
    private float[] _unmasked = [];

    private void RunBatch()
    {
        long start = Stopwatch.GetTimestamp();
        _tape.Reset();
        Tensor? logits = _engine.Model.Forward(_tape, _batch!); // (rows,V)
        int row = 0, guess = 0, reading = 0, continuing = 0, emitted = 0;
        ReadOnlySpan<int> guesses = CollectionsMarshal.AsSpan(_guesses);
        foreach (Turn turn in _turns)
        {
            Request request = turn.Request;
            request.Group.Served += turn.Tokens;
            request.Turn += turn.Tokens;
            bool isPiece = turn.Tokens > turn.Rows;
            reading += isPiece ? turn.Tokens : 0;
            continuing += isPiece ? 0 : 1;
            if (isPiece)
                Remember(request, hasEnded: false);
            if (turn.Rows > 0)
            {
                int vocabulary = request.Sampler.Vocabulary;
                emitted += Emit(request, logits!.Values.Slice(row * vocabulary, turn.Rows * vocabulary), guesses.Slice(guess, turn.Guesses));
            }
            row += turn.Rows;
            guess += turn.Guesses;
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (reading >= ShortestPiece)
            _readingRate = _readingRate == 0 ? reading / seconds : (0.8 * _readingRate) + (0.2 * reading / seconds);
        else if (reading == 0)
            _clock.Count(continuing, guess, emitted, seconds + _draftSeconds);
    }

    /// <summary>
    /// Draws a token from each row of logits as long as the guesses before it were right, so that every token is drawn from the model's own distribution given those
    /// before it, guessed or not. Returns how many.
    /// </summary>
    private int Emit(Request request, Span<float> logits, ReadOnlySpan<int> guesses)
    {
        int vocabulary = request.Sampler.Vocabulary, before = request.Generated, right = 0;
        try
        {
            while (Draw(request, logits.Slice(right * vocabulary, vocabulary), out int id) && right < guesses.Length && id == guesses[right])
                right++;
        }
        catch (Exception problem)
        {
            Fail(request, problem);
        }
        if (guesses.Length > 0)
        {
            _engine.GuessedTokens += guesses.Length;
            _engine.RightGuesses += right;
            request.DraftLength = right == guesses.Length ? Math.Min(request.DraftLength + 2, _ids.Length - 1) : Math.Max(1, right + 1);
            request.Sequence!.Truncate(request.Sequence.Length - (guesses.Length - right));
        }
        if (request.Reason is not null)
            Remember(request, hasEnded: true);
        return request.Generated - before;
    }

    /// <summary>Draws a request's next token; false when that ended the sequence.</summary>
    private bool Draw(Request request, Span<float> logits, out int id)
    {
        GenerationOptions options = request.Group.Options;
        if (options.Vocabulary is int known && known < logits.Length)
            logits[known..].Fill(float.NegativeInfinity);
        ReadOnlySpan<float> unmasked = logits;
        if (request.Constraint is TokenConstraint constraint)
        {
            if (options.LogProbabilities)
                unmasked = CopyOf(logits);
            ApplyMask(constraint, logits);
        }
        id = request.Sampler.Next(logits, CollectionsMarshal.AsSpan(request.Tokens), ref request.Random);
        request.Constraint?.Accept(id);
        if (request.Constraint is { IsFinished: true } || options.StopIds.Contains(id))
            return Finish(request, FinishReason.Stop);
        float logProbability = options.LogProbabilities ? Sampler.LogProbability(unmasked, id) : 0;
        Publish(request, id, logProbability, options is { LogProbabilities: true, LikeliestTokens: > 0 } ? Likeliest(unmasked, options.LikeliestTokens) : null);
        if (request.Group.Stop?.Invoke(request.Index, id) == true)
            return Finish(request, FinishReason.Stop);
        if (request.Constraint is { MustEnd: true, IsComplete: true })
            return Finish(request, FinishReason.Stop);
        return request.Generated != request.Limit
            || Finish(request, request.Generated == options.MaxTokens ? FinishReason.TokenLimit : FinishReason.ContextFull);
    }

    private static TokenLogProbability[] Likeliest(ReadOnlySpan<float> logits, int count)
    {
        var likeliest = new TokenLogProbability[Math.Min(count, logits.Length)];
        return likeliest[..Sampler.LogProbabilities(logits, likeliest)];
    }

    private void Remember(Request request, bool hasEnded)
    {
        if (request.Adapter is null)
            Cache!.Remember(request.Sequence!, request.Visible, hasEnded);
    }

    private void Publish(Request request, int id, float logProbability, TokenLogProbability[]? likeliest)
    {
        lock (Gate)
        {
            request.Tokens.Add(id);
            if (request.Group.Options.LogProbabilities)
                request.LogProbabilities.Add(logProbability);
            if (likeliest is not null)
                request.Likeliest.Add(likeliest);
            if (request.Signal is TaskCompletionSource signal)
            {
                request.Signal = null;
                signal.SetResult();
            }
        }
    }

    private bool Finish(Request request, FinishReason reason)
    {
        lock (Gate)
            request.Reason = reason;
        request.Group.Finished?.Invoke(request);
        return false;
    }

    private float[] CopyOf(ReadOnlySpan<float> logits)
    {
        if (_unmasked.Length != logits.Length)
            _unmasked = new float[logits.Length];
        logits.CopyTo(_unmasked);
        return _unmasked;
    }

    private void ApplyMask(TokenConstraint constraint, Span<float> logits)
    {
        int words = (logits.Length + 31) / 32;
        if (_mask.Length < words)
            _mask = new uint[words];
        constraint.Mask(_mask);
        TokenMask.Apply(_mask, logits);
    }
}
