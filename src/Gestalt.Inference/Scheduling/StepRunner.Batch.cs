using System.Diagnostics;
using Gestalt.Inference.Speculation;
using Gestalt.Models;

namespace Gestalt.Inference.Scheduling;

/// <content>What goes into a step.</content>
internal sealed partial class StepRunner
{
    // While streams run, reading a prompt holds each of their tokens up by no more than about this.
    private const double ReadingSeconds = 0.1;

    // Below this many tokens a pass is bound by reading the weights, and fewer of them would not make it shorter.
    private const int ShortestPiece = 32;

    private readonly SpeculationClock _clock = new();
    private readonly List<Request> _candidates = [];
    private readonly int[] _ids = new int[SpeculationClock.LongestDraft + 1];
    private RaggedBatch? _batch;
    private DraftModel? _draft;
    private double _readingRate; // tokens a second
    private double _draftSeconds;
    private long _step;

    /// <summary>What a request does in a step.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Tokens">Tokens that are read: the last one drawn and guesses after it, or a piece of the prompt.</param>
    /// <param name="Rows">Of how many of them, the last ones, logits are computed.</param>
    private readonly record struct Turn(Request Request, int Tokens, int Rows)
    {
        public int Guesses => Math.Max(0, Rows - 1);
    }

    private void FillBatch()
    {
        _turns.Clear();
        _guesses.Clear();
        _draftSeconds = 0;
        _step++;
        if (_running.Count == 0)
            return;
        CacheBudget budget = _engine.Budget;
        Cache ??= new PagedCache(_engine.Model.Config, budget.Format, budget.Bytes);
        _batch ??= new RaggedBatch(_engine.Model.Config, Cache);
        _batch.Clear();
        _candidates.Clear();
        _candidates.AddRange(_running);
        bool holdsUpStreams = Continue();
        int budgetLeft = holdsUpStreams && _readingRate > 0
            ? Math.Clamp((int)(_readingRate * ReadingSeconds), ShortestPiece, ReadingLength)
            : ReadingLength;
        while (budgetLeft > 0 && NextToRead() is Request request)
            budgetLeft -= Read(request, budgetLeft);
    }

    /// <summary>Lets every running sequence go on by a token, or more where guessing pays; returns whether there is a stream among them.</summary>
    private bool Continue()
    {
        int continuing = 0;
        bool streams = false;
        foreach (Request request in _candidates)
        {
            if (request.Limit == 0 && !request.IsDone)
                EndUnread(request);
            Slide(request);
            if (!Continues(request))
                continue;
            continuing++;
            streams |= request.Group.IsStream;
        }
        bool guesses = (_engine.Options.Draft is not null || _engine.Options.LooksUpDrafts) && (_clock.IsWorthwhile(continuing) || _engine.AlwaysGuess);
        foreach (Request request in _candidates)
        {
            if (!Continues(request))
                continue;
            request.LastStep = _step;
            _ids[0] = request.Tokens[^1];
            int count = 1 + (guesses ? Guess(request, _ids.AsSpan(1)) : 0);
            if (!Reserve(request, count))
                continue;
            _batch!.Add(request.Sequence!, _ids.AsSpan(0, count), count, request.Adapter);
            _guesses.AddRange(_ids.AsSpan(1, count - 1));
            _turns.Add(new Turn(request, count, count));
        }
        return streams;
    }

    /// <summary>A request that asks for no token at all has ended before anything is read.</summary>
    private void EndUnread(Request request)
    {
        try
        {
            Finish(request, FinishReason.TokenLimit);
        }
        catch (Exception problem)
        {
            Fail(request, problem);
        }
    }

    private static bool Continues(Request request) => request is { IsRunning: true, IsDone: false, Sequence: not null, Unread: 1 };

    private int Guess(Request request, Span<int> guesses)
    {
        int room = Math.Min(
            request.Limit is int limit ? limit - request.Generated - 1 : int.MaxValue,
            _engine.Context - request.Visible.Length);
        if (room <= 0)
            return 0;
        long start = Stopwatch.GetTimestamp();
        request.Drafter ??= NewDrafter(request);
        int count = Math.Min(Math.Min(request.DraftLength, guesses.Length), room);
        count = request.Drafter.Propose(request.Visible, request.Random, guesses[..count]);
        _draftSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return count;
    }

    private IDrafter NewDrafter(Request request)
    {
        if (_engine.Options.Draft is not Transformer model)
            return new LookupDrafter();
        request.DraftLength = 1; // a model's guesses cost a pass each, also the first, which may be wrong
        IDrafter drafter = (_draft ??= new DraftModel(model, _engine.DraftBudget)).Begin(request.Group.Options.Sampling, _engine.Model.Config.Vocabulary);
        return _engine.Options.LooksUpDrafts ? new LookupFirstDrafter(drafter) : drafter;
    }

    private Request? NextToRead()
    {
        Request? next = null;
        foreach (Request request in _candidates)
        {
            if (!request.IsRunning || request.IsDone || request.LastStep == _step)
                continue;
            if (next is null || request.Group.Served < next.Group.Served || (request.Group == next.Group && request.Order < next.Order))
                next = request;
        }
        return next;
    }

    /// <summary>Reads a piece of what a request has not read yet; returns how many tokens that is.</summary>
    private int Read(Request request, int most)
    {
        request.LastStep = _step;
        if (request.Sequence is null)
        {
            request.Sequence = Cache!.Begin(request.Adapter is null ? request.Visible : []); // keys and values of another adapter would not fit
            request.KnownTokens = request.Generated == 0 ? request.Sequence.Length : request.KnownTokens;
        }
        int count = Math.Min(most, request.Unread);
        int rows = count == request.Unread ? 1 : 0;
        if (!Reserve(request, count))
            return 0;
        _batch!.Add(request.Sequence, request.Visible.Slice(request.Sequence.Length, count), rows, request.Adapter);
        _turns.Add(new Turn(request, count, rows));
        return count;
    }

    /// <summary>Where a sliding context is full, its latest half is read anew.</summary>
    private void Slide(Request request)
    {
        if (request.Group.Options.WhenFull != ContextPolicy.Slide || request.Visible.Length <= _engine.Context)
            return;
        request.First = request.Tokens.Count - Math.Max(1, _engine.Context / 2);
        request.Dispose();
    }

    /// <summary>Readies memory for a request's next tokens. Who came last makes room for who came before, and may be the request itself: then the answer is no.</summary>
    private bool Reserve(Request request, int tokens)
    {
        while (!Cache!.TryReserve(request.Sequence!, tokens))
        {
            Request? last = null;
            bool isAlone = true;
            foreach (Request other in _running)
            {
                if (other == request || other.Sequence is null)
                    continue;
                isAlone = false;
                if (other.Order > request.Order && !IsInBatch(other) && (last is null || other.Order > last.Order))
                    last = other;
            }
            if (isAlone)
                throw new InvalidOperationException($"The cache of {Cache.Bytes} bytes does not hold one sequence of {request.Sequence!.Length + tokens} tokens.");
            _isFull = true;
            StepAside(last ?? request);
            if (last is null)
                return false;
        }
        return true;
    }

    private bool IsInBatch(Request request)
    {
        foreach (Turn turn in _turns)
        {
            if (turn.Request == request)
                return true;
        }
        return false;
    }
}
