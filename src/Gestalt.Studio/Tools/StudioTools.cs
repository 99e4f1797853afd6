using Gestalt.Os.Mcp;
using Gestalt.Os.Tools;
using Gestalt.Store;
using Gestalt.Studio.Hosting;

namespace Gestalt.Studio.Tools;

/// <summary>
/// The MCP servers of a running server, connected to when tools are first asked for. Which programs are started is only ever said by the file that the operator names: what can be changed over HTTP is
/// whether a tool may run.
/// </summary>
/// <param name="options">Names the file.</param>
/// <param name="store">Keeps what people allowed.</param>
internal sealed class StudioTools(StudioOptions options, IStore store) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private McpTools? _connected;

    /// <summary>What people allowed.</summary>
    public ToolPermissions Permissions { get; } = new(store);

    /// <summary>The servers and their tools; null if the operator named none.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<McpTools?> ConnectAsync(CancellationToken cancellation)
    {
        if (options.McpFile is null || _connected is not null)
            return _connected;
        await _connecting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_connected is null)
            {
                // Not the first caller's token: others wait for the same servers.
                _connected = await McpTools.ConnectAsync(McpConfiguration.Load(options.McpFile), Permissions, cancellation: CancellationToken.None).ConfigureAwait(false);
                foreach (string problem in _connected.Servers.SelectMany(server => server.Problems))
                    options.Warn?.Invoke(problem);
            }
            return _connected;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Ends all connections and connects anew: the file may have changed, a server may be well again.</summary>
    public async Task<McpTools?> ReconnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            McpTools? old = _connected;
            _connected = null;
            if (old is not null)
                await old.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
        return await ConnectAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connected is not null)
            await _connected.DisposeAsync().ConfigureAwait(false);
        _connecting.Dispose();
    }
}
