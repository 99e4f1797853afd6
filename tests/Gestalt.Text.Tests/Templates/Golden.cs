using System.Text.Json;

namespace Gestalt.Text.Tests;

/// <summary>What Jinja itself made of templates: golden.json, which golden.py wrote.</summary>
internal static class Golden
{
    private static readonly Lazy<JsonElement> Root = new(() =>
    {
        using Stream stream = typeof(Golden).Assembly.GetManifestResourceStream("golden.json")!;
        return JsonDocument.Parse(stream).RootElement;
    });

    /// <summary>Small templates for each part of the language.</summary>
    public static IEnumerable<JsonElement> Language => Root.Value.GetProperty("language").EnumerateArray();

    /// <summary>Real templates with many conversations.</summary>
    public static IEnumerable<JsonElement> Real => Root.Value.GetProperty("real").EnumerateArray();

    /// <summary>The time at which the templates were run.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 3, 7, 9, 5, 2, TimeSpan.Zero);

    /// <summary>The variables of the small templates.</summary>
    public static TemplateOptions Options { get; } = new()
    {
        Now = Now,
        Variables = Root.Value.GetProperty("variables").EnumerateObject().ToDictionary(variable => variable.Name, variable => (object?)variable.Value),
    };

    public static JsonElement Tools(int number) => Root.Value.GetProperty("tools")[number];

    public static Conversation Conversation(string name)
    {
        JsonElement messages = Root.Value.GetProperty("conversations").GetProperty(name);
        if (messages.GetArrayLength() == 0)
        {
            return new Conversation([]);
        }

        string line = JsonSerializer.Serialize(new { messages });
        return ConversationFile.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(line))).Single();
    }

    /// <summary>The real templates, where they are at hand.</summary>
    public static IEnumerable<string> Sources() =>
        SharedData.Find("templates") is string folder ? Directory.EnumerateFiles(folder, "*.jinja").Order(StringComparer.Ordinal).Select(File.ReadAllText) : [];

    /// <summary>The expected text; null where Jinja refuses.</summary>
    public static string? Expected(JsonElement @case) => @case.TryGetProperty("text", out JsonElement text) ? text.GetString() : null;
}
