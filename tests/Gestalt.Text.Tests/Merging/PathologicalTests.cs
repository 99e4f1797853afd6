using System.Diagnostics;
using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>
/// A megabyte of what makes careless encoders quadratic. The target is 100 ms on an idle machine (docs/log/2026-11-tokenizer.md); here it may be busy with
/// other tests, and what must be told apart is less than a second and many minutes.
/// </summary>
public sealed class PathologicalTests
{
    private const int Megabyte = 1_000_000;
    private const double Limit = 5000;

    public static TheoryData<string> Names => [.. Inputs.Keys];

    private static Dictionary<string, Func<byte[]>> Inputs { get; } = new()
    {
        ["one letter"] = () => Repeat("a"),
        ["blanks"] = () => Repeat(" "),
        ["line ends"] = () => Repeat("\n"),
        ["blank and line end"] = () => Repeat(" \n"),
        ["two letters in turn"] = () => Repeat("th"),
        ["a common word without blanks"] = () => Repeat("the"),
        ["apostrophes"] = () => Repeat("'"),
        ["invalid bytes"] = () => [.. Enumerable.Repeat((byte)0xFF, Megabyte)],
        ["three-byte letters"] = () => Repeat("字"),
        ["combining marks"] = () => Repeat("\u0301"),
        ["random letters"] = () => [.. Letters(new Random(1), 26)],
        ["random choice of two letters"] = () => [.. Letters(new Random(2), 2)],
        ["random bytes"] = () => RandomText.Bytes(new Random(3), Megabyte),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_megabyte_is_encoded_without_loss_in_little_time(string name)
    {
        byte[] text = Inputs[name]();
        foreach (PreTokenizer rule in PreTokenizer.All)
        {
            Tokenizer tokenizer = Samples.Tokenizer(rule.Name);
            double milliseconds = Fastest(() => Assert.Equal(text.Length, tokenizer.Encode(text).Sum(id => tokenizer.TokenBytes(id).Length)));
            Assert.True(milliseconds < Limit, $"{name} took {milliseconds:F0} ms with {rule}.");
        }

        Assert.True(text.AsSpan().SequenceEqual(Samples.Tokenizer().Decode(Samples.Tokenizer().Encode(text))));
    }

    [Fact]
    public void A_megabyte_of_one_letter_is_encoded_in_any_order_of_merges()
    {
        byte[] text = Repeat("a");
        Tokenizer tokenizer = Samples.Shuffled(1);
        double milliseconds = Fastest(() => tokenizer.Encode(text));
        Assert.True(milliseconds < Limit, $"It took {milliseconds:F0} ms.");
    }

    [Theory]
    [InlineData("one letter")]
    [InlineData("random letters")]
    [InlineData("random choice of two letters")]
    public void A_word_of_a_megabyte_does_not_slow_training_down(string name)
    {
        byte[] text = Inputs[name]();
        long start = Stopwatch.GetTimestamp();
        Tokenizer tokenizer = BpeTrainer.Train([text, text], name == "one letter" ? 270 : 500, specials: [], threads: 1);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.True(Stopwatch.GetElapsedTime(start).TotalMilliseconds < Limit);
    }

    private static double Fastest(Action action)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < 3 && fastest > Limit; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return fastest;
    }

    private static byte[] Repeat(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. Enumerable.Range(0, Megabyte).Select(i => bytes[i % bytes.Length])];
    }

    private static IEnumerable<byte> Letters(Random random, int count) => Enumerable.Range(0, Megabyte).Select(_ => (byte)('a' + random.Next(count)));
}
