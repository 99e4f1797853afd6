namespace Gestalt.Tensors;

/// <summary>
/// One recorded step of the forward pass that knows its gradient. Objects are pooled by the <see cref="Tape"/>; a derived class holds
/// references to what it needs and drops them in <see cref="Forget"/>.
/// </summary>
internal abstract class Operation
{
    /// <summary>What the operation made. Its gradient is complete when <see cref="Backward"/> is called: all consumers came later.</summary>
    public Tensor Output { get; private set; } = null!;

    /// <summary>What forward left for backward, such as row statistics; null if nothing.</summary>
    public Tensor? Saved { get; private set; }

    /// <summary>Whether backward needs the values that forward made. Most do not: their memory then serves the gradients that backward makes.</summary>
    public virtual bool ReadsOutput => false;

    /// <summary>Adds this operation's part to the gradients of its inputs and parameters.</summary>
    public abstract void Backward(Tape tape);

    public void Begin(Tensor output, Tensor? saved)
    {
        Output = output;
        Saved = saved;
    }

    public void End()
    {
        Output = null!;
        Saved = null;
        Forget();
    }

    /// <summary>Drops references, so that a pooled object keeps nothing alive.</summary>
    protected abstract void Forget();
}
