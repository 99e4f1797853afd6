using System.Numerics;
using Gestalt.Tasks.Tools;

namespace Gestalt.Tasks.Tests.Tools;

public sealed class CalculatorTests
{
    private static readonly Calculator Calculator = new();

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("347 * 28", "9716")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("2 + 3 * 4 ^ 2", "50")]
    [InlineData("-2 ^ 2", "-4")]
    [InlineData("2 ** 3 ** 2", "512")]
    [InlineData("(1 - 0.9) / 3", "about 0.03333")]
    [InlineData("1 / 8", "0.125")]
    [InlineData("1 / 30000", "about 0.00003333")]
    [InlineData("1000000 / 7", "about 142857.1429")]
    [InlineData("9.99999 / 3 / 3.33333", "1")]
    [InlineData("round(2 / 3, 8)", "0.66666667")]
    [InlineData("round(-5 / 2, 0)", "-3")]
    [InlineData("2 / 3", "about 0.6667")]
    [InlineData("-2 / 3", "about -0.6667")]
    [InlineData("17 % 5", "2")]
    [InlineData("15% of 80", "12")]
    [InlineData("80 + 15%", "92")]
    [InlineData("1,234,567 + 1", "1234568")]
    [InlineData("9.11 > 9.9", "false")]
    [InlineData("9.9 >= 9.90", "true")]
    [InlineData("max(9.11, 9.9)", "9.9")]
    [InlineData("min(9.11, 9.9)", "9.11")]
    [InlineData("max(3, 7, -2) * 2", "14")]
    [InlineData("min(2 km, 900 m)", "900 m")]
    [InlineData("max(1,234, 1,233)", "1234")]
    [InlineData("6 × 7 ÷ 2 − 1", "20")]
    [InlineData("3.5 km to m", "3500 m")]
    [InlineData("2 h + 30 min to min", "150 min")]
    [InlineData("68 F to C", "20 C")]
    [InlineData("-40 C to F", "-40 F")]
    [InlineData("-5 C", "-5 C")]
    [InlineData("30 C - 20 C", "10 K")]
    [InlineData("50 F - 32 F", "10 K")]
    [InlineData("20 C + 5 K", "25 C")]
    [InlineData("20 C - 5 K to F", "59 F")]
    [InlineData("round(20.4 C)", "20 C")]
    [InlineData("abs(-20 C)", "20 C")]
    [InlineData("30 C > 80 F", "true")]
    [InlineData("300 K - 0 C", "26.85 K")]
    [InlineData("1 mi to km", "1.609344 km")]
    [InlineData("5 inches to cm", "12.7 cm")]
    [InlineData("90 min > 1 h", "true")]
    [InlineData("10 km / 4", "2.5 km")]
    [InlineData("6 km / 1500 m", "4")]
    [InlineData("round(7 / 2) + abs(-3) - floor(2.9)", "5")]
    [InlineData("2 ^ -2", "0.25")]
    [InlineData("0.000000000000000000000000000000000000000001 * 10", "0.00000000000000000000000000000000000000001")]
    public void Calculates_exactly(string expression, string expected) => Assert.Equal(expected, Calculator.Answer(expression));

    [Theory]
    [InlineData("", "nothing to calculate")]
    [InlineData("   ", "nothing to calculate")]
    [InlineData("1 / 0", "divided by 0")]
    [InlineData("round(2, 0.5)", "from 0 to 100")]
    [InlineData("round(2, -1)", "from 0 to 100")]
    [InlineData("round(2, 101)", "from 0 to 100")]
    [InlineData("abs(2, 1)", "a closing bracket")]
    [InlineData("max(3)", "a comma with a blank behind it")]
    [InlineData("max(4,123)", "a comma with a blank behind it")]
    [InlineData("max 3", "an opening bracket")]
    [InlineData("min(3, 4", "a comma or a closing bracket")]
    [InlineData("max(3 km, 2 kg)", "do not go together")]
    [InlineData("0 ^ -1", "divided by 0")]
    [InlineData("2 +", "ends where a number should follow")]
    [InlineData("(2", "ends where a closing bracket should follow")]
    [InlineData("2 2", "At character 3")]
    [InlineData("two", "At character 1")]
    [InlineData("1.2.3", "is no number")]
    [InlineData("5 km + 3 kg", "do not go together")]
    [InlineData("5 km + 3", "do not go together")]
    [InlineData("5 km to kg", "cannot be written in kg")]
    [InlineData("5 km * 3 km", "multiply by a number")]
    [InlineData("20 C + 5 C", "two cannot be added")]
    [InlineData("20 C + 9 F", "two cannot be added")]
    [InlineData("5 K + 20 C", "two cannot be added")]
    [InlineData("20 C + 10%", "two cannot be added")]
    [InlineData("20 C - 5", "two cannot be added")]
    [InlineData("20 C * 2", "point on a scale")]
    [InlineData("2 * 20 F", "point on a scale")]
    [InlineData("20 C / 10 C", "point on a scale")]
    [InlineData("10% of 20 C", "point on a scale")]
    [InlineData("5 km to", "a unit such as")]
    [InlineData("2 ^ 0.5", "no whole number")]
    [InlineData("2 ^ 100000", "too long")]
    [InlineData("9 ^ 9 ^ 9 ^ 9", "too long")]
    [InlineData("1 < 2 < 3", "an operator or the end")]
    [InlineData("\u0000", "At character 1")]
    public void What_cannot_be_calculated_gets_one_sentence(string expression, string part) =>
        Assert.Contains(part, Assert.Throws<ToolException>(() => Calculator.Answer(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_and_long_expressions_are_refused()
    {
        Assert.Contains("deep", Assert.Throws<ToolException>(() => Calculator.Answer(new string('(', 900))).Message, StringComparison.Ordinal);
        Assert.Contains("characters", Assert.Throws<ToolException>(() => Calculator.Answer(new string('1', 5000))).Message, StringComparison.Ordinal);
        Assert.Contains("deep", Assert.Throws<ToolException>(() => Calculator.Answer(string.Concat(Enumerable.Repeat("2^", 900)) + "1")).Message, StringComparison.Ordinal);
        Assert.Equal("-1", Calculator.Answer(new string('-', 999) + "1"));
    }

    [Fact]
    public void Agrees_with_big_integers_on_random_expressions()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            (long a, long b, long c) = (random.NextInt64(1, 1_000_000), random.NextInt64(1, 1_000_000), random.NextInt64(1, 1000));
            Assert.Equal(((new BigInteger(a) * b) - c).ToString(), Calculator.Answer($"{a} * {b} - {c}"));
            Assert.Equal(Rational.Of(a, b) + Rational.Of(c), Rational.Of(a + (b * c), b));
            decimal left = a / 100m, right = b / 10m;
            Assert.Equal((left + right).ToString("0.############", System.Globalization.CultureInfo.InvariantCulture), Calculator.Answer(FormattableString.Invariant($"{left} + {right}")));
        }
    }

    [Fact]
    public void Random_text_is_answered_or_refused_and_never_anything_else()
    {
        var random = new Random(6);
        const string alphabet = "0123456789.+-*/%^()<>=, kmghinot×÷CFbaf!\n";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 24)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            try
            {
                Assert.NotEmpty(Calculator.Answer(text));
            }
            catch (ToolException refusal)
            {
                Assert.EndsWith(".", refusal.Message);
            }
        }
    }
}
