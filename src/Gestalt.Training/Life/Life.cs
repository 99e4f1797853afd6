using System.Diagnostics;
using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>Who is told what happens in a life.</summary>
/// <param name="Say">A line for people: what a stage made, what was found damaged.</param>
/// <param name="Stage">A stage begins: its verb and the seconds planned for it.</param>
/// <param name="Training">About once a second while a model trains.</param>
public sealed record LifeWatcher(Action<string> Say, Action<string, double> Stage, IProgress<TrainingProgress> Training);

/// <summary>
/// A model's whole life, in order: world, corpus, tokenizer, pretrain, finetune, prefer, reinforce, eval, export. It only calls the stages; what is
/// complete is not done again, so a life that was killed goes on where it was. After each stage that makes a model the same questions are asked, and a
/// model that has lost facts is set aside.
/// </summary>
public static class Life
{
    /// <summary>Lives the plan to its end.</summary>
    /// <param name="run">Where the files go.</param>
    /// <param name="plan">What was decided when it began.</param>
    /// <param name="pool">The threads; as many as the plan was made for, so that the bits are the same.</param>
    /// <param name="watcher">Told what happens.</param>
    /// <param name="cancellation">Saves and stops.</param>
    public static void Run(RunFolder run, LifePlan plan, WorkerPool pool, LifeWatcher watcher, CancellationToken cancellation)
    {
        StageLedger ledger = StageLedger.Load(run.Stages);
        var device = new Device(pool, plan.Machine.Precision);
        double peak = plan.Machine.Float32Peak;
        (string data, string named) = (plan.Request.Data ?? run.World, Quote(run.Argument));

        if (plan.Request.Data is null)
            Do("world", $"gestalt world --run {named} --seed {plan.Request.Seed} --bytes {plan.WorldBytes}",
                () => WorldStage.Run(run, plan.Request.Seed, plan.WorldBytes, pool.Threads, cancellation).ToString());
        Do("corpus", $"gestalt corpus {Quote(data)} --run {named}" + (plan.Request.HoldOut is { } wish ? $" --hold-out {Quote(wish)}" : ""),
            () => CorpusStage.Run(run, plan.Request.Data, plan.Request.HoldOut, pool.Threads, cancellation));
        Do("tokenizer", $"gestalt tokenizer train --run {named} --vocabulary {plan.Model.Vocabulary}", () =>
        {
            VocabularyOutcome made = VocabularyStage.Run(run, plan.Model.Vocabulary, fewer => watcher.Say($"the text supports {fewer} tokens, not {plan.Model.Vocabulary}: going on with those"), pool.Threads, progress: null, cancellation);
            return FormattableString.Invariant($"{made.Tokenizer.VocabularySize:N0} tokens; {made.Training.Tokens / 1e6:0.00} M tokens to learn from, {made.HeldOut.Tokens / 1e6:0.00} M held out");
        });
        Learn(LifeStage.Pretrain, $"gestalt pretrain --run {named}", () => Describe(
            PretrainStage.Run(run, plan.Model with { Vocabulary = TokenizerJson.Load(run.Tokenizer).VocabularySize }, plan.Pretrain, device, peak, watcher.Training, watcher.Say, cancellation)));
        Learn(LifeStage.Finetune, $"gestalt finetune --run {named}", () =>
        {
            string conversations = ConversationStage.Write(run, plan, cancellation);
            return Describe(FinetuneStage.Run(run.ModelOf(LifeStage.Pretrain), conversations, run.Sft, run.Name, run.Corpus, plan.Finetune, device, peak,
                watcher.Training, watcher.Say, cancellation));
        });
        if (plan.Prefer is { } comparisons)
            Learn(LifeStage.Prefer, LifeLessons.PreferCommand(run, plan, comparisons), () => LifeLessons.Prefer(run, plan, comparisons, device, watcher, cancellation));
        if (plan.Reinforce is { } problems)
            Learn(LifeStage.Reinforce, LifeLessons.ReinforceCommand(run, plan, problems), () => LifeLessons.Reinforce(run, problems, device, watcher, cancellation));
        Do("eval", $"gestalt eval --run {named}", () => EvaluateStage.Run(run, plan.Evaluation, device, cancellation).ToString());
        string assistant = run.Assistant()!;
        Do("export", $"gestalt export {Quote(assistant)} {Quote(run.Model)}", () =>
        {
            File.Copy(assistant, run.Model + ".part", overwrite: true);
            File.Move(run.Model + ".part", run.Model, overwrite: true);
            return FormattableString.Invariant($"{run.Model}, {new FileInfo(run.Model).Length / 1e6:0.0} MB");
        });
        LifeReportWriter.Write(run, plan, ledger.Stages);

        void Learn(LifeStage stage, string command, Func<string> lesson) =>
            Do(LifeLessons.NameOf(stage), command, () => lesson() + LifeLessons.Examine(run, plan, stage, device, cancellation));

        void Do(string name, string command, Func<string> stage)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ledger.Find(name) is { } done)
            {
                watcher.Say($"{name}: already done ({done.Result})");
                return;
            }

            watcher.Stage(name, plan.Seconds.GetValueOrDefault(name));
            long begun = Stopwatch.GetTimestamp();
            string result = stage();
            ledger.Complete(new CompletedStage(name, Stopwatch.GetElapsedTime(begun).TotalSeconds, result, command));
            watcher.Say($"{name}: {result}");
        }
    }

    private static string Describe(TrainingOutcome outcome) => FormattableString.Invariant(
        $"{outcome.Steps:N0} steps, {outcome.Tokens / 1e6:0.00} M tokens, loss {outcome.Loss:0.000}") +
        (outcome.BitsPerByte is { } bits ? FormattableString.Invariant($", {bits:0.000} bits per byte held out") : "");

    /// <summary>A word as a shell reads it.</summary>
    internal static string Quote(string text) => text.Any(c => char.IsWhiteSpace(c) || "'\"$*?[]&;|<>()".Contains(c)) ? $"'{text.Replace("'", "'\\''")}'" : text;
}
