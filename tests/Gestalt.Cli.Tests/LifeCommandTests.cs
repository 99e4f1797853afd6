using System.Text.Json;
using Gestalt.Evaluation.Reports;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Metrics;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Tests;

/// <summary>The commands that a life's report prints, typed.</summary>
public sealed class LifeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_printed_does_the_stages_behind_fine_tuning_again_bit_for_bit()
    {
        RunFolder run = Plan();
        Finished life = GestaltProcess.Run(_folder.Path, [], "life", "--run", run.Path, "--no-chat");
        Assert.True(life.ExitCode == 0, life.Errors);
        string[] commands = [.. ReportPage.FromJson(File.ReadAllText(run.ReportJson)).Stages.Where(stage => stage.Name is "prefer" or "reinforce").SelectMany(stage => stage.Command.Split(" && "))];
        Assert.Equal(3, commands.Length);
        string preferred = run.In("prefer-by-life"), reinforced = run.In("reinforce-by-life");
        Directory.Move(run.Preferred, preferred);
        Directory.Move(run.Reinforced, reinforced);
        foreach (string command in commands)
        {
            Assert.StartsWith("gestalt ", command, StringComparison.Ordinal);
            Assert.Contains("--threads 1 ", command, StringComparison.Ordinal); // where a model is large enough, its bits depend on them
            Finished typed = GestaltProcess.Run(_folder.Path, [], command.Split(' ')[1..]);
            Assert.True(typed.ExitCode == 0, $"{command}: {typed.Errors}");
        }

        Same(preferred, run.Preferred, "comparisons.jsonl");
        Same(preferred, run.Preferred, "reference.scores");
        foreach ((string before, string now) in ((string, string)[])[(preferred, run.Preferred), (reinforced, run.Reinforced)])
        {
            Assert.Equal(Losses(before), Losses(now));
            // A life sets a model aside that lost facts; typed, the command leaves that to whoever typed it.
            File.Move(File.Exists(Path.Combine(before, "set-aside.gguf")) ? Path.Combine(before, "set-aside.gguf") : Path.Combine(before, "model.gguf"), Path.Combine(before, "model.gguf"), overwrite: true);
            Same(before, now, "model.gguf");
        }
    }

    [Fact]
    public void Fine_tuning_anew_keeps_what_was_there_and_moves_nothing_when_it_refuses()
    {
        RunFolder run = Plan(lessons: false);
        Finished life = GestaltProcess.Run(_folder.Path, [], "life", "--run", run.Path, "--no-chat");
        Assert.True(life.ExitCode == 0, life.Errors);
        string conversations = ConversationStage.PathIn(run);
        Refused("--new puts aside", "--new", "--conversations", conversations);
        Refused("--new puts aside", "--new", "--base", run.ModelOf(LifeStage.Finetune));
        Refused("--steps", "--new", "--steps", "0");
        Refused("choose another folder", "--new", "--data", conversations);
        Refused("--new", "--tool-percent", "50"); // without it: a checkpoint of other conversations
        Assert.True(File.Exists(run.Model) && File.Exists(conversations) && File.Exists(run.ModelOf(LifeStage.Finetune)));

        Finished anew = GestaltProcess.Run(_folder.Path, [], "finetune", "--run", run.Path, "--new", "--threads", "1", "--json");
        Assert.True(anew.ExitCode == 0, anew.Errors);
        Same(run.In("earlier-1", "sft"), run.Sft, "model.gguf");
        Assert.True(File.Exists(run.In("earlier-1", "report.html")) && !File.Exists(run.Model));

        void Refused(string reason, params string[] options)
        {
            Finished refused = GestaltProcess.Run(_folder.Path, [], ["finetune", "--run", run.Path, "--threads", "1", .. options]);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
            Assert.False(Directory.Exists(run.In("earlier-1")), refused.Errors);
        }
    }

    private static void Same(string before, string now, string file) =>
        Assert.True(File.ReadAllBytes(Path.Combine(before, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(now, file))), $"{file} of {now}");

    private static (double Loss, double? Norm)[] Losses(string folder) => [.. MetricsLog.Read(folder).Select(step => (step.Loss, (double?)step.GradientNorm))];

    /// <summary>A life of seconds, on one thread, as if it had been planned.</summary>
    private RunFolder Plan(bool lessons = true)
    {
        var run = new RunFolder(_folder.In("small"));
        TrainingOptions pretraining = LifePlanner.Pretraining(12, 4, 128, 1);
        new LifePlan
        {
            Request = new LifeRequest(1, null, null, 1, "test"),
            Begun = DateTimeOffset.UnixEpoch,
            Machine = new MachineSpeed("test", 1, 1e11, 1e11, Precision.BFloat16),
            Model = TransformerConfig.Qwen3Shaped(1, 32, 2, 1, 16, 64, 400, 128, tied: true),
            WorldBytes = 200_000,
            Pretrain = pretraining,
            Finetune = LifePlanner.Finetuning(12, 4, 128, 1),
            Prefer = lessons ? LessonOf(pairs: 24) : null,
            Reinforce = !lessons ? null : new ReinforcementPlan(10, ReinforceStage.Recipe(2, LifeProblems.Rollouts, 128, 1e-3f, 2)),
            Profile = new ProfileRequest(1, 200_000, LifeProblems.Names, 24) { Questions = 4, Sums = 2, ProblemCount = 4, Stories = 2 },
            Evaluation = new EvaluationRequest(1, 200_000, 2, 10_000, 128, Stories: 1, ToolQuestions: 1),
            Seconds = new Dictionary<string, double> { ["pretrain"] = 1 },
            Choices = [new PlanChoice("model", "tiny", "a test")],
        }.Save(run.Plan);
        return run;
    }

    private static PreferencePlan LessonOf(int pairs)
    {
        TrainingOptions recipe = PreferStage.Recipe(3, 8, 128, 1);
        return new PreferencePlan(pairs, PreferenceObjective.Usual(PreferenceMethod.Dpo), recipe with { Optimizer = recipe.Optimizer.AtRate(0.0003f) });
    }
}
