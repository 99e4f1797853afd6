using System.IO.Pipelines;

namespace Gestalt.Os.Mcp;

/// <summary>
/// Reads a pipe or the console on a thread of its own. .NET reads those on a thread of its pool, which is held for as long as nothing comes: two servers would hold both threads of a
/// machine with two processors, and a busy pool adds no others, so that not even time-outs would run.
/// </summary>
internal static class Pump
{
    /// <summary>What a stream says, readable without holding a thread.</summary>
    /// <param name="source">The stream; it is read until it ends or fails.</param>
    /// <param name="name">The thread's name.</param>
    public static Stream Start(Stream source, string name)
    {
        var pipe = new Pipe();
        new Thread(() => Run(source, pipe.Writer)) { IsBackground = true, Name = name }.Start();
        return pipe.Reader.AsStream();
    }

    private static void Run(Stream source, PipeWriter target)
    {
        Exception? failure = null;
        try
        {
            for (int count; (count = source.Read(target.GetSpan(4096))) > 0;)
            {
                target.Advance(count);
                // Waits while the reader lags: a server that floods fills its own pipe, not our memory.
                if (target.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted)
                    break;
            }
        }
        catch (Exception problem)
        {
            failure = problem;
        }
        target.Complete(failure);
    }
}
