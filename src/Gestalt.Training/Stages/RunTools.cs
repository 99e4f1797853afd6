using Gestalt.Corpus;
using Gestalt.Tasks.Tools;

namespace Gestalt.Training.Stages;

/// <summary>The tools of a run's assistant: calculator, search over the pages that it learned from, code.</summary>
public static class RunTools
{
    /// <summary>The tools; the pages are indexed when they are first searched, 30 MB of them in a second or two.</summary>
    /// <param name="run">The run.</param>
    public static ToolBox Of(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new ToolBox(new Calculator(), new PageSearch(() => new PageIndex(PagesOf(run))), new CodeTool());
    }

    /// <summary>The tools of the given names.</summary>
    /// <param name="run">The run whose pages are searched; null for none.</param>
    /// <param name="names">The names; "none" and nothing are no tools.</param>
    /// <param name="isStrict">Whether a tool that cannot be had is refused instead of left out.</param>
    /// <exception cref="ArgumentException">There is no such tool, or it has nothing to search.</exception>
    public static ToolBox Of(RunFolder? run, IReadOnlyCollection<string> names, bool isStrict)
    {
        ArgumentNullException.ThrowIfNull(names);
        var tools = new List<ITool>();
        foreach (string name in names.Where(name => name != "none").Distinct())
        {
            ITool? tool = name switch
            {
                "calculator" => new Calculator(),
                "code" => new CodeTool(),
                PageSearch.ToolName => run is null ? null : new PageSearch(() => new PageIndex(PagesOf(run))),
                _ => isStrict ? throw new ArgumentException($"there is no tool '{name}'; there are calculator, search and code, or none.", nameof(names)) : null,
            };
            if (tool is not null) tools.Add(tool);
            else if (isStrict) throw new ArgumentException("search needs the pages of the model's run, and this model lies in none (a folder with corpus/). Leave search out: --tools calculator,code.", nameof(names));
        }

        return new ToolBox(tools);
    }

    /// <summary>The run that a model's file lies in; null if there is none with pages.</summary>
    /// <param name="model">The model's file.</param>
    public static RunFolder? RunOf(string model)
    {
        for (string? folder = Path.GetDirectoryName(Path.GetFullPath(model)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var run = new RunFolder(folder);
            if (CorpusFolder.Exists(run.Corpus)) return run;
        }

        return null;
    }

    /// <summary>The run's pages; each has its number in the corpus, from 1.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<SearchPage> PagesOf(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return CorpusFolder.Open(run.Corpus).Training().Select((document, i) => new SearchPage(i + 1, document.Url ?? document.Source, document.Text));
    }
}
