using System.Collections.Concurrent;
using Gestalt.Store;

namespace Gestalt.Os.Tools;

/// <summary>
/// What a person has said about tools, kept in a store. It is said of a tool as it described itself then: a tool whose description or parameters have changed since asks again, so that a server
/// cannot earn trust with one tool and use it with another.
/// </summary>
/// <param name="store">Where it is kept; null to forget it with the program.</param>
public sealed class ToolPermissions(IStore? store = null)
{
    private const string Prefix = "tool-permission:";

    private readonly ConcurrentDictionary<string, Kept> _unkept = new();
    private readonly Settings? _settings = store is null ? null : new Settings(store);

    /// <summary>What holds for a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<ToolPermission> GetAsync(GuardedTool tool, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        Kept? kept = _settings is null ? _unkept.GetValueOrDefault(tool.Name) : await _settings.GetAsync<Kept?>(Prefix + tool.Name, null, cancellation).ConfigureAwait(false);
        // "Never" needs no description: it is the safe answer.
        return kept is null || kept.Permission != ToolPermission.Never && kept.Fingerprint != tool.Fingerprint ? ToolPermission.Ask : kept.Permission;
    }

    /// <summary>Says what holds from now on.</summary>
    /// <param name="tool">The tool, as it describes itself now.</param>
    /// <param name="permission">What holds.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask SetAsync(GuardedTool tool, ToolPermission permission, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var kept = new Kept(permission, tool.Fingerprint);
        if (_settings is null)
            _unkept[tool.Name] = kept;
        else if (permission == ToolPermission.Ask)
            await _settings.RemoveAsync(Prefix + tool.Name, cancellation).ConfigureAwait(false);
        else
            await _settings.SetAsync(Prefix + tool.Name, kept, cancellation).ConfigureAwait(false);
    }

    private sealed record Kept(ToolPermission Permission, string Fingerprint);
}
