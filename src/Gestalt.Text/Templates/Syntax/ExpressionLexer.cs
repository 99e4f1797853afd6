using System.Globalization;
using System.Text;

namespace Gestalt.Text.Templates;

/// <summary>Reads the tokens of expressions: names, numbers, texts and operators.</summary>
internal static class ExpressionLexer
{
    private static readonly string[] Operators =
    [
        "**", "//", "==", "!=", ">=", "<=",
        "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    /// <summary>The token at a place that is not white space.</summary>
    /// <exception cref="TemplateException">There is none.</exception>
    public static TemplateToken Next(string source, int at, int line, out int end)
    {
        char first = source[at];
        if (first is '\'' or '"')
        {
            return new TemplateToken(TokenType.Text, Text(source, at, line, out end), line);
        }

        if (char.IsAsciiDigit(first))
        {
            return Number(source, at, line, out end);
        }

        if (char.IsLetter(first) || first == '_')
        {
            for (end = at; end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] == '_'); end++)
            {
            }

            return new TemplateToken(TokenType.Name, source[at..end], line);
        }

        foreach (string symbol in Operators)
        {
            if (source.AsSpan(at).StartsWith(symbol))
            {
                end = at + symbol.Length;
                return new TemplateToken(TokenType.Operator, symbol, line);
            }
        }

        throw new TemplateException($"'{first}' (U+{(int)first:X4}) does not belong into an expression", line);
    }

    private static TemplateToken Number(string source, int at, int line, out int end)
    {
        if (source[at] == '0' && at + 1 < source.Length && char.ToLowerInvariant(source[at + 1]) is 'x' or 'b' or 'o')
        {
            return Based(source, at, line, out end);
        }

        end = Digits(source, at);
        bool isFloat = false;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]) && (at == 0 || source[at - 1] != '.'))
        {
            end = Digits(source, end + 1);
            isFloat = true;
        }

        if (end < source.Length && source[end] is 'e' or 'E')
        {
            int exponent = end + 1 < source.Length && source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                end = Digits(source, exponent);
                isFloat = true;
            }
        }

        return new TemplateToken(isFloat ? TokenType.Float : TokenType.Integer, source[at..end].Replace("_", "", StringComparison.Ordinal), line);
    }

    private static TemplateToken Based(string source, int at, int line, out int end)
    {
        for (end = at + 2; end < source.Length && (char.IsAsciiHexDigit(source[end]) || source[end] == '_'); end++)
        {
        }

        string digits = source[(at + 2)..end].Replace("_", "", StringComparison.Ordinal);
        int bits = char.ToLowerInvariant(source[at + 1]) switch { 'x' => 4, 'o' => 3, _ => 1 };
        UInt128 value = 0;
        foreach (char digit in digits)
        {
            int worth = Convert.ToInt32(digit.ToString(), 16);
            if (worth >= 1 << bits || value >> (127 - bits) != 0)
            {
                throw new TemplateException($"'{source[at..end]}' is not a number", line);
            }

            value = (value << bits) + (UInt128)worth;
        }

        return digits.Length > 0
            ? new TemplateToken(TokenType.Integer, value.ToString(CultureInfo.InvariantCulture), line)
            : throw new TemplateException($"'{source[at..end]}' is not a number", line);
    }

    private static int Digits(string source, int at)
    {
        while (at < source.Length && (char.IsAsciiDigit(source[at]) || (source[at] == '_' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    /// <summary>A text literal with Python's escapes.</summary>
    private static string Text(string source, int at, int line, out int end)
    {
        char quote = source[at];
        var text = new StringBuilder();
        for (end = at + 1; end < source.Length && source[end] != quote;)
        {
            if (source[end] == '\\' && end + 1 < source.Length)
            {
                end += 2 + Escape(source, end + 1, line, text);
            }
            else
            {
                text.Append(source[end++]);
            }
        }

        if (end >= source.Length)
        {
            throw new TemplateException($"a text has no closing {quote}", line);
        }

        end++;
        return text.ToString();
    }

    /// <summary>Appends what the escape at a place stands for, and returns how many characters it has after its first.</summary>
    private static int Escape(string source, int at, int line, StringBuilder text)
    {
        switch (source[at])
        {
            case '\n': return 0;
            case 'n': text.Append('\n'); return 0;
            case 't': text.Append('\t'); return 0;
            case 'r': text.Append('\r'); return 0;
            case 'a': text.Append('\a'); return 0;
            case 'b': text.Append('\b'); return 0;
            case 'f': text.Append('\f'); return 0;
            case 'v': text.Append('\v'); return 0;
            case '\\' or '\'' or '"': text.Append(source[at]); return 0;
            case 'x': return CodePoint(source, at, 2, line, text);
            case 'u': return CodePoint(source, at, 4, line, text);
            case 'U': return CodePoint(source, at, 8, line, text);
            case >= '0' and <= '7':
                int length = 0, value = 0;
                for (; length < 3 && at + length < source.Length && source[at + length] is >= '0' and <= '7'; length++)
                {
                    value = (value * 8) + source[at + length] - '0';
                }

                text.Append((char)value);
                return length - 1;
            default:
                text.Append('\\').Append(source[at]);
                return 0;
        }
    }

    private static int CodePoint(string source, int at, int length, int line, StringBuilder text)
    {
        if (at + length >= source.Length || !int.TryParse(source.AsSpan(at + 1, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw new TemplateException($"'\\{source[at]}' is not followed by the {length} digits of a character", line);
        }

        if (value < 0x10000)
        {
            text.Append((char)value);
        }
        else
        {
            text.Append(char.ConvertFromUtf32(value));
        }

        return length;
    }
}
