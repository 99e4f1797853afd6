namespace Gestalt.Corpus;

/// <summary>Maps a stream on several threads and hands the results on in the order of the input, with bounded memory.</summary>
internal static class OrderedParallel
{
    /// <summary>Items are handed out in batches of up to this weight...</summary>
    private const long BatchWeight = 256 << 10;

    /// <summary>... or this many.</summary>
    private const int BatchItems = 64;

    /// <summary>Batches under way for each thread: enough that none waits while the oldest is still in work.</summary>
    private const int BatchesPerThread = 4;

    /// <summary>Reads the input on the caller's thread, maps on <paramref name="threads"/> others.</summary>
    public static IEnumerable<TOut> Map<TIn, TOut>(IEnumerable<TIn> items, Func<TIn, long> weight, Func<TIn, TOut> map, int threads, CancellationToken cancellation)
    {
        if (threads == 1)
        {
            foreach (TIn item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return map(item);
            }

            yield break;
        }

        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        var pending = new Queue<Task<TOut[]>>();
        foreach (List<TIn> batch in Batches(items, weight))
        {
            cancellation.ThrowIfCancellationRequested();
            pending.Enqueue(Task.Factory.StartNew(() => Array.ConvertAll([.. batch], item => map(item)), cancellation, TaskCreationOptions.None, scheduler));
            if (pending.Count < threads * BatchesPerThread)
                continue;
            foreach (TOut result in pending.Dequeue().GetAwaiter().GetResult())
                yield return result;
        }

        while (pending.TryDequeue(out Task<TOut[]>? oldest))
        {
            foreach (TOut result in oldest.GetAwaiter().GetResult())
                yield return result;
        }
    }

    private static IEnumerable<List<T>> Batches<T>(IEnumerable<T> items, Func<T, long> weight)
    {
        var batch = new List<T>();
        long sum = 0;
        foreach (T item in items)
        {
            batch.Add(item);
            sum += weight(item);
            if (sum < BatchWeight && batch.Count < BatchItems)
                continue;
            yield return batch;
            batch = [];
            sum = 0;
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
