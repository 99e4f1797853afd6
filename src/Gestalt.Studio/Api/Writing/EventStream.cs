using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Writing;

/// <summary>
/// An answer that comes in events (server-sent events: the HTML standard, section 9.2). Until the first is written the answer has no status yet, so what goes wrong before it is told as usual;
/// what goes wrong later is an event of its own.
/// </summary>
/// <param name="context">The request.</param>
internal sealed class EventStream(HttpContext context) : IDisposable
{
    /// <summary>After this long without an event the stream begins with none, so that the client and whatever lies between know that somebody is there.</summary>
    private static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private Utf8JsonWriter? _json;

    /// <summary>Writes an event for each thing that comes, and a last line when nothing more does.</summary>
    /// <param name="things">What comes.</param>
    /// <param name="write">Writes the events of one.</param>
    /// <param name="end">Writes what follows the last.</param>
    /// <param name="failed">Writes an event for what went wrong after the first.</param>
    public async Task WriteAllAsync<T>(IAsyncEnumerable<T> things, Action<T> write, Func<ValueTask> end, Action<ApiException> failed)
    {
        CancellationToken gone = context.RequestAborted;
        IAsyncEnumerator<T> each = things.GetAsyncEnumerator(gone);
        await using (each.ConfigureAwait(false))
        {
            try
            {
                while (await NextAsync(each, gone).ConfigureAwait(false))
                {
                    Begin();
                    write(each.Current);
                }
                Begin();
                await end().ConfigureAwait(false);
            }
            catch (ApiException problem) when (context.Response.HasStarted || _json is not null)
            {
                failed(problem);
            }
        }
        await context.Response.BodyWriter.FlushAsync(gone).ConfigureAwait(false);
    }

    /// <summary>Writes an event.</summary>
    /// <param name="value">What it says.</param>
    /// <param name="type">How that is written.</param>
    /// <param name="name">The event's name; null for none.</param>
    public void Send<T>(T value, JsonTypeInfo<T> type, string? name = null)
    {
        if (name is not null)
            Write($"event: {name}\n");
        Write("data: "u8);
        _json!.Reset(context.Response.BodyWriter);
        JsonSerializer.Serialize(_json, value, type);
        _json.Flush();
        Write("\n\n"u8);
    }

    /// <summary>Writes an event whose form varies.</summary>
    /// <param name="value">What it says.</param>
    /// <param name="name">The event's name.</param>
    public void Send(JsonObject value, string name)
    {
        Write($"event: {name}\ndata: ");
        _json!.Reset(context.Response.BodyWriter);
        value.WriteTo(_json);
        _json.Flush();
        Write("\n\n"u8);
    }

    /// <summary>Writes the line by which OpenAI's clients know that nothing more comes.</summary>
    public void SendDone() => Write("data: [DONE]\n\n"u8);

    /// <inheritdoc/>
    public void Dispose() => _json?.Dispose();

    /// <summary>Waits for the next thing; what was written before goes out only when there is waiting to do, so that things which come together go together.</summary>
    private async ValueTask<bool> NextAsync<T>(IAsyncEnumerator<T> each, CancellationToken gone)
    {
        ValueTask<bool> next = each.MoveNextAsync();
        if (next.IsCompleted)
            return await next.ConfigureAwait(false);
        Task<bool> waiting = next.AsTask();
        try
        {
            if (_json is not null)
                await context.Response.BodyWriter.FlushAsync(gone).ConfigureAwait(false);
            while (true)
            {
                await ((Task)waiting).WaitAsync(_json is null ? FirstSilence : Silence, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (waiting.IsCompleted)
                    return await waiting.ConfigureAwait(false);
                gone.ThrowIfCancellationRequested();
                Begin();
                Write(": still at it\n\n"u8);
                await context.Response.BodyWriter.FlushAsync(gone).ConfigureAwait(false);
            }
        }
        catch when (!waiting.IsCompleted)
        {
            // An enumerator must not be disposed of while it moves; it has the same token, so it ends soon.
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private void Begin()
    {
        if (_json is not null)
            return;
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // for nginx, which would collect events
        _json = new Utf8JsonWriter(response.BodyWriter, Relaxed);
    }

    private void Write(string text)
    {
        Span<byte> bytes = context.Response.BodyWriter.GetSpan(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        context.Response.BodyWriter.Advance(System.Text.Encoding.UTF8.GetBytes(text, bytes));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(context.Response.BodyWriter.GetSpan(bytes.Length));
        context.Response.BodyWriter.Advance(bytes.Length);
    }
}
