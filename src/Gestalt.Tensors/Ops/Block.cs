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

/// <summary>A block that ends with a part which treats each row by itself, as a feed-forward layer does: backward can run that again for some rows at a time.</summary>
/// <typeparam name="TContext">What the block needs beside its input.</typeparam>
public interface IRowwiseEndBlock<TContext> : IBlock<TContext>
    where TContext : struct
{
    /// <summary>The part at the end: what the block makes is what this makes of <see cref="Begin"/>'s result.</summary>
    IBlock<TContext> End { get; }

    /// <summary>Whether the matrices of the end are frozen, so that nothing is lost by taking rows apart: no large gradient would be added to over and over.</summary>
    bool EndsFrozen { get; }

    /// <summary>Runs the part that sees all rows.</summary>
    /// <param name="tape">Where to compute.</param>
    /// <param name="x">The block's input.</param>
    /// <param name="context">What it needs beside.</param>
    Tensor Begin(Tape tape, Tensor x, in TContext context);
}

/// <content>
/// A block with its own scope of memory. Without recording, everything inside it is given back at its end. With recording and
/// recomputation (activation checkpointing, Chen et al., arXiv 1604.06174), likewise, and backward runs the block again to get its
/// activations back: the same operations in the same order, hence the same bits. An end that treats each row by itself is run again for some rows at a time, as in
/// Mini-Sequence Transformer (arXiv 2407.15892): of its activations, the largest of a block, only theirs are there.
/// </content>
public sealed unsafe partial class Tape
{
    /// <summary>Most parts that backward takes the rows of a block's end in.</summary>
    private const int MostPartsApart = 4;

    /// <summary>Whether a block runs again, so that backward has its activations: what it returns is known already.</summary>
    private bool _reruns;

    /// <summary>Of the rows that a block's end runs again for, the first.</summary>
    private int _firstRow;

    /// <summary>Fewest rows of a block's end that backward takes at a time: stored weights are decoded for each part anew.</summary>
    internal int LeastRowsApart { get; set; } = 128;

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
            return Run(block, x, context, recording: true, reruns: false);
        }

        bool recording = Recording;
        int mark = TensorCount;
        Tensor y = Run(block, x, context, recording: false, reruns: false);
        ReleaseSince(mark, y);
        if (recording)
        {
            y.RequiresGradient = true;
            BlockOperation<TContext> operation = Record<BlockOperation<TContext>>(y);
            (operation.Part, operation.Input, operation.Context) = (block, x, context);
        }

        return y;
    }

    private Tensor Run<TContext>(IBlock<TContext> block, Tensor x, in TContext context, bool recording, bool reruns)
        where TContext : struct
    {
        (bool recorded, bool reran) = (Recording, _reruns);
        (Recording, _reruns) = (recording, reruns);
        try
        {
            return block.Forward(this, x, context);
        }
        finally
        {
            (Recording, _reruns) = (recorded, reran);
        }
    }

    /// <summary>The result of a block that runs again: a place for its gradient.</summary>
    private Tensor Unread(Shape shape) => Begin(shape, null, requiresGradient: true, isExternal: true);

    private sealed class BlockOperation<TContext> : Operation
        where TContext : struct
    {
        public IBlock<TContext> Part = null!;
        public Tensor Input = null!;
        public TContext Context;

        public override void Backward(Tape tape)
        {
            (int mark, int tensors) = (tape.OperationCount, tape.TensorCount);
            int rows = Output.Shape.Rows, parts = Math.Clamp(rows / tape.LeastRowsApart, 1, MostPartsApart);
            if (parts > 1 && Part is IRowwiseEndBlock<TContext> { EndsFrozen: true } block)
            {
                Tensor middle = block.Begin(tape, Input, Context);
                tape.PassGradient(Output, middle);
                for (int part = 0; part < parts; part++)
                {
                    BackwardOfRows(tape, block.End, middle, (int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts));
                }
            }
            else
            {
                Tensor again = tape.Run(Part, Input, Context, recording: true, reruns: true);
                tape.PassGradient(Output, again);
            }

            tape.BackwardTo(mark);
            tape.ReleaseSince(tensors, keep: null);
        }

        /// <summary>The gradient of some rows of the end's result takes the way back through the end, from and to its place in the gradient of what the end reads.</summary>
        private void BackwardOfRows(Tape tape, IBlock<TContext> end, Tensor middle, int first, int last)
        {
            (int mark, int tensors, int width) = (tape.OperationCount, tape.TensorCount, middle.Shape.Width);
            Tensor rows = tape.Begin(new Shape(last - first, width), middle.Data + ((long)first * width), requiresGradient: true, isExternal: true);
            tape._firstRow = first;
            Tensor result = tape.Run(end, rows, Context, recording: true, reruns: true);
            float* gradient = middle.Gradient + ((long)first * width);
            tape.Device.Copy(gradient, tape.GradientToOverwrite(result, out _), rows.Shape.Length);
            tape.BackwardTo(mark);
            tape.Device.Copy(rows.Gradient, gradient, rows.Shape.Length);
            tape._firstRow = 0;
            tape.ReleaseSince(tensors, keep: null);
        }

        protected override void Forget() => (Part, Input, Context) = (null!, null!, default);
    }
}
