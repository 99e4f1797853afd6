using System.Text.Json;

namespace Gestalt.Inference.Constraints;

/// <summary>A number of a schema in decimal: its digits before and behind the point, without needless zeros.</summary>
internal readonly record struct DecimalNumber(bool IsNegative, string Whole, string Fraction)
{
    // Digits before and behind the point; numbers of JSON can have exponents that would fill the memory with zeros.
    private const int MostDigits = 400;

    public static DecimalNumber Zero { get; } = new(false, "0", "");

    public bool IsZero => Whole == "0" && Fraction.Length == 0;

    public DecimalNumber Magnitude => this with { IsNegative = false };

    /// <summary>Reads a number as JSON writes it; null if it has too many digits.</summary>
    public static DecimalNumber? Read(string text)
    {
        int exponentAt = text.IndexOfAny(['e', 'E']);
        string mantissa = exponentAt < 0 ? text : text[..exponentAt];
        int exponent = 0;
        if (exponentAt >= 0 && (!int.TryParse(text[(exponentAt + 1)..], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MostDigits))
            return null;
        bool isNegative = mantissa.StartsWith('-');
        string[] parts = mantissa.TrimStart('-').Split('.');
        string digits = parts[0] + (parts.Length > 1 ? parts[1] : "");
        int point = parts[0].Length + exponent;
        if (point < 0)
            (digits, point) = (new string('0', -point) + digits, 0);
        if (point > digits.Length)
            digits = digits.PadRight(point, '0');
        string whole = digits[..point].TrimStart('0'), fraction = digits[point..].TrimEnd('0');
        if (whole.Length > MostDigits || fraction.Length > MostDigits)
            return null;
        var number = new DecimalNumber(isNegative, whole.Length == 0 ? "0" : whole, fraction);
        return number.IsZero ? Zero : number;
    }
}

/// <summary>A bound of a range.</summary>
internal readonly record struct NumberBound(DecimalNumber Value, bool IsExclusive);

/// <summary>Numbers written without exponent, and those of a range: compared digit by digit from the left, as one does by hand.</summary>
internal static class NumberLanguage
{
    public static Expression Digit { get; } = Expression.Range('0', '9');

    /// <summary>A whole number above zero.</summary>
    public static Expression Positive { get; } = Expression.Join(Expression.Range('1', '9'), Digit.Many());

    /// <summary>A whole number without sign.</summary>
    public static Expression Whole { get; } = Expression.AnyOf(Expression.Text("0"), Positive);

    /// <summary>A point and digits.</summary>
    public static Expression Fraction { get; } = Expression.Join(Expression.Text("."), Digit.Many(1));

    private static Expression NonZeroDigits { get; } = Expression.Join(Digit.Many(), Expression.Range('1', '9'), Digit.Many());

    /// <summary>The numbers of a range.</summary>
    /// <param name="lows">They are at least each of these.</param>
    /// <param name="highs">They are at most each of these.</param>
    /// <param name="fractionDigits">How many digits may stand behind the point; null for any number, 0 for whole numbers.</param>
    /// <param name="budget">How large the automaton may become.</param>
    public static Expression Of(IEnumerable<NumberBound> lows, IEnumerable<NumberBound> highs, int? fractionDigits, Budget budget)
    {
        Expression fraction = fractionDigits == 0 ? Expression.Empty : Expression.Join(Expression.Text("."), Digit.Times(1, fractionDigits)).Optional();
        Dfa positive = Dfa.From(Expression.Join(Whole, fraction), budget);
        Dfa negative = positive.Intersect(Dfa.From(AtLeast(DecimalNumber.Zero, isExclusive: true), budget), budget); // -0 is 0, and written so
        foreach ((DecimalNumber value, bool isExclusive) in lows)
        {
            if (!value.IsNegative)
                (positive, negative) = (Cut(positive, AtLeast(value, isExclusive)), Cut(negative, Expression.Impossible));
            else
                negative = Cut(negative, AtMost(value.Magnitude, isExclusive));
        }
        foreach ((DecimalNumber value, bool isExclusive) in highs)
        {
            if (value.IsNegative)
                (positive, negative) = (Cut(positive, Expression.Impossible), Cut(negative, AtLeast(value.Magnitude, isExclusive)));
            else
                positive = Cut(positive, AtMost(value, isExclusive));
        }
        return Expression.AnyOf(new Regular(positive), Expression.Join(Expression.Text("-"), new Regular(negative)));

        Dfa Cut(Dfa numbers, Expression range) => numbers.Intersect(Dfa.From(range, budget), budget);
    }

    /// <summary>The whole numbers, sign included, that a divisor divides.</summary>
    public static Dfa MultiplesOf(int divisor)
    {
        // State 0 is the start, 1 + r the remainder r so far; a sign leads back to a start that takes no second one only because the other automaton does not.
        DfaEdge[] Digits(int remainder) => [.. Enumerable.Range(0, 10).Select(digit => new DfaEdge(new ByteRange((byte)('0' + digit), (byte)('0' + digit)), 1 + (((remainder * 10) + digit) % divisor)))];
        var sign = new DfaEdge(new ByteRange((byte)'-', (byte)'-'), 0);
        return new Dfa([new DfaState([sign, .. Digits(0)], [], false), .. Enumerable.Range(0, divisor).Select(remainder => new DfaState(Digits(remainder), [], remainder == 0))]);
    }

    /// <summary>A JSON number as a bound; null if it has too many digits.</summary>
    public static DecimalNumber? Read(JsonElement number) => DecimalNumber.Read(number.GetRawText());

    private static Expression AtMost(DecimalNumber bound, bool isExclusive)
    {
        string whole = bound.Whole;
        var options = new List<Expression>();
        if (whole.Length > 1)
            options.Add(Expression.Join(Expression.AnyOf(Expression.Text("0"), Expression.Join(Expression.Range('1', '9'), Digit.Times(0, whole.Length - 2))), Fraction.Optional()));
        for (int i = 0; i < whole.Length; i++)
        {
            char least = i == 0 && whole.Length > 1 ? '1' : '0';
            if (whole[i] > least)
                options.Add(Expression.Join(Expression.Text(whole[..i]), Expression.Range(least, (char)(whole[i] - 1)), Digit.Times(whole.Length - i - 1, whole.Length - i - 1), Fraction.Optional()));
        }
        options.Add(Expression.Join(Expression.Text(whole), FractionAtMost(bound.Fraction, isExclusive)));
        return Expression.AnyOf([.. options]);
    }

    private static Expression FractionAtMost(string bound, bool isExclusive)
    {
        if (bound.Length == 0)
            return isExclusive ? Expression.Impossible : Expression.Join(Expression.Text("."), Expression.Text("0").Many(1)).Optional();
        var options = new List<Expression> { Expression.Empty };
        for (int i = 0; i < bound.Length; i++)
        {
            if (bound[i] > '0')
                options.Add(Expression.Join(Expression.Text("." + bound[..i]), Expression.Range('0', (char)(bound[i] - 1)), Digit.Many()));
            if (i > 0)
                options.Add(Expression.Text("." + bound[..i]));
        }
        if (!isExclusive)
            options.Add(Expression.Join(Expression.Text("." + bound), Expression.Text("0").Many()));
        return Expression.AnyOf([.. options]);
    }

    private static Expression AtLeast(DecimalNumber bound, bool isExclusive)
    {
        string whole = bound.Whole;
        var options = new List<Expression> { Expression.Join(Expression.Range('1', '9'), Digit.Many(whole.Length), Fraction.Optional()) };
        for (int i = 0; i < whole.Length; i++)
        {
            if (whole[i] < '9')
                options.Add(Expression.Join(Expression.Text(whole[..i]), Expression.Range((char)(whole[i] + 1), '9'), Digit.Times(whole.Length - i - 1, whole.Length - i - 1), Fraction.Optional()));
        }
        options.Add(Expression.Join(Expression.Text(whole), FractionAtLeast(bound.Fraction, isExclusive)));
        return Expression.AnyOf([.. options]);
    }

    private static Expression FractionAtLeast(string bound, bool isExclusive)
    {
        if (bound.Length == 0)
            return isExclusive ? Expression.Join(Expression.Text("."), NonZeroDigits) : Fraction.Optional();
        var options = new List<Expression>();
        for (int i = 0; i < bound.Length; i++)
        {
            if (bound[i] < '9')
                options.Add(Expression.Join(Expression.Text("." + bound[..i]), Expression.Range((char)(bound[i] + 1), '9'), Digit.Many()));
        }
        options.Add(Expression.Join(Expression.Text("." + bound), isExclusive ? NonZeroDigits : Digit.Many()));
        return Expression.AnyOf([.. options]);
    }
}
