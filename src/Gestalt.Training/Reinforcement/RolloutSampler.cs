using Gestalt.Inference;
using Gestalt.World;

namespace Gestalt.Training.Reinforcement;

/// <summary>Draws groups of answers with the engine, from the weights as they are now: the trainer's own, which are not copied.</summary>
/// <param name="engine">Runs the model that is trained.</param>
/// <param name="job">Where prompts come from, and who judges.</param>
/// <param name="report">Told of judges that fail.</param>
internal sealed class RolloutSampler(Engine engine, ReinforcementJob job, Action<string> report)
{
    private const int MostSaid = 5;
    private readonly HashSet<int> _stops = [.. job.StopIds];
    private readonly HashSet<string> _said = [];

    /// <summary>All answers that were drawn in a step.</summary>
    /// <param name="Groups">Groups to learn from, without answers that are set aside.</param>
    /// <param name="All">Every answer.</param>
    /// <param name="AllEqual">Groups without a difference.</param>
    /// <param name="Drawn">Groups drawn.</param>
    /// <param name="SetAside">Answers whose judge failed.</param>
    public sealed record Harvest(List<Rollout[]> Groups, List<Rollout> All, int AllEqual, int Drawn, int SetAside);

    /// <summary>Time spent in generation, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Draws a step's groups.</summary>
    /// <param name="first">The number of the first problem.</param>
    /// <param name="seed">Chance of this step.</param>
    /// <param name="cancellation">Gives up.</param>
    public Harvest Draw(long first, ulong seed, CancellationToken cancellation)
    {
        var harvest = new Harvest([], [], 0, 0, 0);
        (ReinforcementOptions options, PolicyObjective objective) = (job.Rollouts, job.Objective);
        var advantages = new double[options.Samples];
        for (int round = 0; round < (objective.DrawsAnew ? options.MostRounds : 1) && harvest.Groups.Count < options.Prompts; round++)
        {
            int wanted = options.Prompts - harvest.Groups.Count;
            Rollout[][] groups = Generate(first + harvest.Drawn, wanted, Dice.Mix(seed + (ulong)round), cancellation);
            for (int g = 0; g < groups.Length; g++)
            {
                (List<Rollout> kept, int failed) = Judge(first + harvest.Drawn + g, groups[g]);
                harvest.All.AddRange(kept);
                if (options.Truncation == TruncationPolicy.LeaveOut) kept.RemoveAll(rollout => rollout.IsTruncated);
                bool differs = objective.Advantages([.. kept.Select(rollout => rollout.Judgement.Reward)], advantages);
                for (int i = 0; i < kept.Count; i++) kept[i].Advantage = advantages[i];
                harvest = harvest with { AllEqual = harvest.AllEqual + (differs ? 0 : 1), SetAside = harvest.SetAside + failed };
                if (differs || (!objective.DrawsAnew && kept.Count > 0)) harvest.Groups.Add([.. kept]);
            }

            harvest = harvest with { Drawn = harvest.Drawn + wanted };
        }

        return harvest;
    }

    private Rollout[][] Generate(long first, int count, ulong seed, CancellationToken cancellation)
    {
        int samples = job.Rollouts.Samples;
        int[][] prompts = [.. Enumerable.Range(0, count).Select(i => job.Prompt(first + i))];
        int[][] repeated = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, samples))];
        // Marks that end an answer are drawn like any other token and learned: the engine leaves out stop ids, so this stops by itself.
        var options = new GenerationOptions { Sampling = new SamplingOptions { Temperature = 1, Seed = seed }, MaxTokens = job.Rollouts.MaxTokens, LogProbabilities = true };
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        Generation[] drawn = engine.GenerateAll(repeated, options, (_, id) => _stops.Contains(id), cancellation: cancellation);
        Seconds += System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return [.. drawn.Select((answer, i) => new Rollout(prompts[i / samples], answer.Ids, answer.LogProbabilities, answer.Reason != FinishReason.Stop)).Chunk(samples)];
    }

    private (List<Rollout> Kept, int Failed) Judge(long problem, Rollout[] group)
    {
        var kept = new List<Rollout>(group.Length);
        foreach (Rollout rollout in group)
        {
            string failure;
            try
            {
                Judgement judgement = job.Judge(problem, rollout);
                rollout.Judgement = judgement with { Reward = judgement.Reward - Punishment(rollout) };
                if (double.IsFinite(judgement.Reward))
                {
                    kept.Add(rollout);
                    continue;
                }

                failure = FormattableString.Invariant($"gave a reward of {judgement.Reward}");
            }
            catch (Exception problemOfJudge) when (problemOfJudge is not OutOfMemoryException)
            {
                failure = $"failed: {problemOfJudge.GetType().Name}, {problemOfJudge.Message}";
            }

            string said = $"the judge of {job.Name(problem)} {failure}";
            if (job.Rollouts.IsStrict) throw new InvalidDataException(said + ". --strict was asked for.");
            if (_said.Count < MostSaid && _said.Add(failure)) report($"{said}; the answer is set aside, and more of the like are counted in metrics.jsonl.");
        }

        return (kept, group.Length - kept.Count);
    }

    /// <summary>DAPO's soft overlong punishment: from 0 at the beginning of the last tokens to 1 at their end.</summary>
    private double Punishment(Rollout rollout)
    {
        (int soft, int most) = (job.Rollouts.SoftLimit, job.Rollouts.MaxTokens);
        return soft == 0 ? 0 : Math.Clamp((rollout.Answer.Length - (most - soft)) / (double)soft, 0, 1);
    }
}
