using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Preferences;

/// <summary>
/// PPO with a value head, round by round: draw answers, grade them, say of each token how much better than expected it turned out, move, at a price for every nat away from the model that training began
/// with. A held-out signal that falls stops it, since a reward that is learnt can be gamed.
/// </summary>
public sealed class PpoTraining : IDisposable
{
    private static readonly JsonSerializerOptions Lines = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private readonly PpoJob _job;
    private readonly PpoOptions _options;
    private readonly ValueHead _critic;
    private readonly Tape _tape;
    private readonly RolloutBatch _batch = new();
    private readonly Optimizer _optimizer;
    private readonly TrainingState _state;
    private readonly List<PpoRound> _rounds = [];
    private double _beta, _scale = double.NaN;
    private int? _bestRound;
    private int _falls;
    private WatchedSignal _best;

    private PpoTraining(PpoJob job)
    {
        (_job, _options, _beta) = (job, job.Options, job.Options.Beta);
        _critic = new ValueHead(job.Policy);
        _tape = new Tape(job.Policy.Device);
        _optimizer = new Optimizer(job.Policy.Device, [.. job.Policy.Parameters, _critic.Weights], _options.Optimizer);
        _state = new TrainingState(job.Policy, _optimizer, job.Folder, $"{job.Policy.Config} {_options} ppo {job.Data}", [_critic.Weights]);
    }

    /// <summary>Trains to the last round, or until the held-out signal falls, going on from a checkpoint where there is one.</summary>
    /// <param name="job">Model, prompts, reward and recipe.</param>
    /// <param name="progress">Told of each round.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    /// <exception cref="DivergedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint was written.</exception>
    public static PpoOutcome Run(PpoJob job, IProgress<PpoRound>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(report);
        if (job.Engine.KeepsPrefixes) throw new ArgumentException("The engine keeps prefixes, which are wrong after each step.", nameof(job));
        using var training = new PpoTraining(job);
        return training.Run(progress, report, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _tape.Dispose();
        _batch.Dispose();
        _critic.Dispose();
    }

    private bool HasFallen => _falls >= 2;

    private PpoOutcome Run(IProgress<PpoRound>? progress, Action<string> report, CancellationToken cancellation)
    {
        Restore(_state.TryRestore(report));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        double saved = 0;
        if (_job.Watch is not null && _bestRound is null) Look(round: 0);
        while (_state.Step < _options.Rounds && !HasFallen)
        {
            PpoRound round;
            try
            {
                round = Round(cancellation);
            }
            catch (OperationCanceledException)
            {
                // A round that was cut off has drawn only: it is drawn again, the same.
                Save(clock);
                throw;
            }

            if (round.SetAside > 0 && _options.IsStrict)
                throw new InvalidDataException($"Round {round.Round}: the grades of {round.SetAside} answers are not numbers, and --strict was asked for. Look at the reward model: it may have been trained at too high a rate.");
            _state.Step++;
            if (_job.Watch is not null && (_state.Step % _options.WatchEvery == 0 || _state.Step == _options.Rounds))
            {
                WatchedSignal signal = Look(_state.Step);
                round = round with { Watched = signal.Mean, WatchedError = signal.Error };
            }

            _rounds.Add(round);
            progress?.Report(round);
            if (round.SetAside > 0) report($"Round {round.Round}: the grades of {round.SetAside} answers are not numbers; they are set aside.");
            if (_state.Step == _options.Rounds || HasFallen || clock.Elapsed.TotalSeconds - saved > _options.CheckpointSeconds)
            {
                Save(clock);
                saved = clock.Elapsed.TotalSeconds;
            }
        }

        if (HasFallen)
            report(FormattableString.Invariant($"Stopped after round {_state.Step}: the held-out signal has fallen from {_best.Mean:0.000} (round {_bestRound}) twice in a row. The best model is kept."));
        return new PpoOutcome(_rounds, HasFallen, _bestRound, _state.EarlierSeconds + clock.Elapsed.TotalSeconds);
    }

    /// <summary>Writes the checkpoint, and the rounds so far as <c>rounds.jsonl</c>.</summary>
    private void Save(System.Diagnostics.Stopwatch clock)
    {
        _state.Save(Extra(), _state.EarlierSeconds + clock.Elapsed.TotalSeconds);
        string path = Path.Combine(_job.Folder, "rounds.jsonl");
        File.WriteAllLines(path + ".new", _rounds.Select(round => JsonSerializer.Serialize(round, Lines)));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Looks at the held-out signal, keeps the policy where it is the best so far, and counts how often in a row it was clearly worse.</summary>
    private WatchedSignal Look(int round)
    {
        WatchedSignal signal = _job.Watch!();
        if (_bestRound is null || signal.Mean > _best.Mean)
        {
            (_best, _bestRound, _falls) = (signal, round, 0);
            _job.KeepBest?.Invoke();
        }
        else
        {
            _falls = signal.Mean + (1.96 * Math.Sqrt((signal.Error * signal.Error) + (_best.Error * _best.Error))) < _best.Mean ? _falls + 1 : 0;
        }

        return signal;
    }

    private PpoRound Round(CancellationToken cancellation)
    {
        (int[] asked, Rollout[] all) = Draw(cancellation);
        double[] grades = _job.Reward(asked, all);
        int[] counted = [.. Enumerable.Range(0, all.Length).Where(i => double.IsFinite(grades[i]))];
        Rollout[] rollouts = [.. counted.Select(i => all[i])];
        double[] rewards = [.. counted.Select(i => grades[i])];
        if (rollouts.Length == 0) throw new DivergedException(_state.Step + 1, double.NaN, 0, _state.HasCheckpoint ? _state.CheckpointPath : null);
        if (double.IsNaN(_scale)) _scale = 1 / Math.Max(1e-6, Spread(rewards)); // rewards have no unit: one standard deviation of the first round's is 1 from now on
        Experience[] lived = Live(rollouts, rewards, cancellation);
        double divergence = lived.Average(one => one.Divergence);
        (double clipped, double valueLoss) = Learn(rollouts, lived);
        double beta = _beta;
        _beta = PpoObjective.Steer(_beta, divergence, _options.TargetDivergence);
        return new PpoRound(_state.Step + 1, rewards.Average(), divergence, beta, clipped, valueLoss, rollouts.Average(one => one.Answer.Length), rollouts.Average(one => one.IsTruncated ? 1.0 : 0), all.Length - rollouts.Length);
    }

    /// <summary>Answers drawn from the policy itself: temperature 1, nothing filtered, so that what was drawn is what is trained.</summary>
    private (int[] Asked, Rollout[] Rollouts) Draw(CancellationToken cancellation)
    {
        var chosen = new int[_options.Answers];
        new PairOrder(_job.Prompts.Count, _options.Answers, _options.Seed).Of(_state.Step, chosen);
        var options = new GenerationOptions
        {
            Sampling = new SamplingOptions { Temperature = 1, Seed = (_options.Seed * 1_000_003) + (ulong)_state.Step },
            MaxTokens = Math.Max(1, Math.Min(_options.MostTokens, _job.Policy.Config.Context - chosen.Max(i => _job.Prompts[i].Length))),
            Vocabulary = _job.Vocabulary,
            LogProbabilities = true,
        };
        Generation[] drawn = _job.Engine.GenerateAll([.. chosen.Select(i => _job.Prompts[i])], options, stop: (_, id) => _job.Ends.Contains(id), cancellation: cancellation);
        return (chosen, [.. drawn.Select((answer, i) => new Rollout(_job.Prompts[chosen[i]], answer.Ids, answer.LogProbabilities, answer.Reason != FinishReason.Stop))]);
    }

    /// <summary>What is known of an answer once it has been graded.</summary>
    private sealed record Experience(float[] LogProbabilities, double[] Advantages, double[] Returns, double Divergence);

    private Experience[] Live(Rollout[] rollouts, double[] grades, CancellationToken cancellation)
    {
        var lived = new Experience[rollouts.Length];
        foreach (int[] some in Enumerable.Range(0, rollouts.Length).OrderBy(i => rollouts[i].Length).Chunk(_options.Rows))
        {
            cancellation.ThrowIfCancellationRequested();
            Rollout[] part = [.. some.Select(i => rollouts[i])];
            _batch.Fill(part, _job.Padding);
            float[][] policy = _batch.LogProbabilities(_job.Policy, part), reference = _batch.LogProbabilities(_job.Reference, part);
            var values = new double[part.Sum(one => one.Answer.Length)];
            _critic.Read(_batch, part, values);
            int at = 0;
            for (int row = 0; row < some.Length; row++)
            {
                int tokens = policy[row].Length;
                var rewards = new double[tokens];
                for (int t = 0; t < tokens; t++) rewards[t] = -_beta * ((double)policy[row][t] - reference[row][t]);
                rewards[^1] += (grades[some[row]] * _scale) - (part[row].IsTruncated ? _options.TruncationPenalty : 0);
                double[] advantages = new double[tokens], returns = new double[tokens];
                PpoObjective.Advantages(rewards, values.AsSpan(at, tokens), _options.Lambda, advantages, returns);
                lived[some[row]] = new Experience(policy[row], advantages, returns, policy[row].Zip(reference[row], (p, r) => (double)p - r).Sum());
                at += tokens;
            }
        }

        double[] flat = [.. lived.SelectMany(one => one.Advantages)];
        PpoObjective.Whiten(flat);
        int next = 0;
        foreach (Experience one in lived)
        {
            flat.AsSpan(next, one.Advantages.Length).CopyTo(one.Advantages);
            next += one.Advantages.Length;
        }

        return lived;
    }

    private (double Clipped, double ValueLoss) Learn(Rollout[] rollouts, Experience[] lived)
    {
        long tokens = 0, clipped = 0;
        double squares = 0, variance = Variance([.. lived.SelectMany(one => one.Returns)]);
        Parameter[] parameters = [.. _job.Policy.Parameters, _critic.Weights];
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            int[] order = [.. Enumerable.Range(0, rollouts.Length)];
            new Random(unchecked((int)((_options.Seed * 31) + ((ulong)_state.Step * 7) + (ulong)epoch))).Shuffle(order);
            foreach (int[] some in order.Chunk(_options.Rows))
            {
                Rollout[] part = [.. some.Select(i => rollouts[i])];
                _batch.Fill(part, _job.Padding);
                float[][] now = _batch.LogProbabilities(_job.Policy, part);
                int count = now.Sum(row => row.Length);
                double loss = 0;
                for (int row = 0; row < some.Length; row++)
                {
                    Span<float> weights = _batch.WeightsOf(row, part[row]);
                    for (int t = 0; t < weights.Length; t++)
                    {
                        (double cost, double gradient, bool isClipped) = ClippedSurrogate.Evaluate(now[row][t], lived[some[row]].LogProbabilities[t], lived[some[row]].Advantages[t], _options.Clip, _options.Clip);
                        (loss, weights[t], clipped) = (loss + (cost / count), (float)(-gradient / count), clipped + (isClipped ? 1 : 0));
                    }
                }

                Array.ForEach(parameters, p => p.ZeroGradient());
                _tape.Reset();
                _batch.Tokens.LossNormalizer = 1;
                _tape.Backward(_job.Policy.Loss(_tape, _batch.Tokens));
                squares += _critic.Learn(_tape, _batch, part, [.. some.SelectMany(i => lived[i].Returns)], _options.ValueWeight / count);
                tokens += count;
                double norm = _optimizer.GradientNorm();
                if (!double.IsFinite(loss) || !double.IsFinite(norm)) throw new DivergedException(_state.Step + 1, loss, norm, _state.HasCheckpoint ? _state.CheckpointPath : null);
                _optimizer.Step(1, norm);
                _state.Observe(loss);
            }
        }

        return ((double)clipped / tokens, squares / tokens / Math.Max(1e-12, variance));
    }

    private static double Spread(double[] values) => Math.Sqrt(Variance(values));

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }

    private JsonObject Extra() => new()
    {
        ["beta"] = _beta,
        ["scale"] = double.IsNaN(_scale) ? null : _scale,
        ["optimizer_steps"] = _optimizer.Steps,
        ["rounds"] = JsonSerializer.SerializeToNode(_rounds),
        ["best_round"] = _bestRound,
        ["best"] = _bestRound is null ? null : _best.Mean,
        ["best_error"] = _bestRound is null ? null : _best.Error,
        ["falls"] = _falls,
    };

    private void Restore(JsonNode? saved)
    {
        if (saved is null) return;
        (_beta, _scale, _falls) = ((double)saved["beta"]!, (double?)saved["scale"] ?? double.NaN, (int)saved["falls"]!);
        _optimizer.Steps = (int)saved["optimizer_steps"]!;
        _rounds.AddRange(saved["rounds"]!.Deserialize<List<PpoRound>>()!);
        _bestRound = (int?)saved["best_round"];
        if (_bestRound is not null) _best = new WatchedSignal((double)saved["best"]!, (double)saved["best_error"]!);
    }
}
