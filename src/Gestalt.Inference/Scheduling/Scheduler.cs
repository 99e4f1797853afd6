using System.Runtime.ExceptionServices;

namespace Gestalt.Inference.Scheduling;

/// <summary>
/// Lets many threads ask for sequences while one of them at a time drives the model. Whoever waits for a token and finds nobody driving drives, for all; where
/// tokens are awaited asynchronously, a thread of the pool does. So one stream alone costs no switching between threads, and callbacks run on the caller's.
/// </summary>
internal sealed class Scheduler(StepRunner runner) : IDisposable
{
    private readonly object _gate = runner.Gate;
    private bool _isDriven;
    private int _driver; // managed thread id
    private int _exclusives; // threads that want the model for themselves
    private bool _hasBackground;
    private bool _isDisposed;

    /// <summary>Guards what threads see of requests.</summary>
    public object Gate => _gate;

    /// <summary>Hands requests in. Nothing is computed before somebody waits for them.</summary>
    public void Submit(RequestGroup group)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(Engine));
            RefuseCallbacks();
            runner.Add(group);
        }
    }

    /// <summary>Waits for a request's token.</summary>
    /// <param name="request">The request.</param>
    /// <param name="index">Which generated token, from 0.</param>
    /// <returns>False if the sequence has ended before it.</returns>
    public bool WaitFor(Request request, int index)
    {
        Drive(request.Group, request, index);
        return Has(request, index);
    }

    /// <summary>Waits for all of a group.</summary>
    public void WaitFor(RequestGroup group)
    {
        Drive(group, request: null, index: 0);
        if (group.Error is not null)
            ExceptionDispatchInfo.Throw(group.Error);
    }

    /// <summary>Waits for a request's token without a thread.</summary>
    public async ValueTask<bool> WaitForAsync(Request request, int index, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (request.Generated > index || request.IsDone)
                    break;
                request.Group.IsAsynchronous = true;
                request.Signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                next = request.Signal.Task;
                StartBackground();
            }
            await next.WaitAsync(cancellation).ConfigureAwait(false);
        }
        return Has(request, index);
    }

    /// <summary>Ends a request that nobody wants any more and frees what it holds: now, or at the end of the step that is under way.</summary>
    public void Abandon(Request request)
    {
        lock (_gate)
        {
            request.IsAbandoned = true;
            request.Group.IsAsynchronous = false;
            if (!_isDriven)
                runner.Sweep();
        }
    }

    /// <summary>Does something while nobody drives.</summary>
    public void Exclusively(Action work)
    {
        lock (_gate)
        {
            RefuseCallbacks();
            _exclusives++;
            while (_isDriven)
                Monitor.Wait(_gate);
            _exclusives--;
            Take();
        }
        try
        {
            work();
        }
        finally
        {
            lock (_gate)
                LeaveTo();
        }
    }

    /// <summary>Ends everything.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            RefuseCallbacks();
            _isDisposed = true;
            runner.Stop();
            while (_isDriven)
                Monitor.Wait(_gate);
            runner.Sweep();
            Monitor.PulseAll(_gate);
        }
        runner.Dispose();
    }

    private bool Has(Request request, int index)
    {
        lock (_gate)
        {
            if (request.Generated > index)
                return true;
            if (request.Error is not null)
                ExceptionDispatchInfo.Throw(request.Error);
            return false;
        }
    }

    private void Drive(RequestGroup group, Request? request, int index)
    {
        while (true)
        {
            lock (_gate)
            {
                RefuseCallbacks();
                while (!IsThere(group, request, index) && (_isDriven || _exclusives > 0))
                    Monitor.Wait(_gate);
                if (IsThere(group, request, index))
                    return;
                Take();
            }
            StepFor(group, request, index);
        }
    }

    private static bool IsThere(RequestGroup group, Request? request, int index) =>
        request is null ? group.Open == 0 : request.Generated > index || request.IsDone;

    private void Background()
    {
        lock (_gate)
        {
            _hasBackground = false;
            if (_isDriven || _exclusives > 0 || !runner.HasAsynchronous())
                return; // whoever drives starts another one when it leaves
            Take();
        }
        StepFor(group: null, request: null, index: 0);
    }

    /// <summary>Steps until what is waited for is there (without a group: until nothing runs by itself) or somebody wants the runner alone, then leaves it to others.</summary>
    private void StepFor(RequestGroup? group, Request? request, int index)
    {
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                runner.Step();
                lock (_gate)
                    goesOn = (group is null ? runner.HasAsynchronous() : !IsThere(group, request, index)) && _exclusives == 0;
            }
        }
        finally
        {
            lock (_gate)
                LeaveTo();
        }
    }

    private void Take() => (_isDriven, _driver) = (true, Environment.CurrentManagedThreadId);

    private void LeaveTo()
    {
        (_isDriven, _driver) = (false, 0);
        Monitor.PulseAll(_gate);
        if (runner.HasAsynchronous())
            StartBackground();
    }

    private void StartBackground()
    {
        if (_isDriven || _hasBackground || _isDisposed)
            return;
        _hasBackground = true;
        ThreadPool.UnsafeQueueUserWorkItem(static scheduler => scheduler.Background(), this, preferLocal: false);
    }

    private void RefuseCallbacks()
    {
        if (_isDriven && _driver == Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("A callback of the engine asks the same engine for more. Collect what it is told and ask afterwards, or use another engine.");
    }
}
