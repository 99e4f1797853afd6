using Gestalt.Training.Life;

namespace Gestalt.Training;

/// <summary>A stage that makes a model.</summary>
public enum LifeStage
{
    /// <summary>The base model, which goes on with texts.</summary>
    Pretrain,

    /// <summary>The assistant, which answers as in conversations that it was shown.</summary>
    Finetune,

    /// <summary>The assistant after comparisons.</summary>
    Prefer,

    /// <summary>The assistant after problems whose answers can be checked.</summary>
    Reinforce,
}

/// <summary>Where one life keeps its files. Every stage reads and writes plain files here, so that any of them can be
/// replaced by the user's own.</summary>
/// <param name="path">The run's folder; created when first needed.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The run's folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The run's name: the last part of its path.</summary>
    public string Name => System.IO.Path.GetFileName(Path.TrimEnd(System.IO.Path.DirectorySeparatorChar));

    /// <summary>The run as a command names it where this program runs: by its name, where it lies below <see cref="ModelSource.Runs"/>, else by its path.</summary>
    public string Argument => System.IO.Path.GetFullPath(System.IO.Path.Combine(ModelSource.Runs, Name)) == System.IO.Path.TrimEndingDirectorySeparator(Path) ? Name : Path;

    /// <summary>The plan that was fixed when the run began.</summary>
    public string Plan => In("plan.json");

    /// <summary>The small internet: pages and answer key.</summary>
    public string World => In("world");

    /// <summary>Clean documents and token shards.</summary>
    public string Corpus => In("corpus");

    /// <summary>The vocabulary, in Hugging Face form.</summary>
    public string Tokenizer => In("tokenizer.json");

    /// <summary>The base model: <c>model.gguf</c>, <c>checkpoint</c>, <c>metrics.jsonl</c>.</summary>
    public string Base => In("base");

    /// <summary>The assistant: <c>model.gguf</c>, <c>checkpoint</c>, <c>metrics.jsonl</c>.</summary>
    public string Sft => In("sft");

    /// <summary>What the assistant became by comparisons: <c>model.gguf</c>, <c>comparisons.jsonl</c>, <c>checkpoint</c>, <c>metrics.jsonl</c>.</summary>
    public string Preferred => In("prefer");

    /// <summary>What the assistant became by problems that can be checked: <c>model.gguf</c>, <c>checkpoint</c>, <c>metrics.jsonl</c>.</summary>
    public string Reinforced => In("reinforce");

    /// <summary>Scores of base model and assistant.</summary>
    public string Evaluation => In("eval.json");

    /// <summary>The finished model, ready for any GGUF runtime.</summary>
    public string Model => In("model.gguf");

    /// <summary>The report for people.</summary>
    public string ReportHtml => In("report.html");

    /// <summary>The report for programs.</summary>
    public string ReportJson => In("report.json");

    /// <summary>Which stages are complete, with their timings.</summary>
    public string Stages => In("stages.json");

    /// <summary>The folder of a stage that makes a model.</summary>
    /// <param name="stage">The stage.</param>
    public string FolderOf(LifeStage stage) => stage switch
    {
        LifeStage.Pretrain => Base,
        LifeStage.Finetune => Sft,
        LifeStage.Prefer => Preferred,
        _ => Reinforced,
    };

    /// <summary>Where a stage puts its model.</summary>
    /// <param name="stage">The stage.</param>
    public string ModelOf(LifeStage stage) => System.IO.Path.Combine(FolderOf(stage), "model.gguf");

    /// <summary>The last stage, of those before another one, whose model is there; null if there is none.</summary>
    /// <param name="stage">The other stage; null for any.</param>
    public LifeStage? Before(LifeStage? stage = null) =>
        Enum.GetValues<LifeStage>().Where(one => (stage is null || one < stage) && File.Exists(ModelOf(one))).Select(one => (LifeStage?)one).LastOrDefault();

    /// <summary>
    /// The newest assistant: of the stage behind pretraining that was done last, be it in a life or by its own verb; null while there is none. A stage whose model was set aside does not count.
    /// </summary>
    /// <exception cref="InvalidDataException">The ledger of the run's stages is damaged.</exception>
    public string? Assistant()
    {
        LifeStage[] made = [.. Enum.GetValues<LifeStage>().Where(stage => stage != LifeStage.Pretrain && File.Exists(ModelOf(stage)))];
        string[] done = [.. StageLedger.Load(Stages).Stages.Select(stage => stage.Name)];
        return made.Length == 0 ? null : ModelOf(made.MaxBy(stage => (Array.LastIndexOf(done, LifeLessons.NameOf(stage)), (int)stage)));
    }

    /// <summary>What a model that is made in a folder is called in its file: by its run, where the folder is the one of a run's stage, as a life names it; else by the folder.</summary>
    /// <param name="folder">The folder.</param>
    public static string ModelNameIn(string folder)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        return System.IO.Path.GetDirectoryName(full) is string around && new RunFolder(around) is var run && File.Exists(run.Plan) && Enum.GetValues<LifeStage>().Any(stage => run.FolderOf(stage) == full)
            ? run.Name
            : System.IO.Path.GetFileName(full);
    }

    /// <summary>Puts what a stage and those behind it made into a folder of its own, <c>earlier-1</c> or the next number that is free, so that the stage can be done anew.</summary>
    /// <param name="first">The stage.</param>
    /// <returns>That folder; null where there was nothing to put into it.</returns>
    /// <exception cref="InvalidDataException">The ledger of the run's stages is damaged.</exception>
    public string? PutAside(LifeStage first)
    {
        LifeStage[] stages = [.. Enum.GetValues<LifeStage>().Where(stage => stage >= first)];
        string[] made = [.. stages.Select(FolderOf).Where(Directory.Exists), .. ((string[])[Evaluation, Model, ReportHtml, ReportJson]).Where(File.Exists)];
        if (made.Length == 0) return null;
        string aside = Enumerable.Range(1, int.MaxValue).Select(number => In($"earlier-{number}")).First(path => !Directory.Exists(path));
        Directory.CreateDirectory(aside);
        StageLedger.Load(Stages).Forget([.. stages.Select(LifeLessons.NameOf), "eval", "export"]);
        foreach (string path in made) Directory.Move(path, System.IO.Path.Combine(aside, System.IO.Path.GetFileName(path)));
        return aside;
    }

    /// <summary>A path inside the run.</summary>
    public string In(params ReadOnlySpan<string> parts)
    {
        string result = Path;
        foreach (string part in parts) result = System.IO.Path.Combine(result, part);
        return result;
    }
}
