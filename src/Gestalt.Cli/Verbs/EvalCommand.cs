using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports;
using Gestalt.Kernels;
using Gestalt.Tasks.Tools;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt eval</c>: models → numbers with error bars.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option();
        var questions = new Option<int?>("--questions") { Description = "The most questions of one kind [default: the plan's]", HelpName = "N" };
        var bytes = new Option<long?>("--bytes") { Description = "About how much held-out text is scored [default: the plan's]", HelpName = "N" };
        var tools = new Option<string?>("--tools") { Description = "Ask what needs tools with them (on), without (off), or both ways [default: both]", HelpName = "WHICH" };
        tools.AcceptOnlyFromAmong("on", "off", "both");
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "eval",
            "Measure what a run's models know",
            "Bits per byte on held-out text; what share of the world's facts the base model completes and the assistant answers, in seen and unseen phrasing, told often, once or never, each with its 95 % Wilson interval and the level of chance; stories, judged; sums, dates, letters and rare facts, with tools and without. Writes eval.json and the run's report.",
            new Example("gestalt eval --run first", "as planned"),
            new Example("gestalt eval --questions 2000 --json", "the newest run, with narrower intervals"),
            new Example("gestalt eval --run first --tools off", "what the assistant can do without its tools"))
            .With(run, questions, bytes, tools, precision, json)
            .Does(parse => Evaluate(RunSource.Existing(parse.GetValue(run)), parse.GetValue(questions), parse.GetValue(bytes), ModesOf(parse.GetValue(tools)), parse.GetValue(precision), parse.GetValue(json)));
    }

    private static ToolMode[] ModesOf(string? tools) => tools switch
    {
        "on" => [ToolMode.Tools],
        "off" => [ToolMode.AtOnce, ToolMode.Stepwise],
        _ => Enum.GetValues<ToolMode>(),
    };

    private static void Evaluate(RunFolder run, int? questions, long? bytes, ToolMode[] modes, string? precision, bool json)
    {
        if (!File.Exists(run.Plan)) throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no plan, and so nothing to measure. Make a model first: gestalt life, or gestalt pretrain --run {run.Name}");
        using var interruption = new Interruption("stopping; nothing is written (Ctrl-C again stops at once)");
        LifePlan plan = LifePlan.Load(run.Plan);
        EvaluationRequest request = plan.Evaluation with { QuestionsPerKind = questions ?? plan.Evaluation.QuestionsPerKind, HeldOutBytes = bytes ?? plan.Evaluation.HeldOutBytes, ToolModes = modes };
        if (questions is int wanted) request = request with { ToolQuestions = wanted };
        EvaluationOutcome outcome = RunStage.Do(run, "eval", made => made.ToString(),
            () => EvaluateStage.Run(run, request, new Device(WorkerPool.Shared, ComputeOptions.Parse(precision) ?? plan.Machine.Precision), interruption.Token));
        LifeReportWriter.Write(run, plan, StageLedger.Load(run.Stages).Stages);
        if (json) Json.Write(outcome);
        else Print(outcome);
    }

    private static void Print(EvaluationOutcome outcome)
    {
        foreach (Measurement measurement in outcome.Measurements)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measurement.Name,-44} {measurement.Value,7:0.000} {measurement.Unit}"));
        foreach (Score score in outcome.Scores)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{score.Name,-44} {score.Result.Share * 100,6:0.0} %  {score.Result.Low * 100:0.0} to {score.Result.High * 100:0.0}, chance {score.Result.Chance * 100:0.0}, {score.Result.Successes} of {score.Result.Trials}"));
    }
}
