using Gestalt.Studio.Api;

namespace Gestalt.Studio.Serving;

/// <summary>
/// Who may generate on a model, and who waits. Places are given to the user who holds the fewest, and among equals to the one who has waited longest; so one who asks for a hundred answers
/// delays others by no more than one who asks for few. When too many wait, the one who waits most often is told to come again, be it the newcomer or not.
/// </summary>
/// <param name="places">Sequences that may be generated at the same time.</param>
/// <param name="mostWaiting">Requests that may wait.</param>
/// <param name="patience">How long one may wait.</param>
internal sealed class Admission(int places, int mostWaiting, TimeSpan patience)
{
    // What a request takes is only known once some have ended.
    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly int _all = places;
    private int _free = places;
    private double _secondsPerRequest = FirstGuess.TotalSeconds;

    /// <summary>Sequences that are being generated.</summary>
    public int Running => _all - _free;

    /// <summary>Requests that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Waits for places.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="sequences">How many sequences; more than there are places count as all.</param>
    /// <param name="cancellation">Leaves the queue.</param>
    /// <exception cref="ApiException">Too many wait, or it took too long.</exception>
    public async ValueTask<Place> EnterAsync(string user, int sequences, CancellationToken cancellation)
    {
        int wanted = Math.Min(sequences, _all);
        LinkedListNode<Waiter> own;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _free >= wanted)
                return Take(user, wanted);
            own = _waiting.AddLast(new Waiter(user, wanted));
            if (_waiting.Count > mostWaiting)
                Refuse(LatestOfGreediest());
        }
        try
        {
            return await own.Value.Turn.Task.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is OperationCanceledException or TimeoutException)
        {
            Leave(own);
            if (problem is TimeoutException)
                throw ApiException.Busy($"The model has been busy for {patience.TotalSeconds:0} seconds. Try again later.", RetryAfter());
            throw;
        }
    }

    private void Leave(LinkedListNode<Waiter> own)
    {
        lock (_gate)
        {
            if (own.List is not null)
            {
                _waiting.Remove(own);
                Admit(); // a place that was too small for this one may suit the next
                return;
            }
        }
        if (own.Value.Turn.Task.IsCompletedSuccessfully)
            own.Value.Turn.Task.Result.Dispose(); // its turn came in the same moment
    }

    private Place Take(string user, int count)
    {
        _free -= count;
        _held[user] = _held.GetValueOrDefault(user) + count;
        return new Place(this, user, count);
    }

    private void GiveBack(string user, int count, TimeSpan time)
    {
        lock (_gate)
        {
            _secondsPerRequest = (0.9 * _secondsPerRequest) + (0.1 * time.TotalSeconds);
            _free += count;
            int left = _held[user] - count;
            if (left == 0)
                _held.Remove(user);
            else
                _held[user] = left;
            Admit();
        }
    }

    private void Admit()
    {
        while (_waiting.Count > 0)
        {
            LinkedListNode<Waiter> next = _waiting.First!;
            for (LinkedListNode<Waiter>? node = next.Next; node is not null; node = node.Next)
            {
                if (_held.GetValueOrDefault(node.Value.User) < _held.GetValueOrDefault(next.Value.User))
                    next = node;
            }
            if (_free < next.Value.Count)
                return;
            _waiting.Remove(next);
            next.Value.Turn.SetResult(Take(next.Value.User, next.Value.Count));
        }
    }

    private LinkedListNode<Waiter> LatestOfGreediest()
    {
        Dictionary<string, int> asked = new(_held, StringComparer.Ordinal);
        foreach (Waiter waiter in _waiting)
            asked[waiter.User] = asked.GetValueOrDefault(waiter.User) + waiter.Count;
        LinkedListNode<Waiter> latest = _waiting.Last!;
        for (LinkedListNode<Waiter>? node = latest.Previous; node is not null; node = node.Previous)
        {
            if (asked[node.Value.User] > asked[latest.Value.User])
                latest = node;
        }
        return latest;
    }

    private void Refuse(LinkedListNode<Waiter> node)
    {
        _waiting.Remove(node);
        node.Value.Turn.SetException(ApiException.Busy($"The model has {Running} sequences running and {mostWaiting} requests waiting, which is all that it takes. Try again later.", RetryAfter()));
    }

    /// <summary>When about half of those who wait now will have had their turn.</summary>
    private TimeSpan RetryAfter() => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_secondsPerRequest * (1 + (_waiting.Count / 2.0)) / _all), 1, 60));

    private sealed record Waiter(string User, int Count)
    {
        public TaskCompletionSource<Place> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The right to generate; disposing of it lets the next in.</summary>
    internal sealed class Place(Admission admission, string user, int count) : IDisposable
    {
        private readonly long _since = System.Diagnostics.Stopwatch.GetTimestamp();
        private int _isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                admission.GiveBack(user, count, System.Diagnostics.Stopwatch.GetElapsedTime(_since));
        }
    }
}
