using System.Text.Json;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Tasks.Tools;

/// <summary>A tool as .NET's chat middleware knows functions.</summary>
/// <param name="tools">The box that it is in.</param>
/// <param name="tool">The tool.</param>
public sealed class ToolFunction(ToolBox tools, ITool tool) : AIFunction
{
    /// <inheritdoc/>
    public override string Name => tool.Name;

    /// <inheritdoc/>
    public override string Description => tool.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; } = JsonSerializer.SerializeToElement(ToolBox.SchemaOf(tool));

    /// <summary>All tools of a box.</summary>
    /// <param name="tools">The box.</param>
    public static IReadOnlyList<AIFunction> Of(ToolBox tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return [.. tools.Tools.Select(tool => new ToolFunction(tools, tool))];
    }

    /// <inheritdoc/>
    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        ValueTask.FromResult<object?>(tools.Run(new ToolCall(tool.Name, JsonSerializer.Serialize<IDictionary<string, object?>>(arguments))));
}
