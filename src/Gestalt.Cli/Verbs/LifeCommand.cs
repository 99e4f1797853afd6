using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Corpus;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Training;
using Gestalt.Training.Life;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt life</c>: all stages in order, and then a conversation.</summary>
internal static class LifeCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "Time for everything, from the first page to the finished assistant", HelpName = "X", DefaultValueFactory = _ => 10 };
        var data = new Option<string?>("--data") { Description = "Live on your own text: a file, a folder, a glob, or - for standard input [default: a small invented internet]", HelpName = "PATH" };
        var holdOut = new Option<string?>("--hold-out") { Description = "With --data, what is kept for measuring: a number of documents, a share, a file name pattern [default: 2%]", HelpName = "WHAT" };
        var seed = new Option<ulong>("--seed") { Description = "Another seed is another life", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string?> run = RunSource.Option("The run: a name below runs/, or a folder [default: go on with an unfinished run that was asked the same, else a new name]");
        var fresh = new Option<bool>("--new") { Description = "Begin a new life even if an unfinished one could go on" };
        var noChat = new Option<bool>("--no-chat") { Description = "Stop before the conversation" };
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "life",
            "Live a model's whole life: text becomes an assistant you can talk to",
            "Measures this machine, plans a model, a corpus and the training that fit the time given, says what it chose and why, and then only calls the other verbs in order: world, corpus, tokenizer, pretrain, finetune, prefer, reinforce, eval, export. After each stage that makes a model the same questions are asked, so that the report shows what the stage changed. Leaves model.gguf and report.html in the run's folder. Killed at any point and started again, it goes on from where it was.",
            new Example("gestalt life", "ten minutes on a small invented internet, then talk to the result"),
            new Example("gestalt life --minutes 240 --data books/ --hold-out dracula.txt", "four hours on your own books, one of them kept to measure on"),
            new Example("gestalt life --minutes 1 --run small --no-chat --json", "for a script"))
            .With(minutes, data, holdOut, seed, run, fresh, noChat, precision, json)
            .Does(parse => Live(
                new LifeRequest(parse.GetValue(minutes), parse.GetValue(data), parse.GetValue(holdOut), parse.GetValue(seed), CommandLine.AsTyped),
                parse.GetValue(run), parse.GetValue(fresh), ComputeOptions.Parse(parse.GetValue(precision)), parse.GetValue(noChat), parse.GetValue(json)));
    }

    private static void Live(LifeRequest request, string? name, bool fresh, Precision? precision, bool noChat, bool json)
    {
        RunFolder run = Choose(request, name, fresh);
        bool resumed = File.Exists(run.Plan);
        string again = $"./gestalt life --run {CommandLine.Quote(name ?? run.Name)}" + (noChat ? " --no-chat" : "");
        using (var interruption = new Interruption("saving ... (Ctrl-C again stops at once)"))
        using (var display = new LifeDisplay())
        {
            LifePlan plan = resumed ? LifePlan.Load(run.Plan) : Begin(run, request, precision, interruption.Token);
            if (resumed) CheckSame(run, plan, request, name);
            Tell(display, run, plan, resumed);
            using WorkerPool pool = new(plan.Machine.Threads);
            Resumable.Do(() =>
            {
                Training.Life.Life.Run(run, plan, pool, display.Watcher, interruption.Token);
                return run;
            }, again);
        }

        if (json) Json.Write(new { Run = run.Path, Model = run.Model, Report = run.ReportHtml, Result = ReportPage.FromJson(File.ReadAllText(run.ReportJson)) });
        Messages.Say($"\nmodel   {Shown(run.Model)}\nreport  {Shown(run.ReportHtml)}");
        if (noChat || json || Console.IsInputRedirected)
        {
            Messages.Say($"talk    ./gestalt chat {CommandLine.Quote(Shown(run.Path))}");
            return;
        }
        ChatCommand.Run(run.Model, system: null, new SamplingRequest(new GenerationOptions { Sampling = SamplingOptions.Greedy }), new EngineRequest(), precision: null, json: false);
    }

    /// <summary>The named run; else an unfinished one that was asked for the same; else a new one.</summary>
    private static RunFolder Choose(LifeRequest request, string? name, bool fresh)
    {
        if (name is not null)
        {
            RunFolder named = RunSource.Named(name);
            return fresh && File.Exists(named.Plan)
                ? throw new UserError(ExitCode.Usage, $"the run '{named.Path}' exists. Leave --new out to go on with it, or choose another name.")
                : named;
        }
        RunFolder? unfinished = fresh ? null : RunSource.All().FirstOrDefault(run =>
            File.Exists(run.Plan) && !File.Exists(run.ReportJson) && LifePlan.Load(run.Plan).Request is var asked && asked with { Command = "" } == request with { Command = "" });
        return unfinished ?? new RunFolder(Path.Combine(ModelSource.Runs, RunName.New(ModelSource.Runs)));
    }

    private static LifePlan Begin(RunFolder run, LifeRequest request, Precision? precision, CancellationToken cancellation)
    {
        if (!(request.Minutes is >= LifePlanner.LeastMinutes and <= LifePlanner.MostMinutes))
            throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--minutes is {request.Minutes}; a life takes from {LifePlanner.LeastMinutes} to {LifePlanner.MostMinutes:0} minutes. Try --minutes 10."));
        if (request.HoldOut is not null && request.Data is null)
            throw new UserError(ExitCode.Usage, "--hold-out needs --data: of the invented internet a share is always held out.");
        long bytes = 0;
        if (request.Data is string data)
        {
            TextInput.Require([data]);
            if (request.HoldOut is not null) HoldOut.Parse(request.HoldOut);
            if (data == InputFiles.StandardInput) request = request with { Data = Spool(run) };
            bytes = InputFiles.Find([request.Data!]).Sum(file => TextBytes(file));
            if (bytes == 0) throw new UserError(ExitCode.BadInput, $"there is no text in '{data}': its files are empty.");
        }
        Messages.Say("measuring this machine ...");
        LifePlan plan = LifePlanner.Create(request, bytes, WorkerPool.Shared, precision, cancellation);
        plan.Save(run.Plan);
        return plan;
    }

    /// <summary>Standard input cannot be read again after a kill: it is kept in the run.</summary>
    private static string Spool(RunFolder run)
    {
        Directory.CreateDirectory(run.Path);
        string path = run.In("input");
        using Stream input = Console.OpenStandardInput();
        using (FileStream file = File.Create(path + ".part")) input.CopyTo(file);
        File.Move(path + ".part", path, overwrite: true);
        return path;
    }

    /// <summary>Bytes of text in a file, roughly: English in gzip grows to about three times its size.</summary>
    private static long TextBytes(string file) => new FileInfo(file).Length * (file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? 3 : 1);

    /// <summary>A run that exists goes on as it was planned; asking it for something else is a mistake that is better said.</summary>
    private static void CheckSame(RunFolder run, LifePlan plan, LifeRequest request, string? name)
    {
        if (name is null) return;
        LifeRequest asked = plan.Request;
        bool defaults = request is { Minutes: 10, Data: null, HoldOut: null, Seed: 1 };
        bool same = request.Minutes == asked.Minutes && request.Seed == asked.Seed && request.HoldOut == asked.HoldOut
            && (request.Data == asked.Data || (request.Data == InputFiles.StandardInput && asked.Data == run.In("input")));
        if (!defaults && !same)
            throw new UserError(ExitCode.Usage, $"the run '{run.Name}' was begun with: {asked.Command}. Go on with it by 'gestalt life --run {run.Name}', or begin another: --run NAME.");
    }

    private static void Tell(LifeDisplay display, RunFolder run, LifePlan plan, bool resumed)
    {
        display.Say(resumed ? $"going on with {Shown(run.Path)}, which was begun {plan.Begun:d MMMM, HH:mm}" : $"a new life in {Shown(run.Path)}");
        display.Say("");
        int what = plan.Choices.Max(choice => choice.What.Length), value = Math.Min(64, plan.Choices.Max(choice => choice.Value.Length));
        int? width = Messages.Watched ? LiveRegion.Width : null;
        void SayBeside(string lead, string words)
        {
            foreach (string line in HangingText.Lines(lead, words, width)) display.Say(line);
        }

        foreach (PlanChoice choice in plan.Choices) SayBeside($"  {choice.What.PadRight(what)}  {choice.Value.PadRight(value)}  ", choice.Why);
        SayBeside($"  {"stages".PadRight(what)}  ", string.Join(", ", plan.Seconds.Where(stage => stage.Value > 0).Select(stage => $"{stage.Key} {QuantityFormat.Duration(stage.Value)}")));
        display.Say("");
    }

    private static string Shown(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
}
