namespace Gestalt.Training.Preferences;

/// <summary>Which comparisons a step takes: all of them once an epoch, each epoch in an order of its own, a function of seed and step alone, so that nothing has to be saved to go on.</summary>
/// <param name="count">How many comparisons there are.</param>
/// <param name="perStep">How many a step takes.</param>
/// <param name="seed">The seed of the orders.</param>
internal sealed class PairOrder(int count, int perStep, ulong seed)
{
    private readonly int[] _order = new int[count];
    private long _epoch = -1;

    /// <summary>The comparisons of a step, counted from 0.</summary>
    public void Of(int step, Span<int> chosen)
    {
        for (int i = 0; i < chosen.Length; i++)
        {
            long place = (long)step * perStep + i, epoch = place / count;
            if (epoch != _epoch) Shuffle(epoch);
            chosen[i] = _order[place % count];
        }
    }

    private void Shuffle(long epoch)
    {
        for (int i = 0; i < count; i++) _order[i] = i;
        ulong low = seed * 0x9E3779B97F4A7C15 ^ (ulong)epoch;
        new Random(unchecked((int)(low ^ (low >> 32)))).Shuffle(_order);
        _epoch = epoch;
    }
}
