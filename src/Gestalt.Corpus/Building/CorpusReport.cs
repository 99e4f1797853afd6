using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Corpus;

/// <summary>What became of the input. Written as <c>corpus.json</c>; the same input gives the same report, byte for byte.</summary>
public sealed record CorpusReport
{
    /// <summary>The format of the folder; raised when it changes.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
    };

    /// <summary>The format of the folder.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The inputs as they were named.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Documents found in the input, with those that could not be used.</summary>
    public required long DocumentsRead { get; init; }

    /// <summary>Documents to train on.</summary>
    public required Tally Training { get; init; }

    /// <summary>Documents held out for measuring.</summary>
    public required Tally HeldOut { get; init; }

    /// <summary>How the held-out text was chosen, in words.</summary>
    public required string HoldOutRule { get; init; }

    /// <summary>What was left out, by reason, the most common first.</summary>
    public required IReadOnlyList<DropTally> Dropped { get; init; }

    /// <summary>Documents whose broken encoding was repaired.</summary>
    public long Repaired { get; init; }

    /// <summary>Places where personal data was replaced.</summary>
    public long PersonalDataReplaced { get; init; }

    /// <summary>Things a reader of the report should know, in words.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>Reads a report back.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static CorpusReport FromJson(string json) => JsonSerializer.Deserialize<CorpusReport>(json, Json) ?? throw new JsonException("the report is null");
}

/// <summary>A number of documents and how much text they hold.</summary>
/// <param name="Documents">How many.</param>
/// <param name="Bytes">Their text as UTF-8, in bytes.</param>
public sealed record Tally(long Documents, long Bytes);

/// <summary>Documents left out for one reason.</summary>
/// <param name="Reason">The reason's fixed name.</param>
/// <param name="Documents">How many.</param>
/// <param name="Examples">The first few.</param>
public sealed record DropTally(string Reason, long Documents, IReadOnlyList<DropExample> Examples);

/// <summary>One document that was left out.</summary>
/// <param name="Source">Where it stands in the input.</param>
/// <param name="Url">Its address, if it has one.</param>
/// <param name="Detail">The number that was wrong.</param>
public sealed record DropExample(string Source, string? Url, string Detail);
