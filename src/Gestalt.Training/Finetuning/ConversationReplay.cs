using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Training.Finetuning;

/// <summary>
/// Conversations that a model learns from beside rewards or comparisons, so that what it was taught before stays with it: InstructGPT's mix (arXiv 2203.02155, PPO-ptx), with the conversations of
/// fine-tuning in place of pretraining's text. Rewards and comparisons alone know nothing of what they do to other answers.
/// </summary>
internal sealed class ConversationReplay : IDisposable
{
    private readonly ConversationLoader _loader;
    private readonly TokenBatch _batch;
    private readonly double _weight;

    /// <summary>Begins, or goes on where a state says.</summary>
    /// <param name="conversations">The conversations.</param>
    /// <param name="tokens">How many tokens of them a step takes.</param>
    /// <param name="length">The longest row, in tokens.</param>
    /// <param name="weight">What their mean loss weighs.</param>
    /// <param name="padding">An id that fills rows up.</param>
    /// <param name="seed">Their order.</param>
    /// <param name="state">Where to go on.</param>
    public ConversationReplay(IReadOnlyList<RenderedConversation> conversations, int tokens, int length, double weight, int padding, ulong seed, LoaderState? state)
    {
        length = Math.Min(length, tokens);
        _loader = new ConversationLoader(conversations, length, padding, seed, state);
        _batch = new TokenBatch(Math.Max(1, tokens / length), length);
        _weight = weight;
    }

    /// <summary>Conversations as a model reads them; those that are too long are left out.</summary>
    /// <param name="conversations">The conversations.</param>
    /// <param name="model">The model.</param>
    /// <param name="context">The longest, in tokens.</param>
    /// <param name="asks">Whether a message of the user asks for what is to be learned anew: such a conversation holds the very answer that is to be outgrown, and is left out.</param>
    /// <param name="report">Told how many are too long.</param>
    /// <exception cref="ArgumentException">None is left.</exception>
    public static RenderedConversation[] Render(IReadOnlyList<Conversation> conversations, LoadedModel model, int context, Func<string, bool> asks, Action<string> report)
    {
        var renderer = new ConversationRenderer(model);
        RenderedConversation[] rendered = [.. conversations.Where(one => !one.Messages.Any(message => message.Role == Roles.User && asks(message.Content))).Select(one => renderer.Render(one).Ids)];
        RenderedConversation[] whole = [.. rendered.Where(one => one.Ids.Length - 1 <= context)];
        if (whole.Length < rendered.Length) report($"{rendered.Length - whole.Length} of {rendered.Length} conversations to keep in mind are longer than {context} tokens and are left out.");
        return whole.Length > 0 ? whole : throw new ArgumentException($"none of the {conversations.Count} conversations to keep in mind is about anything but what is learned anew and fits into {context} tokens.");
    }

    /// <summary>Where the conversations stand.</summary>
    public LoaderState State => _loader.State;

    /// <summary>Adds a batch's gradient to what is there already.</summary>
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
