using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Os.Tools;

/// <summary>
/// A tool that a model may ask for, and that runs only when a person allows it: within a time, and with a result of bounded length. Whatever goes wrong becomes a sentence that the model reads.
/// </summary>
public sealed class GuardedTool : AIFunction
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Func<JsonElement, CancellationToken, Task<ToolOutcome>> _run;
    private readonly ToolPermissions _permissions;
    private readonly ToolLimits _limits;
    private readonly AskPerson? _ask;

    /// <summary>Guards a tool.</summary>
    /// <param name="server">Where it comes from, for people.</param>
    /// <param name="name">What models call it.</param>
    /// <param name="description">What it does, in its maker's words.</param>
    /// <param name="parameters">The JSON Schema of its arguments.</param>
    /// <param name="run">Runs it with a JSON object of arguments.</param>
    /// <param name="permissions">What a person has said about it.</param>
    /// <param name="limits">How much it may take.</param>
    /// <param name="ask">Asks a person about a call; null if there is nobody to ask: then only what is always allowed runs.</param>
    public GuardedTool(
        string server, string name, string description, JsonElement parameters, Func<JsonElement, CancellationToken, Task<ToolOutcome>> run,
        ToolPermissions permissions, ToolLimits limits, AskPerson? ask = null)
    {
        (Server, Name, Description, JsonSchema) = (server, name, description, parameters);
        (_run, _permissions, _limits, _ask) = (run, permissions, limits, ask);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{description}\0{parameters.GetRawText()}")));
    }

    /// <summary>Where it comes from.</summary>
    public string Server { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; }

    /// <summary>SHA-256 of how it describes itself; a permission is given to that.</summary>
    public string Fingerprint { get; }

    /// <summary>Runs a call if it may run.</summary>
    /// <param name="arguments">A JSON object, as the model wrote it; empty for none.</param>
    /// <param name="decision">What a person said about this call already; null to ask.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ToolOutcome> CallAsync(string arguments, ToolDecision? decision = null, CancellationToken cancellation = default)
    {
        if (!TryParse(arguments, out JsonElement given, out string problem))
            return new ToolOutcome($"The arguments of {Name} are {problem}. They must be a JSON object.", IsError: true);
        ToolDecision may = await DecideAsync(arguments, decision, cancellation).ConfigureAwait(false);
        if (may is ToolDecision.No or ToolDecision.Never)
            return new ToolOutcome("The user did not allow this call.", IsRefused: true);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_limits.CallTime);
        try
        {
            // A tool that does not look at its token is left behind.
            return Cut(await _run(given, limited.Token).WaitAsync(limited.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ToolOutcome(string.Create(CultureInfo.InvariantCulture, $"{Name} did not answer within {_limits.CallTime.TotalSeconds:0.#} seconds and was cut off."), IsError: true);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Cut(new ToolOutcome($"{Name} failed: {failure.Message}", IsError: true));
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        (await CallAsync(JsonSerializer.Serialize<IDictionary<string, object?>>(arguments, Readable), decision: null, cancellationToken).ConfigureAwait(false)).Content;

    private async Task<ToolDecision> DecideAsync(string arguments, ToolDecision? decision, CancellationToken cancellation)
    {
        ToolPermission permission = await _permissions.GetAsync(this, cancellation).ConfigureAwait(false);
        if (permission != ToolPermission.Ask)
            return permission == ToolPermission.Always ? ToolDecision.Once : ToolDecision.Never;
        ToolDecision said = decision ?? (_ask is null ? ToolDecision.No : await _ask(new ToolRequest(this, arguments), cancellation).ConfigureAwait(false));
        if (said is ToolDecision.Always or ToolDecision.Never)
            await _permissions.SetAsync(this, said == ToolDecision.Always ? ToolPermission.Always : ToolPermission.Never, cancellation).ConfigureAwait(false);
        return said;
    }

    private ToolOutcome Cut(ToolOutcome outcome)
    {
        int limit = _limits.ResultCharacters;
        if (outcome.Content.Length <= limit)
            return outcome;
        int end = char.IsHighSurrogate(outcome.Content[limit - 1]) ? limit - 1 : limit;
        return outcome with { Content = $"{outcome.Content[..end]}\n(cut here: the result has {outcome.Content.Length} characters, {end} are shown)" };
    }

    private static bool TryParse(string arguments, out JsonElement given, out string problem)
    {
        (given, problem) = (default, "not JSON");
        try
        {
            given = JsonElement.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments);
            problem = $"a JSON {given.ValueKind}";
            return given.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
