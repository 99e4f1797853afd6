using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Training.Reinforcement;

/// <summary>
/// Learns from conversations beside the rewards, so that what the model was taught before stays with it: InstructGPT's mix (arXiv 2203.02155, PPO-ptx), with the conversations of fine-tuning in place
/// of pretraining's text. Rewards alone know nothing of what they do to other answers.
/// </summary>
internal sealed class ConversationReplay : IDisposable
{
    private readonly ConversationLoader _loader;
    private readonly TokenBatch _batch;
    private readonly double _weight;

    /// <summary>Begins, or goes on where a state says.</summary>
    /// <param name="job">Its conversations, how many tokens of them a step takes, what they weigh.</param>
    /// <param name="state">Where to go on.</param>
    public ConversationReplay(ReinforcementJob job, LoaderState? state)
    {
        int length = Math.Min(job.Options.Context, job.Rollouts.ReplayTokens);
        _loader = new ConversationLoader(job.Replay!, length, job.Padding, job.Options.Seed, state);
        _batch = new TokenBatch(Math.Max(1, job.Rollouts.ReplayTokens / length), length);
        _weight = job.Rollouts.ReplayWeight;
    }

    /// <summary>Where the conversations stand.</summary>
    public LoaderState State => _loader.State;

    /// <summary>Adds a batch's gradient to that of the rewards.</summary>
    /// <returns>The batch's loss, in nats a token.</returns>
    public double Accumulate(Transformer model, Tape tape)
    {
        _loader.Fill(_batch.AsRows());
        _batch.LossNormalizer = Math.Max(1, _batch.WeightSum) / _weight;
        tape.Reset();
        Tensor loss = model.Loss(tape, _batch);
        tape.Backward(loss);
        return loss.Scalar / _weight;
    }

    /// <inheritdoc/>
    public void Dispose() => _batch.Dispose();
}
