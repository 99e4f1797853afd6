using System.Text;
using System.Text.Json;
using Gestalt.Corpus;
using Gestalt.Models;

namespace Gestalt.Training;

/// <summary>A line of somebody's data that is not learned from.</summary>
/// <param name="File">Its file.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Kind">The kind of reason, to be counted by: <c>malformed</c>, <c>template</c>, <c>too long</c>.</param>
/// <param name="Reason">The reason in a sentence, which may leave out that it is about the line.</param>
public sealed record SetAside(string File, int Line, string Kind, string Reason)
{
    /// <summary>The name of the file that lists all of them, beside what was learned from the others.</summary>
    public const string ListName = "set-aside.jsonl";

    private const int Said = 5;

    /// <inheritdoc/>
    public override string ToString() => $"{File}, line {Line}: {Reason}";

    /// <summary>Names what is set aside: the first few at once, all of them in <see cref="ListName"/>, and how many there are of each kind.</summary>
    /// <param name="aside">What is set aside; where it is nothing, nothing is said.</param>
    /// <param name="what">What the lines are meant to be, in the plural.</param>
    /// <param name="folder">Where the list goes; null for no list.</param>
    /// <param name="isStrict">Stop instead.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <exception cref="CorpusException">Something is set aside, and <paramref name="isStrict"/>.</exception>
    public static void Tell(IReadOnlyCollection<SetAside> aside, string what, string? folder, bool isStrict, Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(aside);
        ArgumentNullException.ThrowIfNull(report);
        if (aside.Count == 0) return;
        if (isStrict) throw new CorpusException($"{aside.Count} {what} cannot be learned from, and --strict was asked for. The first is {aside.First()}.");
        foreach (SetAside one in aside.Take(Said)) report($"set aside: {one}");
        string list = "";
        if (folder is not null)
        {
            string path = Path.Combine(folder, ListName);
            AtomicFile.Write(path, stream =>
            {
                foreach (SetAside one in aside)
                    stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { file = one.File, line = one.Line, kind = one.Kind, reason = one.Reason }) + "\n"));
            });
            list = $"; all of them with their reasons: {path}";
        }

        report($"{aside.Count} {what} were set aside ({string.Join(", ", aside.GroupBy(one => one.Kind).Select(kind => $"{kind.Count()} {kind.Key}"))}){list}");
    }
}
