namespace Gestalt.Training;

/// <summary>Where one life keeps its files. Every stage reads and writes plain files here, so that any of them can be
/// replaced by the user's own.</summary>
/// <param name="path">The run's folder; created when first needed.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The run's folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The run's name: the last part of its path.</summary>
    public string Name => System.IO.Path.GetFileName(Path.TrimEnd(System.IO.Path.DirectorySeparatorChar));

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

    /// <summary>A path inside the run.</summary>
    public string In(params ReadOnlySpan<string> parts)
    {
        string result = Path;
        foreach (string part in parts) result = System.IO.Path.Combine(result, part);
        return result;
    }
}
