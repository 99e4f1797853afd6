using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>
/// The story of one model's life as a page: one HTML file without a script, a font or a picture from elsewhere, that
/// can be mailed, archived and read in twenty years.
/// </summary>
public static class ReportPage
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        // A share of nothing and the loss of a run that diverged are not numbers, and are reported as such.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // A report is read by people too: ü stays ü. It is a file of its own, never a part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <c>report.html</c> and <c>report.json</c> into the folder, each beside and renamed into place.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(LifeReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        Replace(Path.Combine(folder, "report.json"), ToJson(report));
        Replace(Path.Combine(folder, "report.html"), ToHtml(report).ToString());
    }

    /// <summary>The report as data.</summary>
    public static string ToJson(LifeReport report) => JsonSerializer.Serialize(report, JsonOptions);

    /// <summary>A report that was written as data, to be shown again.</summary>
    /// <exception cref="JsonException">The text is not a report.</exception>
    public static LifeReport FromJson(string json) =>
        JsonSerializer.Deserialize<LifeReport>(json, JsonOptions) ?? throw new JsonException("The report is empty.");

    /// <summary>The report as a page.</summary>
    public static Html ToHtml(LifeReport report)
    {
        ReportSection[] sections = [.. ReportSections.All(report)];
        return Document($"{report.Name} · a model’s life", Html.Of($"""
            <header>
            <p class="eyebrow">Gestalt · a model’s life</p>
            <h1>{report.Name}</h1>
            <p class="lead">{report.Summary}</p>
            <p class="dateline"><time datetime="{report.StartedAt:yyyy-MM-ddTHH:mm:sszzz}">{report.StartedAt:d MMMM yyyy, HH:mm}</time> · {QuantityFormat.Duration(report.Elapsed.TotalSeconds)}</p>
            {(report.KeyFigures.Count == 0 ? Html.Empty : KeyFigures(report.KeyFigures))}
            <nav aria-label="Sections"><ul>
            {sections.Select(section => Html.Of($"""<li><a href="#{section.Id}">{section.Title}</a></li>"""))}
            </ul></nav>
            </header>
            <main>
            {sections.Select(section => Html.Of($"""
                <section id="{section.Id}" aria-labelledby="{section.Id}-title">
                <h2 id="{section.Id}-title">{section.Title}</h2>
                {section.Body}
                </section>
                """))}
            </main>
            <footer><p>The same as data: <a href="report.json">report.json</a></p></footer>
            """));
    }

    /// <summary>A page of its own about one measurement, in the report's clothes.</summary>
    /// <param name="title">What was measured.</param>
    /// <param name="lead">What came out, in a sentence.</param>
    /// <param name="body">Figures and tables.</param>
    public static Html ToHtml(string title, string lead, Html body) => Document(title, Html.Of($"""
        <header>
        <p class="eyebrow">Gestalt</p>
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        </header>
        <main>
        {body}
        </main>
        """));

    private static Html Document(string title, Html body) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="generator" content="Gestalt"/>
        <title>{title}</title>
        <style>
        {StyleSheet()}
        </style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """);

    private static Html KeyFigures(IReadOnlyList<KeyFigure> figures) => Html.Of($"""
        <dl class="figures">
        {figures.Select(figure => Html.Of($"<div><dt>{figure.Label}</dt><dd>{figure.Value}</dd><dd class=\"note\">{figure.Note}</dd></div>"))}
        </dl>
        """);

    private static Html StyleSheet() => Html.Raw(Resource("report.css") + Resource("Charts.charts.css"));

    private static string Resource(string name)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("Gestalt.Evaluation.Reports." + name)!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private static void Replace(string path, string text)
    {
        string beside = path + ".new";
        File.WriteAllText(beside, text);
        File.Move(beside, path, overwrite: true);
    }
}
