namespace Gestalt.Tensors;

/// <content>Noise on some rows of a tensor, in place: x + ε with ε uniform. It is a constant to backward, so gradients pass unchanged.</content>
public sealed unsafe partial class Tape
{
    /// <summary>Adds noise to rows of a tensor that nothing has read yet.</summary>
    /// <param name="x">The tensor (…,C).</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="reach">Noise is uniform in ± this.</param>
    /// <param name="key">Draws it: the same key gives the same noise to the same places.</param>
    public void AddNoise(Tensor x, int first, int rows, float reach, ulong key)
    {
        ArgumentNullException.ThrowIfNull(x);
        long width = x.Shape.Width, start = first * width;
        Device.AddNoise(x.Data + start, start, rows * width, reach, key);
    }
}
