using System.Text.Json;
using Gestalt.Evaluation.Games;
using Gestalt.Models;

namespace Gestalt.Training.SelfPlay;

/// <summary>A stage of a player's life.</summary>
public enum PlayStageName
{
    /// <summary>It imitates a teacher's games.</summary>
    Imitation,

    /// <summary>It plays against itself.</summary>
    SelfPlay,
}

/// <summary>A match that a model played on its way, as a line of <c>matches.jsonl</c>.</summary>
/// <param name="Stage">In which stage.</param>
/// <param name="Step">After how many steps of it.</param>
/// <param name="Games">After how many games, imitated and played against itself.</param>
/// <param name="Temperature">1 as it was trained, 0 with its likeliest moves.</param>
/// <param name="Opponent">Against whom.</param>
/// <param name="Score">What came of it.</param>
public sealed record RatedMatch(PlayStageName Stage, int Step, long Games, double Temperature, string Opponent, MatchScore Score)
{
    /// <summary>The model as it was then, by name.</summary>
    internal string Player => FormattableString.Invariant($"{Stage} {Step} at {Temperature}");
}

/// <summary>The matches of a run, kept in a file: a stage that goes on from a checkpoint plays those again that came after it, to the same score, and the line is replaced.</summary>
internal sealed class MatchLog
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly string _path;
    private readonly List<RatedMatch> _matches = [];

    public MatchLog(string folder)
    {
        _path = Path.Combine(folder, "matches.jsonl");
        if (File.Exists(_path)) _matches.AddRange(File.ReadLines(_path).Select(line => JsonSerializer.Deserialize<RatedMatch>(line, Json)!));
    }

    public IReadOnlyList<RatedMatch> Matches => _matches;

    public void Add(IEnumerable<RatedMatch> matches)
    {
        foreach (RatedMatch match in matches)
        {
            _matches.RemoveAll(old => (old.Player, old.Opponent) == (match.Player, match.Opponent));
            _matches.Add(match);
        }

        AtomicFile.Write(_path, stream =>
        {
            using var lines = new StreamWriter(stream, leaveOpen: true);
            foreach (RatedMatch match in _matches) lines.WriteLine(JsonSerializer.Serialize(match, Json));
        });
    }
}
