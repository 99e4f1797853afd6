using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <summary>What a parameter does in the model; optimizers and initialisation choose by it.</summary>
public enum ParameterRole
{
    /// <summary>A hidden (out,in) matrix: the kind that Muon orthogonalises.</summary>
    Matrix,

    /// <summary>A table of rows looked up by id: tokens or positions.</summary>
    Embedding,

    /// <summary>The (V,C) matrix that makes logits.</summary>
    Head,

    /// <summary>A gain or a bias.</summary>
    Vector,
}

/// <summary>
/// An array of the model: named as model files name it, in memory that stays where it is for the model's life. In float32 it can be trained; in the
/// form in which a model file stores it, it can only be multiplied with.
/// </summary>
/// <remarks>
/// The gradient is allocated when it is first asked for, so a model that only answers never pays for it. <see cref="ZeroGradient"/> only
/// marks it: the first operation that writes it overwrites, and whoever reads it before finds zeros.
/// </remarks>
public sealed unsafe class Parameter : IDisposable
{
    private readonly Device _device;
    private AlignedMemory? _dataMemory;
    private AlignedMemory? _gradientMemory;
    private float* _data, _gradient;
    private bool _gradientIsStale;

    /// <summary>Describes a parameter; its memory comes with <see cref="Allocate"/> or <see cref="Attach"/>.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="name">Its name in model files, for example <c>blk.0.attn_q.weight</c>.</param>
    /// <param name="shape">Its extents; matrices are (out,in), as GGUF and PyTorch store them.</param>
    /// <param name="role">What it does.</param>
    public Parameter(Device device, string name, Shape shape, ParameterRole role)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _device = device;
        Name = name;
        Shape = shape;
        Role = role;
    }

    /// <summary>Name in model files.</summary>
    public string Name { get; }

    /// <summary>Extents; matrices are (out,in).</summary>
    public Shape Shape { get; }

    /// <summary>What it does in the model.</summary>
    public ParameterRole Role { get; }

    /// <summary>Number of values.</summary>
    public long Length => Shape.Length;

    /// <summary>Whether weight decay applies: to everything with two axes, not to gains and biases (as GPT-2, arXiv 2005.14165 and nanoGPT do).</summary>
    public bool Decays => Role != ParameterRole.Vector;

    /// <summary>The matrix as a model file stores it, where it is attached to one; such a parameter is frozen.</summary>
    public StoredMatrix? Stored { get; private set; }

    /// <summary>Whether training changes it. A frozen parameter gets no gradient, and backward stops early where all below it are frozen.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>The values.</summary>
    /// <exception cref="InvalidOperationException">It has no memory yet.</exception>
    public float* Data => _data is not null
        ? _data
        : throw new InvalidOperationException(Stored is { } stored
            ? $"The parameter {Name} is stored as {stored.Format}, which can be multiplied with but not trained or changed: load the model to be trained."
            : $"The parameter {Name} has no memory: Allocate it, or Attach it to a model file.");

    /// <summary>d(loss)/d(<see cref="Data"/>), summed since <see cref="ZeroGradient"/>.</summary>
    public float* Gradient
    {
        get
        {
            float* gradient = GradientToOverwrite(out bool accumulate);
            if (!accumulate)
            {
                _device.Clear(gradient, Length);
            }

            return gradient;
        }
    }

    /// <summary>Whether memory for a gradient has been taken.</summary>
    public bool HasGradient => _gradient is not null;

    /// <summary>The values as a span.</summary>
    public Span<float> Values => new(Data, checked((int)Length));

    /// <summary>The gradient as a span.</summary>
    public Span<float> GradientValues => new(Gradient, checked((int)Length));

    /// <summary>Takes zeroed memory of its own for the values.</summary>
    public void Allocate()
    {
        _dataMemory?.Dispose();
        _dataMemory = _device.Allocate(Length);
        _data = _dataMemory.Floats;
        Stored = null;
    }

    /// <summary>Reads the values where they already are, for example in a mapped model file or in a block shared with neighbours.</summary>
    /// <param name="data">The first of <see cref="Length"/> values; the caller keeps them alive as long as the parameter.</param>
    public void Attach(float* data)
    {
        _dataMemory?.Dispose();
        _dataMemory = null;
        _data = data;
        Stored = null;
    }

    /// <summary>Leaves the values as a model file stores them, and freezes the parameter: operations multiply with them there.</summary>
    /// <param name="stored">The matrix, as many rows and columns as the parameter; the caller keeps it alive as long as the parameter.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void Attach(in StoredMatrix stored)
    {
        if (stored.Columns != Shape.Width || stored.Rows != Shape.Rows)
        {
            throw new ArgumentException($"A matrix of {stored.Rows} rows of {stored.Columns} is no {Name} {Shape}.", nameof(stored));
        }

        // Float32 is as good where it lies as anywhere else.
        Attach(stored.Format == WeightFormat.F32 ? (float*)stored.Data : null);
        (Stored, Trainable) = (stored, false);
    }

    /// <summary>Forgets the gradient: to be called once per optimizer step.</summary>
    public void ZeroGradient() => _gradientIsStale = true;

    /// <summary>Returns the memory to the system.</summary>
    public void Dispose()
    {
        _dataMemory?.Dispose();
        _gradientMemory?.Dispose();
        (_dataMemory, _gradientMemory) = (null, null);
        _data = _gradient = null;
        Stored = null;
    }

    /// <summary>The gradient for an operation that can overwrite it where <paramref name="accumulate"/> is false, and must add to it where it is true.</summary>
    internal float* GradientToOverwrite(out bool accumulate)
    {
        if (_gradient is null)
        {
            _gradientMemory = _device.Allocate(Length);
            _gradient = _gradientMemory.Floats;
            _gradientIsStale = false;
        }

        accumulate = !_gradientIsStale;
        _gradientIsStale = false;
        return _gradient;
    }

    /// <summary>Keeps the gradient, which has no memory of its own, in somebody else's until <see cref="ReturnGradient"/>.</summary>
    internal void BorrowGradient(float* memory)
    {
        _gradient = memory;
        _gradientIsStale = true;
    }

    /// <summary>Forgets the gradient that lies in borrowed memory.</summary>
    internal void ReturnGradient() => _gradient = null;
}
