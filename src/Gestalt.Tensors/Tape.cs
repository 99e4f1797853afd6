namespace Gestalt.Tensors;

/// <summary>Sees the input of a linear layer.</summary>
/// <param name="weight">The layer's weight (out,in).</param>
/// <param name="input">Its input (rows,in), valid during the call.</param>
/// <param name="rows">How many rows.</param>
public unsafe delegate void ProductObserver(Parameter weight, float* input, int rows);

/// <summary>
/// The record of a forward pass, and the memory it lives in. Each operation is a method (one file each in <c>Ops/</c>): it computes at
/// once and, while <see cref="Recording"/>, notes what backward needs. <see cref="Backward"/> walks the notes from the end and gives
/// memory back as it passes.
/// </summary>
/// <remarks>
/// <para>One step is: forward operations, <see cref="Backward"/>, <see cref="Reset"/>. Equal steps allocate nothing after the first two.</para>
/// <para>Inference is the same forward with <see cref="Recording"/> off.</para>
/// <para>A tape belongs to one thread.</para>
/// </remarks>
public sealed unsafe partial class Tape : IDisposable
{
    private readonly Arena _arena;
    private readonly List<Operation> _operations = [];
    private readonly List<Tensor> _tensors = [];
    private readonly List<Parameter> _borrowers = [];
    private readonly Stack<Tensor> _spareTensors = new();
    private readonly Dictionary<Type, Stack<Operation>> _spareOperations = [];
    private Tensor? _root;

    /// <summary>An empty tape.</summary>
    /// <param name="device">Where its operations compute.</param>
    /// <param name="recording">Whether to keep what backward needs.</param>
    public Tape(Device device, bool recording = true)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        Recording = recording;
        _arena = new Arena(device);
    }

    /// <summary>Where operations compute.</summary>
    public Device Device { get; }

    /// <summary>Whether operations are noted for backward. Change it on an empty tape.</summary>
    public bool Recording { get; set; }

    /// <summary>Sees what every linear layer reads, before it is multiplied: how important each input is, for example. Null costs nothing.</summary>
    public ProductObserver? ProductObserver { get; set; }

    /// <summary>What adapters make of linear layers, and for which rows of their inputs; null for nothing. It stays as it is until backward has passed.</summary>
    public AdapterRows? AdapterRows { get; set; }

    /// <summary>
    /// Whether the gradients of matrices that have no memory yet lie on the tape, where the activations were that backward is done with: they are gone with <see cref="Reset"/>, so whoever
    /// adds up several passes must not ask for it. An adapter's training then needs no memory for gradients.
    /// </summary>
    public bool LendsGradients { get; init; }

    /// <summary>The most bytes of activations and gradients that were alive at once.</summary>
    public long PeakBytes => _arena.PeakBytes;

    /// <summary>Bytes taken from the system for activations and gradients.</summary>
    public long CapacityBytes => _arena.CapacityBytes;

    /// <summary>Makes a tensor that no operation computed; the caller fills it.</summary>
    /// <param name="shape">Its extents.</param>
    /// <param name="requiresGradient">Whether backward shall leave d(loss)/d(values) in it.</param>
    public Tensor Input(Shape shape, bool requiresGradient = false) => New(shape, requiresGradient);

    /// <summary>Makes a tensor of values that live elsewhere, such as in a key-value cache; they are read, never differentiated.</summary>
    /// <param name="shape">Its extents.</param>
    /// <param name="data">The values, which must stay where they are until <see cref="Reset"/>.</param>
    public Tensor External(Shape shape, float* data) => Begin(shape, data, requiresGradient: false, isExternal: true);

    /// <summary>Gives the memory of a tensor back early where the tape does not record; while it records, nothing happens.</summary>
    /// <param name="tensor">A tensor that nobody reads any more.</param>
    public void Discard(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!Recording)
        {
            Release(tensor);
        }
    }

    /// <summary>
    /// Computes d(loss)/d(parameter) for every trainable parameter that had a part in <paramref name="loss"/>, adding to
    /// <see cref="Parameter.Gradient"/>. Afterwards the loss and <see cref="Input"/>s are still readable; other tensors are gone.
    /// </summary>
    /// <param name="loss">A tensor of shape (1) that this tape recorded.</param>
    /// <exception cref="InvalidOperationException">The tape does not record, or the loss is not one number.</exception>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Shape.Length != 1)
        {
            throw new InvalidOperationException(
                $"Backward starts from one number, not from a tensor of shape {loss.Shape}; give the gradient to start from.");
        }

        Backward(loss, [1]);
    }

    /// <summary>Backward from any tensor whose gradient is known, such as the hidden states under a value head.</summary>
    /// <param name="output">A tensor that this tape recorded.</param>
    /// <param name="gradient">d(loss)/d(<paramref name="output"/>), laid out as its values.</param>
    /// <exception cref="InvalidOperationException">The tape does not record.</exception>
    /// <exception cref="ArgumentException">The gradient has another length.</exception>
    public void Backward(Tensor output, ReadOnlySpan<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!Recording)
        {
            throw new InvalidOperationException("This tape does not record: make it with recording: true to train.");
        }

        if (gradient.Length != output.Shape.Length)
        {
            throw new ArgumentException($"{gradient.Length} values are no gradient of a tensor of shape {output.Shape}.", nameof(gradient));
        }

        _root = output;
        if (output.RequiresGradient)
        {
            gradient.CopyTo(new Span<float>(GradientToOverwrite(output, out _), gradient.Length));
        }

        BackwardTo(0);
    }

    /// <summary>Forgets the step and takes all its tensors back.</summary>
    public void Reset()
    {
        while (_operations.Count > 0)
        {
            Recycle(Pop());
        }

        foreach (Tensor tensor in _tensors)
        {
            tensor.Data = null;
            tensor.Gradient = null;
            _spareTensors.Push(tensor);
        }

        _tensors.Clear();
        _borrowers.ForEach(parameter => parameter.ReturnGradient());
        _borrowers.Clear();
        _arena.Reset();
        _root = null;
    }

    /// <summary>Returns all memory to the system.</summary>
    public void Dispose()
    {
        Reset();
        _arena.Dispose();
    }

    /// <summary>Walks back over the operations from the last to number <paramref name="first"/>.</summary>
    internal void BackwardTo(int first)
    {
        while (_operations.Count > first)
        {
            Operation operation = Pop();
            if (!operation.ReadsOutput && operation.Output != _root)
            {
                ReleaseData(operation.Output);
            }

            if (operation.Output.Gradient is not null)
            {
                operation.Backward(this);
            }

            // Every consumer of the output came later, so it is behind us: its memory serves the gradients to come.
            if (operation.Output != _root)
            {
                Release(operation.Output);
            }

            if (operation.Saved is not null)
            {
                Release(operation.Saved);
            }

            Recycle(operation);
        }
    }

    /// <summary>How many operations are noted.</summary>
    internal int OperationCount => _operations.Count;

    /// <summary>How many tensors were made since <see cref="Reset"/>: a mark for <see cref="ReleaseSince"/>.</summary>
    internal int TensorCount => _tensors.Count;

    /// <summary>Whether a result of this input and these parameters has to be noted.</summary>
    internal bool Records(Tensor input, Parameter? first = null, Parameter? second = null) =>
        Recording && (input.RequiresGradient || first is { Trainable: true } || second is { Trainable: true });

    /// <summary>Makes a tensor with memory of the arena; its values are undefined.</summary>
    internal Tensor New(Shape shape, bool requiresGradient = false) =>
        Begin(shape, _arena.Take(shape.Length), requiresGradient, isExternal: false);

    /// <summary>Notes an operation.</summary>
    internal T Record<T>(Tensor output, Tensor? saved = null)
        where T : Operation, new()
    {
        if (!_spareOperations.TryGetValue(typeof(T), out Stack<Operation>? spare))
        {
            _spareOperations[typeof(T)] = spare = new Stack<Operation>();
        }

        T operation = spare.Count > 0 ? (T)spare.Pop() : new T();
        operation.Begin(output, saved);
        output.IsReadByItsMaker = operation.ReadsOutput;
        _operations.Add(operation);
        return operation;
    }

    /// <summary>The gradient of a tensor for a kernel that adds to it: zeros if nothing has been written yet.</summary>
    internal float* GradientOf(Tensor tensor)
    {
        float* gradient = GradientToOverwrite(tensor, out bool accumulate);
        if (!accumulate)
        {
            Device.Clear(gradient, tensor.Shape.Length);
        }

        return gradient;
    }

    /// <summary>
    /// The gradient of a tensor for a kernel that can do either: it must add where <paramref name="accumulate"/> is true and overwrite
    /// where it is false, which saves clearing the memory and reading it back.
    /// </summary>
    internal float* GradientToOverwrite(Tensor tensor, out bool accumulate)
    {
        accumulate = tensor.Gradient is not null;
        if (!accumulate)
        {
            tensor.Gradient = _arena.Take(tensor.Shape.Length);
        }

        return tensor.Gradient;
    }

    /// <summary>The same for a parameter, whose gradient may lie on the tape.</summary>
    internal float* GradientToOverwrite(Parameter parameter, out bool accumulate)
    {
        if (LendsGradients && !parameter.HasGradient)
        {
            parameter.BorrowGradient(_arena.Take(parameter.Length));
            _borrowers.Add(parameter);
        }

        return parameter.GradientToOverwrite(out accumulate);
    }

    /// <summary>
    /// Readies the gradients of several inputs for a kernel that treats them alike. Returns whether it has to add (those that were new are
    /// zeros then); if not, all are new and it overwrites them.
    /// </summary>
    internal bool ReadyGradients(Tensor first, Tensor second, Tensor? third = null)
    {
        bool distinct = first != second && second != third && first != third;
        if (distinct && first.Gradient is null && second.Gradient is null && (third is null || third.Gradient is null))
        {
            GradientToOverwrite(first, out _);
            GradientToOverwrite(second, out _);
            if (third is not null)
            {
                GradientToOverwrite(third, out _);
            }

            return false;
        }

        GradientOf(first);
        GradientOf(second);
        if (third is not null)
        {
            GradientOf(third);
        }

        return true;
    }

    /// <summary>
    /// Adds the gradient of <paramref name="from"/> to that of <paramref name="to"/>, an input of equal length that passed through
    /// unchanged. The first one to arrive costs nothing: the memory changes hands.
    /// </summary>
    /// <param name="from">An output whose gradient nobody needs after this.</param>
    /// <param name="to">The input.</param>
    internal void PassGradient(Tensor from, Tensor to)
    {
        if (to.Gradient is null)
        {
            to.Gradient = from.Gradient;
            from.Gradient = null;
        }
        else
        {
            Device.AddInPlace(to.Gradient, from.Gradient, to.Shape.Length);
        }
    }

    /// <summary>Whether the memory of a tensor that nobody else reads can serve for something else.</summary>
    internal static bool CanSpend(Tensor tensor) => !tensor.IsExternal && !tensor.IsReadByItsMaker && tensor.Data is not null;

    /// <summary>Makes a tensor in the memory of another, which has no values any more; they are the new one's until it is written to.</summary>
    internal Tensor TakeOver(Tensor spent, bool requiresGradient)
    {
        Tensor tensor = Begin(spent.Shape, spent.Data, requiresGradient, isExternal: false);
        spent.Data = null;
        return tensor;
    }

    /// <summary>Gives the memory of a tensor back before the tape is reset.</summary>
    internal void Release(Tensor tensor)
    {
        ReleaseData(tensor);
        if (tensor.Gradient is not null)
        {
            _arena.Return(tensor.Gradient, tensor.Shape.Length);
            tensor.Gradient = null;
        }
    }

    /// <summary>Gives the values of a tensor back, keeping its gradient.</summary>
    internal void ReleaseData(Tensor tensor)
    {
        if (tensor.Data is not null && !tensor.IsExternal)
        {
            _arena.Return(tensor.Data, tensor.Shape.Length);
        }

        tensor.Data = null;
    }

    /// <summary>Gives back all tensors made since a mark, but one if asked.</summary>
    internal void ReleaseSince(int mark, Tensor? keep)
    {
        int kept = mark;
        for (int i = mark; i < _tensors.Count; i++)
        {
            if (_tensors[i] == keep)
            {
                _tensors[kept++] = _tensors[i];
            }
            else
            {
                Release(_tensors[i]);
                _spareTensors.Push(_tensors[i]);
            }
        }

        _tensors.RemoveRange(kept, _tensors.Count - kept);
    }

    private Tensor Begin(Shape shape, float* data, bool requiresGradient, bool isExternal)
    {
        Tensor tensor = _spareTensors.Count > 0 ? _spareTensors.Pop() : new Tensor();
        tensor.Begin(shape, data, requiresGradient, isExternal);
        _tensors.Add(tensor);
        return tensor;
    }

    private Operation Pop()
    {
        Operation operation = _operations[^1];
        _operations.RemoveAt(_operations.Count - 1);
        return operation;
    }

    private void Recycle(Operation operation)
    {
        operation.End();
        _spareOperations[operation.GetType()].Push(operation);
    }
}
