using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>A tensor of a file, made of one parameter, or of several whose rows follow each other.</summary>
/// <param name="Name">The tensor's name in the file.</param>
/// <param name="Parameters">The parameters, of equal columns.</param>
internal sealed record StoredTensor(string Name, params Parameter[] Parameters)
{
    /// <summary>Whether the parameters are stored elsewhere, too, so that a reader need not have this tensor and does not load it.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Whether the parameters are layers of a third dimension (experts) instead of more rows.</summary>
    public bool IsStacked { get; init; }

    /// <summary>Whether the file has columns for rows, (in,out), as GPT-2's own code does.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>What has to be added to the file's values: 1 where gains are stored as their distance from 1.</summary>
    public float Offset { get; init; }

    /// <summary>Columns of each row: the fastest dimension.</summary>
    public int Columns => Parameters[0].Shape.Width;

    /// <summary>Whether it is a gain or a bias, which files keep in float32.</summary>
    public bool IsVector => Parameters[0].Shape.Rank == 1;

    /// <summary>Sizes in ggml's order, fastest first.</summary>
    public long[] Dimensions
    {
        get
        {
            if (IsVector)
                return [Parameters.Sum(parameter => parameter.Length)];
            if (IsStacked)
                return [Columns, Parameters[0].Shape.Rows, Parameters.Length];
            long rows = Parameters.Sum(parameter => (long)parameter.Shape.Rows);
            return IsTransposed ? [rows, Columns] : [Columns, rows];
        }
    }
}
