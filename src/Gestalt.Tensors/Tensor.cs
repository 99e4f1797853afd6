namespace Gestalt.Tensors;

/// <summary>
/// A value on a <see cref="Tape"/>: float32 activations in the tape's arena and, once backward has reached it, the gradient of the
/// loss with respect to them. Tensors are pooled: they belong to their tape and are valid until it is reset, or until backward has
/// passed the operation that made them.
/// </summary>
public sealed unsafe class Tensor
{
    internal Tensor()
    {
    }

    /// <summary>Extents, outermost first.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The values, row-major; null once the tape has taken the memory back.</summary>
    public float* Data { get; internal set; }

    /// <summary>
    /// d(loss)/d(<see cref="Data"/>), laid out as the values; null while nothing has been written to it and after the tape has taken it back.
    /// </summary>
    public float* Gradient { get; internal set; }

    /// <summary>Whether backward has to reach this tensor: some trainable parameter had a part in it.</summary>
    public bool RequiresGradient { get; internal set; }

    /// <summary>The values as a span.</summary>
    /// <exception cref="ObjectDisposedException">The tape has taken the memory back.</exception>
    public Span<float> Values => Data is null
        ? throw new ObjectDisposedException(nameof(Tensor), "The tape has released this tensor; copy what you need before Reset or Backward.")
        : new Span<float>(Data, checked((int)Shape.Length));

    /// <summary>The gradient as a span; empty where backward has not written one.</summary>
    public Span<float> GradientValues => Gradient is null ? default : new Span<float>(Gradient, checked((int)Shape.Length));

    /// <summary>The only value of a tensor of shape (1), such as a loss.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another shape.</exception>
    public float Scalar => Shape.Length == 1
        ? Values[0]
        : throw new InvalidOperationException($"A tensor of shape {Shape} is not one number.");

    /// <summary>Whether the values live outside the arena.</summary>
    internal bool IsExternal { get; private set; }

    /// <summary>Whether backward of the operation that made it reads the values.</summary>
    internal bool IsReadByItsMaker { get; set; }

    internal void Begin(Shape shape, float* data, bool requiresGradient, bool isExternal)
    {
        (IsExternal, IsReadByItsMaker) = (isExternal, false);
        Shape = shape;
        Data = data;
        Gradient = null;
        RequiresGradient = requiresGradient;
    }
}
