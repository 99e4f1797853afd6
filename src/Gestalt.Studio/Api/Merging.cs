using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Gestalt.Studio.Api;

/// <summary>Several streams as one, each thing as it comes.</summary>
internal static class Merging
{
    /// <summary>Merges streams. The first that fails ends all; so does leaving early.</summary>
    /// <param name="streams">The streams, given the token that ends them.</param>
    /// <param name="cancellation">Ends all.</param>
    public static async IAsyncEnumerable<T> Merge<T>(IReadOnlyList<Func<CancellationToken, IAsyncEnumerable<T>>> streams, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (streams.Count == 1)
        {
            await foreach (T thing in streams[0](cancellation).ConfigureAwait(false))
                yield return thing;
            yield break;
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var things = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
        int open = streams.Count;
        Task[] writers = [.. streams.Select(CopyAsync)];
        try
        {
            await foreach (T thing in things.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return thing;
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(writers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task CopyAsync(Func<CancellationToken, IAsyncEnumerable<T>> stream)
        {
            try
            {
                await foreach (T thing in stream(ends.Token).ConfigureAwait(false))
                    things.Writer.TryWrite(thing);
                if (Interlocked.Decrement(ref open) == 0)
                    things.Writer.TryComplete();
            }
            catch (Exception problem)
            {
                things.Writer.TryComplete(problem);
            }
        }
    }

    /// <summary>The same stream; what the engine refuses is told in the words of the interface.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="prompt">The parameter that holds the prompt.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<T> Explained<T>(IAsyncEnumerable<T> stream, string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IAsyncEnumerator<T> each = stream.GetAsyncEnumerator(cancellation);
        await using (each.ConfigureAwait(false))
        {
            while (await Refusals.ExplainAsync(each.MoveNextAsync(), prompt).ConfigureAwait(false))
                yield return each.Current;
        }
    }
}
