using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Evaluation.Reports;
using Gestalt.Models;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>What a person asks of a life: the one dial, and what it is to be about.</summary>
/// <param name="Minutes">Time for everything, from the first page to the finished assistant.</param>
/// <param name="Data">Folder, glob or file of the user's own text; null for the built-in small internet.</param>
/// <param name="HoldOut">Documents kept for validation: a number or a name pattern; null to let the corpus stage choose.</param>
/// <param name="Seed">Seed of everything that is random.</param>
/// <param name="Command">The command as it was typed, for the report.</param>
public sealed record LifeRequest(double Minutes, string? Data, string? HoldOut, ulong Seed, string Command);

/// <summary>
/// Everything a life will do, fixed when it begins and written to <c>plan.json</c>: a life that was killed follows the same plan to the
/// same bits.
/// </summary>
public sealed record LifePlan
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>What was asked.</summary>
    public required LifeRequest Request { get; init; }

    /// <summary>When the life began.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>What the machine could do.</summary>
    public required MachineSpeed Machine { get; init; }

    /// <summary>The model's shape.</summary>
    public required TransformerConfig Model { get; init; }

    /// <summary>Bytes of clean text that the small internet is to have; 0 with the user's own text.</summary>
    public required long WorldBytes { get; init; }

    /// <summary>How the base model is trained.</summary>
    public required TrainingOptions Pretrain { get; init; }

    /// <summary>How the assistant is trained.</summary>
    public required TrainingOptions Finetune { get; init; }

    /// <summary>Conversations with tools in a hundred of those that fine-tuning learns from; 0, as in plans from before there were tools, for none.</summary>
    public int ToolPercent { get; init; }

    /// <summary>How the assistant learns from comparisons; null, as in plans from before that, for not at all.</summary>
    public PreferencePlan? Prefer { get; init; }

    /// <summary>How the assistant learns from problems whose answers can be checked; null, as in plans from before that, for not at all.</summary>
    public ReinforcementPlan? Reinforce { get; init; }

    /// <summary>What each stage's model is asked, so that a reader sees what the stage changed; null with the user's own text, for prompts alone.</summary>
    public ProfileRequest? Profile { get; init; }

    /// <summary>What the evaluation asks.</summary>
    public required EvaluationRequest Evaluation { get; init; }

    /// <summary>Seconds planned for each stage, in the order of the life.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>Every choice with its reason, for people.</summary>
    public required IReadOnlyList<PlanChoice> Choices { get; init; }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="InvalidDataException">The file is not a plan.</exception>
    public static LifePlan Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LifePlan>(File.ReadAllText(path), Json) ?? throw new JsonException("empty");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is not a life's plan ({problem.Message}). Start a new run with --run NAME, or delete the folder.", problem);
        }
    }

    /// <summary>Writes the plan beside and renames it into place.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path + ".part", JsonSerializer.Serialize(this, Json));
        File.Move(path + ".part", path, overwrite: true);
    }
}
