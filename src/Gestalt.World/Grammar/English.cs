namespace Gestalt.World.Grammar;

/// <summary>The few rules of English that the phrases rely on.</summary>
internal static class English
{
    /// <summary>"a" or "an", by the sound of what follows.</summary>
    public static string Article(ReadOnlySpan<char> next)
    {
        if (next.StartsWith("hour", StringComparison.OrdinalIgnoreCase) || next.StartsWith("honest", StringComparison.OrdinalIgnoreCase))
        {
            return "an";
        }
        if (next.StartsWith("one", StringComparison.OrdinalIgnoreCase) || next.StartsWith("uni", StringComparison.OrdinalIgnoreCase)
            || next.StartsWith("use", StringComparison.OrdinalIgnoreCase) || next.StartsWith("ukulele", StringComparison.OrdinalIgnoreCase))
        {
            return "a";
        }
        if (next.StartsWith("8", StringComparison.Ordinal) || next.StartsWith("11 ", StringComparison.Ordinal) || next.StartsWith("18 ", StringComparison.Ordinal))
        {
            return "an";
        }
        return next.Length > 0 && char.ToLowerInvariant(next[0]) is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
    }

    /// <summary>The plural of a noun or of a noun phrase that ends in its noun.</summary>
    public static string Plural(string noun)
    {
        if (noun.EndsWith("goose", StringComparison.Ordinal))
        {
            return noun[..^5] + "geese";
        }
        if (noun.EndsWith("wife", StringComparison.Ordinal))
        {
            return noun[..^2] + "ves";
        }
        if (noun.EndsWith("loaf", StringComparison.Ordinal) || noun.EndsWith("leaf", StringComparison.Ordinal) || noun.EndsWith("wolf", StringComparison.Ordinal))
        {
            return noun[..^1] + "ves";
        }
        if (noun.EndsWith('y') && noun.Length > 1 && noun[^2] is not ('a' or 'e' or 'i' or 'o' or 'u'))
        {
            return noun[..^1] + "ies";
        }
        return noun.EndsWith('s') || noun.EndsWith('x') || noun.EndsWith("ch", StringComparison.Ordinal) || noun.EndsWith("sh", StringComparison.Ordinal)
            ? noun + "es"
            : noun + "s";
    }

    /// <summary>The singular of a regular plural (and of "geese").</summary>
    public static string Singular(string plural) => plural switch
    {
        _ when plural.EndsWith("geese", StringComparison.Ordinal) => plural[..^5] + "goose",
        _ when plural.EndsWith("ies", StringComparison.Ordinal) => plural[..^3] + "y",
        _ when plural.EndsWith('s') => plural[..^1],
        _ => plural,
    };

    /// <summary>The possessive of a name: always 's, also after s, so that there is one rule to learn.</summary>
    public static string Possessive(string name) => name + "'s";

    public static string He(Gender gender) => gender switch { Gender.Female => "she", Gender.Male => "he", _ => "it" };

    public static string Him(Gender gender) => gender switch { Gender.Female => "her", Gender.Male => "him", _ => "it" };

    public static string His(Gender gender) => gender switch { Gender.Female => "her", Gender.Male => "his", _ => "its" };

    public static string Himself(Gender gender) => gender switch { Gender.Female => "herself", Gender.Male => "himself", _ => "itself" };

    /// <summary>Small numbers in words, others in digits.</summary>
    public static string Number(int value) => value is >= 0 and <= 12
        ? Words[value]
        : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string[] Words =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
}
