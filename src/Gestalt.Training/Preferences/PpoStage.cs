using Gestalt.Corpus;
using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Preferences;

/// <summary>What <see cref="PpoStage"/> is asked to do.</summary>
/// <param name="Model">The model to begin with: a file that Gestalt opens.</param>
/// <param name="Data">JSONL of comparisons, plain or .gz: their prompts are answered.</param>
/// <param name="Reward">The folder of the reward model.</param>
/// <param name="Watched">The folder of another reward model, trained on other comparisons, that must not be spoilt; null for none.</param>
/// <param name="Folder">Where the model, checkpoint and rounds go.</param>
/// <param name="Name">The result's name in its file.</param>
/// <param name="HeldOut">How many answers are drawn to watch on, to the last prompts of the file, which are not learnt from: at most a fifth of all different ones.</param>
/// <param name="Options">The recipe.</param>
public sealed record PpoRequest(string Model, string Data, string Reward, string? Watched, string Folder, string Name, int HeldOut, PpoOptions Options);

/// <summary>Reinforcement from comparisons: an assistant answers, a reward model grades, the assistant moves.</summary>
public static class PpoStage
{
    /// <summary>Trains, and saves the policy as <c>model.gguf</c>: the best by the watched signal where there is one, else the last.</summary>
    /// <param name="request">Models, prompts and recipe.</param>
    /// <param name="gold">Grades answers as they are meant, where that is known exactly: it is watched instead of a reward model.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told of each round.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops.</param>
    /// <exception cref="CorpusException">There are too few prompts.</exception>
    /// <exception cref="ModelFileException">A model cannot be opened.</exception>
    public static PpoOutcome Run(PpoRequest request, Func<string, double>? gold, Device device, IProgress<PpoRound>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using LoadedModel policy = ModelFile.Load(request.Model, device), reference = ModelFile.Load(request.Model, device);
        using var engine = new Engine(policy.Transformer) { KeepsPrefixes = false };
        var generator = new TextGenerator(engine, policy);
        using var proxy = new AnswerGrader(request.Reward, device);
        using AnswerGrader? watched = gold is null && request.Watched is not null ? new AnswerGrader(request.Watched, device) : null;
        List<Conversation> prompts = Prompts(request, generator, policy.Transformer.Config.Context, report);
        // Where there are few different prompts, a fifth of them is held out, and each is answered several times.
        int apart = Math.Clamp(prompts.Count / 5, 1, request.HeldOut);
        Conversation[] learn = [.. prompts.SkipLast(apart)], heldOut = [.. Enumerable.Range(0, request.HeldOut).Select(i => prompts[prompts.Count - apart + (i % apart)])];
        string output = Path.Combine(request.Folder, "model.gguf");
        Func<IReadOnlyList<(Conversation, string)>, double[]>? signal = gold is not null ? answers => [.. answers.Select(answer => gold(answer.Item2))] : watched is not null ? answers => watched.Grade(answers, cancellation) : null;
        var job = new PpoJob(policy.Transformer, reference.Transformer, engine, request.Options, request.Folder, [.. learn.Select(prompt => generator.PromptIds(prompt))], generator.Ends,
            Math.Min(policy.Tokenizer.VocabularySize, policy.Transformer.Config.Vocabulary), Math.Max(0, policy.Tokenizer.Special.EndOfText), $"{request.Data} {request.Reward} {learn.Length}",
            (asked, rollouts) => proxy.Grade([.. rollouts.Select((rollout, i) => (learn[asked[i]], TextOf(rollout)))], cancellation),
            signal is null ? null : Watch, signal is null ? null : Save);
        PpoOutcome outcome = PpoTraining.Run(job, progress, report, cancellation);
        if (signal is null) Save();
        return outcome;

        string TextOf(Rollout rollout) => policy.Tokenizer.DecodeText(rollout.IsTruncated ? rollout.Answer : rollout.Answer.AsSpan(0, rollout.Answer.Length - 1)).Trim();

        void Save()
        {
            Directory.CreateDirectory(request.Folder);
            ModelFile.Save(output, policy.Transformer, policy.Tokenizer, ModelFileOptions.Like(policy) with { Name = request.Name });
        }

        WatchedSignal Watch()
        {
            // The same draws each time, so that what differs is the policy.
            int[][] asked = [.. heldOut.Select(prompt => generator.PromptIds(prompt))];
            var options = new GenerationOptions
            {
                Sampling = new SamplingOptions { Temperature = 1, Seed = 0x5EED },
                MaxTokens = Math.Max(1, Math.Min(request.Options.MostTokens, engine.Context - asked.Max(ids => ids.Length))),
            };
            double[] grades = signal!([.. generator.AnswerAll(asked, options, cancellation: cancellation).Select((answer, i) => (heldOut[i], answer.Text.Trim()))]);
            (double mean, double error) = SampleMean.Of(grades);
            return new WatchedSignal(mean, error);
        }
    }

    private static List<Conversation> Prompts(PpoRequest request, TextGenerator generator, int context, Action<string> report)
    {
        var aside = new List<SetAside>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new List<Conversation>();
        foreach ((int line, PreferencePair pair) in PreferenceFile.ReadNumbered(request.Data, unused => aside.Add(new SetAside(request.Data, unused.Line, "malformed", unused.Reason))))
        {
            int[] ids = generator.PromptIds(pair.Prompt);
            if (!seen.Add(string.Join(' ', ids))) continue;
            if (ids.Length > context / 2) aside.Add(new SetAside(request.Data, line, "too long", $"has a prompt of {ids.Length} tokens, more than half of the context of {context}"));
            else prompts.Add(pair.Prompt);
        }

        SetAside.Tell(aside, "comparisons", request.Folder, request.Options.IsStrict, report);
        return prompts.Count >= 2 ? prompts : throw new CorpusException($"{request.Data} has {prompts.Count} different prompts that can be used; one to learn from and one to watch on are the least. Give more comparisons.");
    }
}
