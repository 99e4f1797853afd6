using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Scheduling;

/// <summary>
/// The steps of an engine. Each is one pass of the model over one token of every running sequence and a piece of the prompts that are being read (continuous
/// batching: Yu et al., Orca, 2022; pieces of prompts between: arXiv 2308.16369).
/// </summary>
/// <remarks>
/// Fairness: whoever was served least goes first, counted in tokens read and generated for a group (arXiv 2401.00588). When memory is short, who came last makes room and is read again
/// later, from what is still remembered. Steps are driven by one thread at a time; what other threads see changes under <see cref="Gate"/>.
/// </remarks>
internal sealed partial class StepRunner : IDisposable
{
    /// <summary>Tokens of prompts read in one pass: enough for efficient matrix products, small enough to be cancelled within a moment.</summary>
    internal const int ReadingLength = 512;

    // Longer answers let their list of tokens grow.
    private const int MostTokensReserved = 4096;

    // Tokens after which a sequence that runs makes room for a group that waits.
    private const int LongestTurn = 256;

    private readonly Engine _engine;
    private readonly Tape _tape;
    private readonly List<RequestGroup> _groups = [];
    private readonly List<Request> _running = [];
    private readonly List<Turn> _turns = [];
    private long _order;
    private bool _isFull;
    private bool _isStopped;

    public StepRunner(Engine engine)
    {
        _engine = engine;
        _tape = new Tape(engine.Model.Device, recording: false);
    }

    /// <summary>Guards everything that threads other than the driving one see.</summary>
    public object Gate { get; } = new();

    /// <summary>The keys and values; null while nothing runs and nothing is remembered.</summary>
    public PagedCache? Cache { get; private set; }

    /// <summary>Takes requests in; under <see cref="Gate"/>.</summary>
    public void Add(RequestGroup group)
    {
        long least = long.MaxValue;
        foreach (RequestGroup other in _groups)
            least = Math.Min(least, other.Served);
        group.Served = _groups.Count == 0 ? 0 : least;
        _groups.Add(group);
    }

    /// <summary>Whether somebody waits for tokens without driving; under <see cref="Gate"/>.</summary>
    public bool HasAsynchronous()
    {
        foreach (RequestGroup group in _groups)
        {
            if (group.IsAsynchronous && group.Open > 0)
                return true;
        }
        return false;
    }

    /// <summary>Ends all requests at the next step; under <see cref="Gate"/>.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Forgets what was remembered, and returns the memory if nothing runs. Nobody drives meanwhile.</summary>
    public void Forget()
    {
        Cache?.Forget();
        _draft?.Forget();
        if (_running.Count == 0)
            ReturnMemory();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReturnMemory();
        _tape.Dispose();
    }

    /// <summary>One pass of the model for all.</summary>
    public void Step()
    {
        lock (Gate)
        {
            Sweep();
            Admit();
        }
        try
        {
            FillBatch();
            if (_turns.Count > 0)
                RunBatch();
        }
        catch (Exception problem)
        {
            // What ends a whole step ends everybody's request: nobody is left waiting.
            foreach (Request request in _running)
                Fail(request, problem);
        }
        lock (Gate)
        {
            _turns.Clear();
            Sweep();
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Removes what has ended or is wanted no more; under <see cref="Gate"/>, while nobody drives or by the driver.</summary>
    public void Sweep()
    {
        foreach (RequestGroup group in _groups)
        {
            if (_isStopped)
                group.Error ??= new ObjectDisposedException(nameof(Engine));
            else if (group.Cancellation.IsCancellationRequested)
                group.Error ??= new OperationCanceledException(group.Cancellation);
            while (group.Waiting.TryPeek(out Request? waiting) && (waiting.IsAbandoned || group.Error is not null))
                End(group.Waiting.Dequeue());
        }
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            Request request = _running[i];
            if (!request.IsDone && !request.IsAbandoned && request.Group.Error is null)
                continue;
            _running.RemoveAt(i);
            End(request);
        }
        for (int i = _groups.Count - 1; i >= 0; i--)
        {
            if (_groups[i].Open == 0)
                _groups.RemoveAt(i);
        }
        if (_groups.Count == 0 && !_engine.KeepsPrefixes)
            ReturnMemory();
    }

    private void End(Request request)
    {
        request.Error ??= request.Reason is null ? request.Group.Error : null;
        request.Dispose();
        request.Group.Open--;
        _isFull = false;
        if (request.Signal is TaskCompletionSource signal)
        {
            request.Signal = null;
            signal.SetResult();
        }
    }

    private void Admit()
    {
        while (!(_isFull && _running.Count > 0) && NextGroup() is RequestGroup group)
        {
            if (_running.Count >= _engine.BatchRows && !MakeRoomFor(group))
                return;
            Request request = group.Waiting.Dequeue();
            request.Order = request.Order == 0 ? ++_order : request.Order;
            (request.Turn, request.IsRunning) = (0, true);
            request.Tokens.EnsureCapacity(request.Prompt.Length + Math.Min(request.Limit ?? 0, MostTokensReserved));
            _running.Add(request);
        }
    }

    /// <summary>The least served group that has requests waiting.</summary>
    private RequestGroup? NextGroup()
    {
        RequestGroup? next = null;
        foreach (RequestGroup group in _groups)
        {
            if (group.Waiting.Count > 0 && (next is null || group.Served < next.Served))
                next = group;
        }
        return next;
    }

    private bool MakeRoomFor(RequestGroup group)
    {
        foreach (Request request in _running)
        {
            if (request.Group == group || request.Turn < LongestTurn)
                continue;
            StepAside(request);
            return true;
        }
        return false;
    }

    /// <summary>Sends a running request back to wait. Of what it holds as much is remembered as memory allows.</summary>
    private void StepAside(Request request)
    {
        if (request.Sequence is not null)
            Remember(request, hasEnded: true);
        request.Dispose();
        _running.Remove(request);
        request.IsRunning = false;
        lock (Gate)
            request.Group.Waiting.Enqueue(request);
    }

    private void ReturnMemory()
    {
        _batch?.Dispose();
        Cache?.Dispose();
        _draft?.Dispose();
        (_batch, Cache, _draft) = (null, null, null);
    }

    private void Fail(Request request, Exception problem)
    {
        lock (Gate)
        {
            request.Error ??= problem;
            if (!request.Group.IsStream)
                request.Group.Error ??= problem;
        }
    }
}
