namespace Gestalt.Evaluation.Arena;

/// <summary>A symmetric matrix of second derivatives; its lower triangle is kept.</summary>
/// <param name="size">How many rows and columns it has.</param>
internal sealed class SquareMatrix(int size)
{
    private readonly double[] _values = new double[size * size];

    /// <summary>Sets all to 0.</summary>
    public void Clear() => Array.Clear(_values);

    /// <summary>Adds to an element of the diagonal.</summary>
    public void AddDiagonal(int at, double value) => _values[at * size + at] += value;

    /// <summary>Adds to an element of the last row.</summary>
    public void AddLast(int column, double value) => _values[(size - 1) * size + column] += value;

    /// <summary>Adds the second derivative of a function of the difference of two variables.</summary>
    public void AddDifference(int one, int other, double value)
    {
        AddDiagonal(one, value);
        AddDiagonal(other, value);
        _values[Math.Max(one, other) * size + Math.Min(one, other)] -= value;
    }

    /// <summary>Adds to every element of the first rows and columns.</summary>
    public void AddToBlock(int count, double value)
    {
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column <= row; column++)
                _values[row * size + column] += value;
        }
    }

    /// <summary>Puts x with A·x = b in place of b, by Cholesky's decomposition, which takes A's place. Directions in which A is flat stay where they are.</summary>
    public void SolveInPlace(double[] b)
    {
        for (int column = 0; column < size; column++)
        {
            double pivot = _values[column * size + column] - Dot(column, column, column);
            double root = pivot > 1e-13 ? Math.Sqrt(pivot) : double.PositiveInfinity;
            _values[column * size + column] = root;
            for (int row = column + 1; row < size; row++)
                _values[row * size + column] = (_values[row * size + column] - Dot(row, column, column)) / root;
        }
        for (int row = 0; row < size; row++)
        {
            for (int k = 0; k < row; k++)
                b[row] -= _values[row * size + k] * b[k];
            b[row] /= _values[row * size + row];
        }
        for (int row = size - 1; row >= 0; row--)
        {
            for (int k = row + 1; k < size; k++)
                b[row] -= _values[k * size + row] * b[k];
            b[row] /= _values[row * size + row];
        }
    }

    private double Dot(int one, int other, int count)
    {
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += _values[one * size + k] * _values[other * size + k];
        return sum;
    }
}
