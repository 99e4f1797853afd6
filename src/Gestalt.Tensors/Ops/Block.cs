namespace Gestalt.Tensors;

/// <summary>A part of a model that maps a tensor to a tensor and can be run again: what recomputation and scoped memory need.</summary>
/// <typeparam name="TContext">What the part needs beside its input, such as positions; a value, so that it can be kept without allocating.</typeparam>
public interface IBlock<TContext>
    where TContext : struct
{
    /// <summary>Runs the part. Running it twice must give the same bits.</summary>
    /// <param name="tape">Where to compute.</param>
    /// <param name="x">The input.</param>
    /// <param name="context">What it needs beside.</param>
    Tensor Forward(Tape tape, Tensor x, in TContext context);
}

/// <content>
/// A block with its own scope of memory. Without recording, everything inside it is given back at its end. With recording and
/// recomputation (activation checkpointing, Chen et al., arXiv 1604.06174), likewise, and backward runs the block again to get its
/// activations back: the same operations in the same order, hence the same bits.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Runs a block and keeps only its output, unless backward needs the rest.</summary>
    /// <typeparam name="TContext">What the block needs beside its input.</typeparam>
    /// <param name="block">The block.</param>
    /// <param name="x">Its input.</param>
    /// <param name="context">What it needs beside; pointers in it must stay valid until backward has passed.</param>
    /// <param name="recompute">Whether backward computes the block's activations again instead of keeping them.</param>
    public Tensor Block<TContext>(IBlock<TContext> block, Tensor x, in TContext context, bool recompute = false)
        where TContext : struct
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(x);
        if (Recording && !recompute)
        {
            return block.Forward(this, x, context);
        }

        bool recording = Recording;
        int mark = TensorCount;
        Recording = false;
        Tensor y = block.Forward(this, x, context);
        Recording = recording;
        ReleaseSince(mark, y);
        if (recording)
        {
            y.RequiresGradient = true;
            BlockOperation<TContext> operation = Record<BlockOperation<TContext>>(y);
            (operation.Part, operation.Input, operation.Context) = (block, x, context);
        }

        return y;
    }

    private sealed class BlockOperation<TContext> : Operation
        where TContext : struct
    {
        public IBlock<TContext> Part = null!;
        public Tensor Input = null!;
        public TContext Context;

        public override void Backward(Tape tape)
        {
            (int mark, int tensors) = (tape.OperationCount, tape.TensorCount);
            Tensor again = Part.Forward(tape, Input, Context);
            tape.PassGradient(Output, again);
            tape.BackwardTo(mark);
            tape.ReleaseSince(tensors, keep: null);
        }

        protected override void Forget() => (Part, Input, Context) = (null!, null!, default);
    }
}
