namespace Gestalt.Store;

/// <summary>Something that a caller wants written; the one writer takes them in their order.</summary>
/// <param name="Kind">What the document is; empty for a compaction.</param>
/// <param name="Id">Its name.</param>
/// <param name="Document">What it is to say; null to remove it.</param>
/// <param name="ExpectedVersion">The version that it follows on; null for any.</param>
/// <param name="Cancellation">Whether the caller still wants it.</param>
internal sealed record Change(string Kind, string Id, byte[]? Document, long? ExpectedVersion, CancellationToken Cancellation)
{
    /// <summary>Is done when the disk has it. The version that it now has; 0 if there was nothing to remove.</summary>
    public TaskCompletionSource<LogRecord> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the log is to be written anew rather than added to.</summary>
    public bool IsCompaction => Kind.Length == 0;
}
