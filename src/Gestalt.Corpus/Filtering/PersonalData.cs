using System.Text.RegularExpressions;

namespace Gestalt.Corpus;

/// <summary>
/// Replaces personal data by placeholders: e-mail addresses, telephone numbers and public IP addresses, as FineWeb does for
/// e-mail and IP (arXiv 2406.17557, section 3.6). Private addresses (RFC 1918) and version numbers stay.
/// </summary>
public static partial class PersonalData
{
    /// <summary>What stands for an e-mail address afterwards.</summary>
    public const string EmailPlaceholder = "<email>";

    /// <summary>What stands for a telephone number afterwards.</summary>
    public const string PhonePlaceholder = "<phone>";

    /// <summary>What stands for a public IP address afterwards.</summary>
    public const string AddressPlaceholder = "<ip>";

    /// <summary>The fewest and most digits of a telephone number (ITU-T E.164 allows 15; fewer than 7 are prices and years).</summary>
    private const int MinimumPhoneDigits = 7;
    private const int MaximumPhoneDigits = 15;

    /// <summary>Replaces what is personal.</summary>
    /// <param name="text">The text.</param>
    /// <param name="replaced">How many places were replaced.</param>
    public static string Scrub(string text, out int replaced)
    {
        int count = 0;
        if (text.Contains('@', StringComparison.Ordinal))
            text = Email().Replace(text, _ => Count(EmailPlaceholder));
        if (text.AsSpan().IndexOfAnyInRange('0', '9') >= 0)
        {
            text = Address().Replace(text, match => IsPublic(match.ValueSpan) ? Count(AddressPlaceholder) : match.Value);
            text = Phone().Replace(text, match => IsPhone(match.ValueSpan) ? Count(PhonePlaceholder) : match.Value);
        }

        replaced = count;
        return text;

        string Count(string placeholder)
        {
            count++;
            return placeholder;
        }
    }

    private static bool IsPublic(ReadOnlySpan<char> address)
    {
        Span<int> parts = stackalloc int[4];
        int index = 0;
        foreach (Range range in address.Split('.'))
        {
            parts[index] = int.Parse(address[range], System.Globalization.CultureInfo.InvariantCulture);
            if (parts[index++] > 255)
                return false;
        }

        // 0.x and 1.x.x.x are far more often version numbers; the rest are the private and special ranges of RFC 6890.
        return parts[0] is > 1 and < 224 and not (10 or 127)
            && !(parts[0] == 172 && parts[1] is >= 16 and <= 31)
            && !(parts[0] == 192 && parts[1] == 168)
            && !(parts[0] == 169 && parts[1] == 254);
    }

    private static bool IsPhone(ReadOnlySpan<char> number)
    {
        int digits = 0;
        foreach (char c in number)
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        return digits is >= MinimumPhoneDigits and <= MaximumPhoneDigits;
    }

    [GeneratedRegex(@"\b[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.]\d|\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    // International: + and groups. Otherwise: a bracketed or separated area code, then 3 or 4 digits, then 4, as in (555) 010-1234.
    [GeneratedRegex(@"(?<![\w+]|\d\.)(?:\+\d{1,3}(?:[ .\-]?\(?\d{1,4}\)?){2,5}|\(\d{2,5}\) ?\d{3,4}[ .\-]?\d{3,4}|\d{3,5}[ .\-]\d{3,4}[ .\-]\d{3,4})(?![\w\-]|\.\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Phone();
}
