using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>What each stage changed, as a table of measures and a table of answers, one column or line for each stage.</summary>
internal static class ProfileSection
{
    public static Html Body(IReadOnlyList<StageProfile> profiles)
    {
        StageProfile[] measured = [.. profiles.Where(profile => profile.Shares.Count + profile.Means.Count > 0)];
        return Html.Of($"""
            {(measured.Length == 0 ? Html.Empty : Measures(measured))}
            {profiles.Where(profile => profile.Rejected is not null).Select(profile => Html.Of($"<p>The life went on without the model of <strong>{profile.Stage}</strong>: {profile.Rejected}</p>"))}
            {Answers(profiles)}
            """);
    }

    private static Html Measures(StageProfile[] profiles)
    {
        string[] shares = [.. profiles.SelectMany(profile => profile.Shares).Select(share => share.Name).Distinct()];
        string[] means = [.. profiles.SelectMany(profile => profile.Means).Select(mean => mean.Name).Distinct()];
        return Html.Of($"""
            <p>The same questions after each stage, greedy; the interval is 95 %.</p>
            <div class="scroll"><table>
            <thead><tr><th scope="col">after</th>{profiles.Select(profile => Html.Of($"<th scope=\"col\" class=\"num\">{profile.Stage}</th>"))}</tr></thead>
            <tbody>
            {shares.Select(name => Html.Of($"""<tr><th scope="row" title="{profiles.SelectMany(profile => profile.Shares).First(share => share.Name == name).Meaning}">{name}</th>{profiles.Select(profile => ShareCell(profile.Share(name)))}</tr>"""))}
            {means.Select(name => Html.Of($"""<tr><th scope="row" title="{profiles.SelectMany(profile => profile.Means).First(mean => mean.Name == name).Meaning}">{name}</th>{profiles.Select(profile => MeanCell(profile.Means.FirstOrDefault(mean => mean.Name == name)))}</tr>"""))}
            </tbody></table></div>
            <dl class="choices">
            {profiles.SelectMany(profile => profile.Shares).DistinctBy(share => share.Name).Select(share => Html.Of($"<div><dt>{share.Name}</dt><dd class=\"why\">{share.Meaning} Chance {share.Result.Chance * 100:0.0} %.</dd></div>"))}
            {profiles.SelectMany(profile => profile.Means).DistinctBy(mean => mean.Name).Select(mean => Html.Of($"<div><dt>{mean.Name}</dt><dd class=\"why\">{mean.Meaning}</dd></div>"))}
            </dl>
            """);
    }

    private static Html ShareCell(Proportion? share) => share is { Trials: > 0 } result
        ? Html.Of($"""<td class="num">{result.Share * 100:0.0} % <span class="quiet">{result.Low * 100:0} to {result.High * 100:0}</span></td>""")
        : Html.Raw("""<td class="num quiet">–</td>""");

    private static Html MeanCell(ProfileMean? mean) => mean is null
        ? Html.Raw("""<td class="num quiet">–</td>""")
        : Html.Of($"""<td class="num">{mean.Mean:0.00} <span class="quiet">± {1.96 * mean.Error:0.00}</span></td>""");

    private static Html Answers(IReadOnlyList<StageProfile> profiles)
    {
        string[] prompts = [.. profiles.SelectMany(profile => profile.Answers).Select(answer => answer.Prompt).Distinct()];
        return prompts.Length == 0 ? Html.Empty : Html.Of($"""
            <p>The same prompts, answered by each stage’s model. The base model knows no conversations: it goes on writing as if the prompt were the beginning of a page.</p>
            {prompts.Select(prompt => Html.Of($"""
                <div class="scroll"><table>
                <thead><tr><th scope="col">after</th><th scope="col">{prompt}</th></tr></thead>
                <tbody>
                {from profile in profiles
                 let answer = profile.Answers.FirstOrDefault(answer => answer.Prompt == prompt)
                 where answer is not null
                 select Html.Of($"<tr><th scope=\"row\">{profile.Stage}</th><td>{answer.Answer}</td></tr>")}
                </tbody></table></div>
                """))}
            """);
    }
}
