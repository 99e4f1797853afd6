namespace Gestalt.Tensors;

/// <summary>
/// The extents of a <see cref="Tensor"/>, outermost first: up to four, row-major and contiguous. A value without any array behind
/// it, so that making one on the hot path costs nothing.
/// </summary>
public readonly record struct Shape
{
    private readonly int _first, _second, _third, _fourth;

    /// <summary>A vector of <paramref name="first"/> values.</summary>
    public Shape(int first)
        : this(1, first, 1, 1, 1)
    {
    }

    /// <summary>A matrix, for example (V,C).</summary>
    public Shape(int first, int second)
        : this(2, first, second, 1, 1)
    {
    }

    /// <summary>Three extents, for example (B,T,C).</summary>
    public Shape(int first, int second, int third)
        : this(3, first, second, third, 1)
    {
    }

    /// <summary>Four extents, for example (B,T,H,D).</summary>
    public Shape(int first, int second, int third, int fourth)
        : this(4, first, second, third, fourth)
    {
    }

    private Shape(int rank, int first, int second, int third, int fourth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(second);
        ArgumentOutOfRangeException.ThrowIfNegative(third);
        ArgumentOutOfRangeException.ThrowIfNegative(fourth);
        Rank = rank;
        (_first, _second, _third, _fourth) = (first, second, third, fourth);
    }

    /// <summary>How many extents there are, 1 to 4.</summary>
    public int Rank { get; }

    /// <summary>Number of values.</summary>
    public long Length => (long)_first * _second * _third * _fourth;

    /// <summary>The innermost extent: how many values one row has.</summary>
    public int Width => this[Rank - 1];

    /// <summary>Number of rows of <see cref="Width"/> values: the product of all extents but the innermost.</summary>
    public int Rows => Width == 0 ? 0 : checked((int)(Length / Width));

    /// <summary>One extent.</summary>
    /// <param name="axis">0 is the outermost.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => (uint)axis >= (uint)Rank
        ? throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has {Rank} axes.")
        : axis switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };

    /// <summary>The same rows with another innermost extent: what a linear layer makes of a shape.</summary>
    /// <param name="width">The new innermost extent.</param>
    public Shape WithWidth(int width) => Rank switch
    {
        1 => new Shape(width),
        2 => new Shape(_first, width),
        3 => new Shape(_first, _second, width),
        _ => new Shape(_first, _second, _third, width),
    };

    /// <summary>The extents as one writes them, for example <c>(4,256,768)</c>.</summary>
    public override string ToString() => Rank switch
    {
        0 => "()",
        1 => $"({_first})",
        2 => $"({_first},{_second})",
        3 => $"({_first},{_second},{_third})",
        _ => $"({_first},{_second},{_third},{_fourth})",
    };
}
