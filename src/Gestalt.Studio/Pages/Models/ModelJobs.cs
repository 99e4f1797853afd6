using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gestalt.Store;
using Microsoft.Extensions.Hosting;

namespace Gestalt.Studio.Pages.Models;

/// <summary>How far a job is.</summary>
internal enum JobState
{
    /// <summary>It waits or works.</summary>
    Running,

    /// <summary>It has done what it should.</summary>
    Done,

    /// <summary>It could not.</summary>
    Failed,

    /// <summary>The user ended it.</summary>
    Cancelled,
}

/// <summary>Something that takes its time with a model: a pull, a conversion, a quantization.</summary>
/// <param name="id">Its number.</param>
/// <param name="kind"><c>pull</c>, <c>quantize</c> or <c>convert</c>.</param>
/// <param name="subject">The model.</param>
/// <param name="stop">Ends it.</param>
internal sealed class ModelJob(int id, string kind, string subject, CancellationTokenSource stop)
{
    /// <summary>Its number.</summary>
    public int Id => id;

    /// <summary>What it does.</summary>
    public string Kind => kind;

    /// <summary>The model.</summary>
    public string Subject => subject;

    /// <summary>How far it is.</summary>
    public JobState State { get; set; } = JobState.Running;

    /// <summary>Bytes that are done; null where nobody counts.</summary>
    public long? Done { get; set; }

    /// <summary>Bytes in all; null while that is not known.</summary>
    public long? Total { get; set; }

    /// <summary>What it is at, what came of it, or what was wrong.</summary>
    public string Note { get; set; } = "";

    /// <summary>Ends it; what has come of a pull stays.</summary>
    public void Cancel() => stop.Cancel();
}

/// <summary>The jobs of the Models page, which go on while nobody looks.</summary>
internal sealed class ModelJobs : IDisposable
{
    /// <summary>Finished jobs that are remembered.</summary>
    private const int MostFinished = 12;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<int, ModelJob> _jobs = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _oneHeavy = new(1);
    private int _last;

    /// <summary>Makes an empty list of jobs.</summary>
    /// <param name="lifetime">Ends the jobs with the server.</param>
    public ModelJobs(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(_stopping.Cancel);

    /// <summary>All jobs, the newest first.</summary>
    public IReadOnlyList<ModelJob> All => [.. _jobs.Values.OrderByDescending(job => job.Id)];

    /// <summary>The job of a number; null if there is none.</summary>
    public ModelJob? Find(int id) => _jobs.GetValueOrDefault(id);

    /// <summary>Whether a job of this kind is at work on a model.</summary>
    public bool IsAt(string kind, string subject) => _jobs.Values.Any(job => job.State == JobState.Running && job.Kind == kind && job.Subject == subject);

    /// <summary>Starts a job.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="subject">The model.</param>
    /// <param name="isHeavy">Whether it uses all of the machine, so that only one such job runs at a time.</param>
    /// <param name="work">Does it, and says what came of it.</param>
    /// <param name="explain">Says what was wrong, where that is known; null for what nobody foresaw.</param>
    public ModelJob Start(string kind, string subject, bool isHeavy, Func<ModelJob, CancellationToken, Task<string>> work, Func<Exception, string?> explain)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var job = new ModelJob(Interlocked.Increment(ref _last), kind, subject, stop);
        _jobs[job.Id] = job;
        foreach (ModelJob old in All.Where(other => other.State != JobState.Running).Skip(MostFinished)) _jobs.TryRemove(old.Id, out _);
        _ = Task.Run(async () =>
        {
            bool holds = false;
            try
            {
                if (isHeavy)
                {
                    job.Note = _oneHeavy.CurrentCount == 0 ? "waits for the one before" : "";
                    await _oneHeavy.WaitAsync(stop.Token).ConfigureAwait(false);
                    holds = true;
                    job.Note = "";
                }
                job.Note = await work(job, stop.Token).ConfigureAwait(false);
                job.State = JobState.Done;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                (job.Note, job.State) = ("", JobState.Cancelled);
            }
            catch (Exception problem)
            {
                (job.Note, job.State) = (explain(problem) ?? $"Something unforeseen went wrong: {problem.Message}", JobState.Failed);
            }
            finally
            {
                if (holds) _oneHeavy.Release();
                stop.Dispose();
            }
        }, CancellationToken.None);
        return job;
    }

    /// <summary>The jobs each time that one has changed, until none runs: the last event is named <c>idle</c>.</summary>
    /// <param name="cancellation">The listener has gone.</param>
    public async IAsyncEnumerable<SseItem<string>> Watch([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        for (string last = ""; !over.IsCancellationRequested;)
        {
            IReadOnlyList<ModelJob> jobs = All;
            bool isIdle = jobs.All(job => job.State != JobState.Running);
            string now = JsonSerializer.Serialize(jobs, StoreJson.Options);
            if (now != last || isIdle) yield return new SseItem<string>(last = now, isIdle ? "idle" : "jobs");
            if (isIdle) yield break;
            await Task.Delay(Tick, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _oneHeavy.Dispose();
    }
}
