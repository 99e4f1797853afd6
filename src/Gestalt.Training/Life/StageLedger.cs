using System.Text.Json;

namespace Gestalt.Training.Life;

/// <summary>A stage that is complete.</summary>
/// <param name="Name">The stage's verb.</param>
/// <param name="Seconds">How long it took, all sessions together.</param>
/// <param name="Result">What came out, in a few words.</param>
/// <param name="Command">The command that does this stage again.</param>
public sealed record CompletedStage(string Name, double Seconds, string Result, string Command);

/// <summary>Which stages of a life are complete (<c>stages.json</c>). A stage that is not in it is run again, or goes on from its checkpoint.</summary>
public sealed class StageLedger
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly string _path;
    private readonly List<CompletedStage> _stages;

    private StageLedger(string path, List<CompletedStage> stages) => (_path, _stages) = (path, stages);

    /// <summary>The complete stages, in the order in which they were completed.</summary>
    public IReadOnlyList<CompletedStage> Stages => _stages;

    /// <summary>Reads the ledger; a missing one is empty.</summary>
    /// <exception cref="InvalidDataException">The file is not a ledger.</exception>
    public static StageLedger Load(string path)
    {
        if (!File.Exists(path)) return new StageLedger(path, []);
        try
        {
            return new StageLedger(path, JsonSerializer.Deserialize<List<CompletedStage>>(File.ReadAllText(path), Json) ?? []);
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is damaged ({problem.Message}). Delete it: complete stages are then run again.", problem);
        }
    }

    /// <summary>The entry of a complete stage, or null.</summary>
    public CompletedStage? Find(string name) => _stages.Find(stage => stage.Name == name);

    /// <summary>Enters a stage, replacing an earlier entry of that name.</summary>
    public void Complete(CompletedStage stage)
    {
        _stages.RemoveAll(s => s.Name == stage.Name);
        _stages.Add(stage);
        Write();
    }

    /// <summary>Takes stages out, so that they are done again.</summary>
    public void Forget(IReadOnlyCollection<string> names)
    {
        if (_stages.RemoveAll(stage => names.Contains(stage.Name)) > 0) Write();
    }

    private void Write()
    {
        File.WriteAllText(_path + ".part", JsonSerializer.Serialize(_stages, Json));
        File.Move(_path + ".part", _path, overwrite: true);
    }
}
