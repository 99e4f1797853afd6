using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gestalt.Evaluation.Reports;

namespace Gestalt.Evaluation.Tests.Reports;

public sealed class ReportPageTests
{
    private static string Page(LifeReport report) => ReportPage.ToHtml(report).ToString();

    /// <summary>The page is written so that an XML parser reads it too: every element closed, every attribute quoted.</summary>
    private static XDocument Parse(string page) => XDocument.Parse(page);

    [Fact, Trait("Speed", "Smoke")]
    public void The_page_is_well_formed()
    {
        XDocument page = Parse(Page(SampleReport.Create()));
        Assert.Equal("html", page.Root!.Name.LocalName);
        Assert.True(page.Descendants().Count(element => element.Name.LocalName == "svg") >= 14);
    }

    [Fact]
    public void Nothing_that_a_model_or_a_page_said_becomes_markup()
    {
        string page = Page(SampleReport.Create());
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(&#39;kite&#39;)", page);
        Assert.Contains("xqz &lt;b&gt;vv&lt;/b&gt;", page);
    }

    [Fact]
    public void Every_string_of_a_report_is_escaped()
    {
        const string attack = "\"'><img src=x onerror=alert(1)>\0\u001b&";
        LifeReport report = Poisoned(attack);
        XDocument page = Parse(Page(report));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "img" or "script");
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The sample with every string replaced, through the JSON, so that a field added later is covered too.</summary>
    private static LifeReport Poisoned(string attack)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(ReportPage.ToJson(SampleReport.Create()))!;
        Poison(root);
        return ReportPage.FromJson(root.ToJsonString());

        void Poison(System.Text.Json.Nodes.JsonNode node)
        {
            if (node is System.Text.Json.Nodes.JsonObject o)
                foreach (var (key, value) in o.ToList())
                {
                    if (value?.GetValueKind() == System.Text.Json.JsonValueKind.String && !Regex.IsMatch(key, "^(startedAt|elapsed|timeGiven|planned|actual)$")) o[key] = attack;
                    else if (value is not null) Poison(value);
                }
            else if (node is System.Text.Json.Nodes.JsonArray a)
                for (int i = 0; i < a.Count; i++)
                {
                    if (a[i]!.GetValueKind() == System.Text.Json.JsonValueKind.String) a[i] = attack;
                    else Poison(a[i]!);
                }
        }
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        XDocument page = Parse(Page(SampleReport.Create()));
        var links = page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "href" or "src" or "srcset" or "action").Select(attribute => attribute.Value).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(link.StartsWith('#') || link == "report.json", link));
        string style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("url(", style);
        Assert.DoesNotContain("@import", style);
    }

    [Fact]
    public void Every_link_within_the_page_leads_somewhere_and_no_id_is_used_twice()
    {
        XDocument page = Parse(Page(SampleReport.Create()));
        var ids = page.Descendants().Attributes("id").Select(attribute => attribute.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants("a").Select(a => a.Attribute("href")!.Value).Where(link => link.StartsWith('#')), link => Assert.Contains(link[1..], ids));
    }

    [Fact]
    public void Scores_come_with_their_interval_and_chance_level()
    {
        string page = Page(SampleReport.Create());
        Assert.Contains("90.1 to 95.1 %, chance 2.9 %", page);
        Assert.Contains("372 of 400", page);
    }

    [Fact]
    public void The_commands_to_repeat_each_stage_are_there()
    {
        LifeReport report = SampleReport.Create();
        string page = Parse(Page(report)).Root!.Value;
        Assert.All(report.Stages, stage => Assert.Contains(stage.Command, page));
    }

    [Fact]
    public void What_was_not_measured_is_not_mentioned()
    {
        LifeReport full = SampleReport.Create();
        var report = new LifeReport { Name = "short", StartedAt = full.StartedAt, Elapsed = full.Elapsed, Summary = "Little.", Plan = full.Plan };
        XDocument page = Parse(Page(report));
        Assert.Equal("The plan", Assert.Single(page.Descendants("h2")).Value);
        Assert.Empty(page.Descendants("svg"));
    }

    [Fact]
    public void A_report_survives_its_json()
    {
        LifeReport report = SampleReport.Create();
        LifeReport again = ReportPage.FromJson(ReportPage.ToJson(report));
        Assert.Equal(Page(report), Page(again));
        Assert.Equal(ReportPage.ToJson(report), ReportPage.ToJson(again));
    }

    [Fact]
    public void Writing_leaves_two_files_and_nothing_else()
    {
        string folder = Directory.CreateTempSubdirectory("gestalt-report-").FullName;
        try
        {
            ReportPage.Write(SampleReport.Create(), folder);
            ReportPage.Write(SampleReport.Create(), folder);
            Assert.Equal(["report.html", "report.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
            Assert.Equal(Page(SampleReport.Create()), File.ReadAllText(Path.Combine(folder, "report.html")));
            if (Environment.GetEnvironmentVariable("GESTALT_KEEP_REPORT") is string keep) File.Copy(Path.Combine(folder, "report.html"), keep, overwrite: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
