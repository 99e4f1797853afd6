using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Preferences;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt prefer best-of</c>: chooses by a reward model, and shows what its grades are worth the harder it is leaned on.</summary>
internal static class PreferBestOfCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option();
        var reward = new Option<string>("--reward") { Description = "The folder of a reward model, made by prefer --method reward", HelpName = "FOLDER", Required = true };
        var model = new Option<string?>("--model", "-m") { Description = "The model that tells the stories [default: the run's assistant]", HelpName = "MODEL" };
        var requests = new Option<int>("--requests") { Description = "How many requests", HelpName = "N", DefaultValueFactory = _ => 100 };
        var drawn = new Option<int>("-n") { Description = "Stories for each request; the best of up to so many is chosen", HelpName = "N", DefaultValueFactory = _ => 64 };
        var html = new Option<string?>("--html") { Description = "Write the picture there", HelpName = "FILE" };
        var seed = new Option<ulong>("--seed") { Description = "The stories", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> json = Json.Option();
        return new Verb(
            "best-of",
            "Choose by a reward model, and see when that stops being good",
            "The run's assistant tells many stories for each request, and the reward model chooses the best of 1, 2, 4 ... of them. Its own grade (the proxy) always rises; whether the stories are worth more to the reader whose taste was planted (the gold) is another matter. Both are told against the distance from the assistant, in nats. Then the reward model grades texts that no reader would want.",
            new Example("gestalt prefer best-of --run first --reward runs/first/sft/reward --html best-of.html", "the caveat of RLHF, as a picture"))
            .With(run, reward, model, requests, drawn, html, seed, json)
            .Does(parse =>
            {
                (RunFolder folder, SmallWorld world) = PreferPlantCommand.World(parse.GetValue(run));
                (int count, int most) = (requests.AtLeastOne(parse.GetValue(requests)), drawn.AtLeastOne(parse.GetValue(drawn)));
                string grades = parse.GetValue(reward)!;
                if (parse.GetValue(html) is string picture) OutputPath.Require(picture);
                if (!File.Exists(Path.Combine(grades, "head.safetensors"))) throw new UserError(ExitCode.Missing, $"there is no reward model in '{grades}'. Make one: gestalt prefer --data FILE --method reward -o {grades}");
                using var interruption = new Interruption("stopping ...");
                var device = new Device(WorkerPool.Shared);
                using LoadedModel teller = ModelFile.Load(PreferPlantCommand.Find(parse.GetValue(model) ?? folder.Sft), device);
                using var proxy = new AnswerGrader(grades, device);
                using var engine = new Engine(teller.Transformer);
                OverOptimizationOutcome outcome = OverOptimization.Measure(new TextGenerator(engine, teller), proxy, world, count, most, parse.GetValue(seed), interruption.Token);
                if (parse.GetValue(html) is string path) File.WriteAllText(path, Page(outcome, count, most).ToString());
                if (parse.GetValue(json)) Json.Write(outcome);
                else Tell(outcome);
            });
    }

    private static void Tell(OverOptimizationOutcome outcome)
    {
        Messages.Say(FormattableString.Invariant($"proxy and gold order two stories alike: {outcome.Agreement}"));
        foreach (BestOfPoint point in outcome.Curve)
            Messages.Say(FormattableString.Invariant($"best of {point.N,4}: KL {point.Divergence:0.00} nats, proxy {point.Proxy,6:0.00}, gold {point.Gold,6:0.00} ± {point.GoldError:0.00}"));
        foreach (CheatOutcome cheat in outcome.Cheats)
            Messages.Say(FormattableString.Invariant($"{cheat.Name}: better than {cheat.Proxy * 100:0} % of the stories to the proxy, {cheat.Gold * 100:0} % to the reader"));
    }

    private static Html Page(OverOptimizationOutcome outcome, int requests, int drawn)
    {
        BestOfPoint first = outcome.Curve[0], best = outcome.Curve.MaxBy(point => point.Gold)!;
        var chart = new LineChart
        {
            Title = "What the reward model thinks of the chosen stories, and what they are worth",
            X = new AxisOptions("KL divergence from the assistant, nats", FromZero: true),
            Y = new AxisOptions("gain over a single story"),
            Series =
            [
                new Series("proxy", [.. outcome.Curve.Select(point => new ChartPoint(point.Divergence, point.Proxy - first.Proxy))], Emphasis.Ink),
                new Series("gold", [.. outcome.Curve.Select(point => new ChartPoint(point.Divergence, point.Gold - first.Gold))]),
            ],
        };
        return ReportPage.ToHtml("Leaning on a reward model",
            FormattableString.Invariant($"Of {requests} requests with {drawn} stories each, the best of {best.N} by the reward model is worth {best.Gold - first.Gold:0.00} more to the reader than a single one (± {best.GoldError:0.00})."),
            Html.Of($"""
            {chart.ToFigure("Chosen is the best of 1, 2, 4 ... stories by the proxy. The gold is a taste that is known exactly, and that the proxy was trained on through noisy comparisons.")}
            <h2>Texts that please nobody</h2>
            <table><thead><tr><th>text</th><th>better than so many stories, says the proxy</th><th>says the reader</th></tr></thead><tbody>
            {outcome.Cheats.Select(cheat => Html.Of($"<tr><td>{cheat.Name}: {cheat.Example}</td><td>{cheat.Proxy * 100:0} %</td><td>{cheat.Gold * 100:0} %</td></tr>"))}
            </tbody></table>
            """));
    }
}
