using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Models;

/// <summary>
/// <c>gestalt</c>: whatever else a <see cref="TransformerConfig"/> can say, written out as JSON under <c>gestalt.config</c>. Only Gestalt opens such a file;
/// others refuse it by its name rather than computing something else.
/// </summary>
internal sealed class GestaltArchitecture : Architecture
{
    private const string ConfigKey = "gestalt.config";

    private static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    public override string Name => "gestalt";

    public override bool IsCommon => false;

    public override TransformerConfig Said(TransformerConfig config) => config;

    public override void Write(GgufWriter writer, TransformerConfig config) => writer.SetText(ConfigKey, JsonSerializer.Serialize(config, Json));

    protected override TransformerConfig ReadConfig(GgufFile file)
    {
        try
        {
            return JsonSerializer.Deserialize<TransformerConfig>(file.Get(ConfigKey).AsText(), Json)
                ?? throw new ModelFileException(file.Path, $"metadata '{ConfigKey}' is empty");
        }
        catch (JsonException problem)
        {
            throw new ModelFileException(file.Path, $"metadata '{ConfigKey}' cannot be read: {problem.Message.TrimEnd('.')}", advice: "A newer Gestalt may have written it.", inner: problem);
        }
    }
}
