using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>A piece of training state in unmanaged memory: float32 values under a name and a shape. The owner keeps it alive.</summary>
public readonly unsafe struct NamedBuffer
{
    private readonly long[] _shape;

    /// <summary>Names a buffer.</summary>
    /// <param name="name">A name that is its own in a checkpoint, such as <c>blk.0.attn_q.weight</c> or <c>optimizer.blk.0.attn_q.weight.momentum</c>.</param>
    /// <param name="data">The values, row-major.</param>
    /// <param name="shape">Sizes, slowest first; their product is the number of values.</param>
    public NamedBuffer(string name, float* data, params ReadOnlySpan<long> shape)
    {
        Name = name;
        Data = data;
        _shape = shape.ToArray();
        Length = 1;
        foreach (long size in shape)
            Length = checked(Length * size);
    }

    /// <summary>The values of a parameter under its own name.</summary>
    /// <param name="parameter">A parameter of a model.</param>
    public static NamedBuffer Of(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        Span<long> shape = stackalloc long[parameter.Shape.Rank];
        for (int axis = 0; axis < shape.Length; axis++)
            shape[axis] = parameter.Shape[axis];
        return new NamedBuffer(parameter.Name, parameter.Data, shape);
    }

    /// <summary>The buffer's name.</summary>
    public string Name { get; }

    /// <summary>The values.</summary>
    public float* Data { get; }

    /// <summary>Number of values.</summary>
    public long Length { get; }

    /// <summary>Sizes, slowest first.</summary>
    public ReadOnlySpan<long> Shape => _shape;
}
