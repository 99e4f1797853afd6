using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Cli.Terminal;

/// <summary>Results as JSON: one object a line, names in snake_case, as in the files of a run.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The option that every computing verb has.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Print the result as JSON" };

    /// <summary>Writes one result as a line.</summary>
    public static void Write<T>(T value) => Console.Out.WriteLine(Text(value));

    /// <summary>One result as text.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);
}
