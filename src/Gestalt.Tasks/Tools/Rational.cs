using System.Globalization;
using System.Numerics;
using System.Text;

namespace Gestalt.Tasks.Tools;

/// <summary>
/// An exact number: a fraction in lowest terms with a positive denominator. 0.1 + 0.2 is 0.3 here. Numbers of more than <see cref="MostBits"/> bits are refused, so that no
/// calculation runs away with time or memory.
/// </summary>
public readonly struct Rational : IEquatable<Rational>, IComparable<Rational>
{
    /// <summary>The longest numerator or denominator, in bits: about 1,200 decimal digits.</summary>
    public const int MostBits = 4096;

    /// <summary>Digits behind the point that are written of a fraction which has no end; the last is rounded.</summary>
    private const int WrittenDigits = 10;

    private readonly BigInteger _denominator;

    private Rational(BigInteger numerator, BigInteger denominator) => (Numerator, _denominator) = (numerator, denominator);

    /// <summary>The part above the line; carries the sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>The part below the line; positive.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator; // default(Rational) is 0

    /// <summary>Whether it has nothing behind the point.</summary>
    public bool IsInteger => Denominator.IsOne;

    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ToolException">It is too long.</exception>
    public static Rational Of(BigInteger value) => Of(value, BigInteger.One);

    /// <summary>A fraction.</summary>
    /// <param name="numerator">Above the line.</param>
    /// <param name="denominator">Below the line.</param>
    /// <exception cref="ToolException">The denominator is 0, or the fraction too long.</exception>
    public static Rational Of(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new ToolException("A number cannot be divided by 0.");
        }

        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        return numerator.GetBitLength() <= MostBits && denominator.GetBitLength() <= MostBits
            ? new Rational(numerator, denominator)
            : throw new ToolException("The number has become longer than 1,200 digits, which is too long.");
    }

    /// <summary>Reads digits with perhaps a point in them, such as <c>12</c>, <c>3.50</c> or <c>.5</c>.</summary>
    /// <param name="text">The digits; no sign, no exponent.</param>
    /// <exception cref="ToolException">It is no such number, or too long.</exception>
    public static Rational Parse(ReadOnlySpan<char> text)
    {
        int point = text.IndexOf('.');
        string digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        return digits.Length is > 0 and <= 1200 && digits.All(char.IsAsciiDigit)
            ? Of(BigInteger.Parse(digits, CultureInfo.InvariantCulture), point < 0 ? BigInteger.One : BigInteger.Pow(10, text.Length - point - 1))
            : throw new ToolException($"'{(text.Length > 20 ? $"{text[..20]}…" : text)}' is no number; a number is up to 1,200 digits, perhaps with one point among them.");
    }

    /// <summary>A whole power.</summary>
    /// <param name="power">The exponent; may be negative.</param>
    /// <exception cref="ToolException">The exponent is no whole number, or the result too long.</exception>
    public Rational Power(Rational power)
    {
        if (!power.IsInteger)
        {
            throw new ToolException($"The exponent {power} is no whole number; only whole powers are exact.");
        }

        if (Numerator.IsZero || (IsInteger && BigInteger.Abs(Numerator).IsOne))
        {
            return power.Numerator.Sign < 0 && Numerator.IsZero ? throw new ToolException("A number cannot be divided by 0.")
                : power.Numerator.IsZero || (Numerator.Sign < 0 && power.Numerator.IsEven) ? Of(1) : this;
        }

        long bits = Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength());
        if (BigInteger.Abs(power.Numerator) * (bits - 1) > MostBits)
        {
            throw new ToolException($"{this} to the power of {power} is longer than 1,200 digits, which is too long.");
        }

        int exponent = (int)BigInteger.Abs(power.Numerator);
        (BigInteger above, BigInteger below) = (BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent));
        return power.Numerator.Sign < 0 ? Of(below, above) : Of(above, below);
    }

    /// <summary>The largest whole number that is not above this one.</summary>
    public Rational Floor() => Of(BigInteger.DivRem(Numerator, Denominator, out BigInteger rest) - (rest.Sign < 0 ? 1 : 0));

    /// <summary>Rounded to digits behind the point; halves go away from zero.</summary>
    /// <param name="digits">How many, 0 to 100.</param>
    public Rational Round(int digits)
    {
        BigInteger scale = BigInteger.Pow(10, digits);
        Rational half = Of(Numerator.Sign < 0 ? -1 : 1, 2);
        Rational moved = (this * Of(scale)) + half;
        return Of(BigInteger.Divide(moved.Numerator, moved.Denominator), scale);
    }

    /// <summary>The sum.</summary>
    public static Rational operator +(Rational left, Rational right) => Of((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <summary>The difference.</summary>
    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <summary>The negative.</summary>
    public static Rational operator -(Rational value) => new(-value.Numerator, value.Denominator);

    /// <summary>The product.</summary>
    public static Rational operator *(Rational left, Rational right) => Of(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The quotient.</summary>
    public static Rational operator /(Rational left, Rational right) => Of(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <summary>The rest of dividing, with the sign of the divisor, as Python has it.</summary>
    public static Rational operator %(Rational left, Rational right) => left - ((left / right).Floor() * right);

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(Rational left, Rational right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Rational left, Rational right) => !left.Equals(right);

    /// <summary>Whether the left one is smaller.</summary>
    public static bool operator <(Rational left, Rational right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is larger.</summary>
    public static bool operator >(Rational left, Rational right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is not larger.</summary>
    public static bool operator <=(Rational left, Rational right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is not smaller.</summary>
    public static bool operator >=(Rational left, Rational right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <inheritdoc/>
    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <summary>Whether the decimal digits end: the denominator has no prime factor but 2 and 5.</summary>
    public bool HasEnd
    {
        get
        {
            BigInteger rest = Denominator;
            for (; rest.IsEven; rest >>= 1)
            {
            }

            while ((rest % 5).IsZero)
            {
                rest /= 5;
            }

            return rest.IsOne;
        }
    }

    /// <summary>In decimal digits, all of them where they end; else ten behind the point, the last of them rounded, <c>0.3333333333</c>.</summary>
    public override string ToString()
    {
        Rational shown = HasEnd ? this : Round(WrittenDigits);
        var text = new StringBuilder();
        BigInteger whole = BigInteger.DivRem(BigInteger.Abs(shown.Numerator), shown.Denominator, out BigInteger rest);
        text.Append(shown.Numerator.Sign < 0 ? "-" : "").Append(whole.ToString(CultureInfo.InvariantCulture));
        text.Append(rest.IsZero ? "" : ".");
        while (!rest.IsZero)
        {
            text.Append(BigInteger.DivRem(rest * 10, shown.Denominator, out rest));
        }

        return text.ToString();
    }
}
