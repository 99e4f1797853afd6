using System.Globalization;

namespace Gestalt.Corpus;

/// <summary>Which documents a model must not see, so that it can be measured on them.</summary>
public abstract record HoldOut
{
    private HoldOut()
    {
    }

    /// <summary>What is done unless something else is asked for: two in a hundred documents.</summary>
    public static HoldOut Default { get; } = new Share();

    /// <summary>Reads a person's wish: <c>none</c>, a number of documents, a share such as <c>5%</c>, or a pattern for file names.</summary>
    /// <exception cref="CorpusException">The share is not between 0 and 50 %.</exception>
    public static HoldOut Parse(string wish)
    {
        if (wish is "none" or "0")
            return new Nothing();
        if (int.TryParse(wish, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return new Documents(count);
        if (!wish.EndsWith('%') || !double.TryParse(wish[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent))
            return new Matching(wish);
        return percent is > 0 and <= 50
            ? new Share(percent / 100)
            : throw new CorpusException($"cannot hold out '{wish}': the share must lie above 0 and at most at 50 %. Give for example --hold-out 2%.");
    }

    /// <summary>
    /// A share of the documents, those with the smallest ids, so that the choice is the same for the same texts; at least
    /// one. Where each document is a large part of the whole (a single file, a few books), the last part of each is held out
    /// instead.
    /// </summary>
    /// <param name="Fraction">The share of the documents.</param>
    /// <param name="MaximumBytes">No more text than this is held out: measuring more costs time and says no more.</param>
    public sealed record Share(double Fraction = 0.02, long MaximumBytes = 16 << 20) : HoldOut;

    /// <summary>A number of documents, those with the smallest ids.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Documents(int Count) : HoldOut;

    /// <summary>The documents of the files whose name, or whose path's end where the pattern has a <c>/</c>, matches.</summary>
    /// <param name="Pattern">A glob such as <c>dracula.txt</c>, <c>*-test.txt</c> or <c>test/**</c>.</param>
    public sealed record Matching(string Pattern) : HoldOut;

    /// <summary>Nothing is held out.</summary>
    public sealed record Nothing : HoldOut;
}
