using System.Globalization;
using System.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// Reads GBNF, the notation of llama.cpp's grammars: rules <c>name ::= ...</c> of quoted texts, character classes, <c>.</c>, names, groups, alternatives and repetitions; what a text has to
/// be is the rule <c>root</c>. Characters are Unicode code points. A rule ends with its line unless a group or an alternative is still open.
/// </summary>
internal sealed class GbnfParser
{
    /// <summary>The rule where a text begins.</summary>
    public const string RootName = "root";

    private const int MostNesting = 200;

    private readonly Rune[] _text;
    private readonly Grammar _grammar = new();
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _firstUses = [];
    private readonly HashSet<int> _defined = [];
    private int _next;
    private int _nesting;

    private GbnfParser(string text) => _text = [.. text.EnumerateRunes()];

    /// <summary>The rules of a grammar, those that call themselves first of all rewritten as repetitions.</summary>
    /// <exception cref="ConstraintException">It is no grammar; the message names the line and column.</exception>
    public static Grammar Parse(string text)
    {
        var parser = new GbnfParser(text);
        parser.RuleNumber(RootName, 0);
        parser.ReadRules();
        return parser._grammar;
    }

    private void ReadRules()
    {
        SkipSpace(acrossLines: true);
        while (_next < _text.Length)
            ReadRule();
        if (!_defined.Contains(0))
            throw new ConstraintException("the grammar", $"it has no rule '{RootName}'; that is where a text begins. Add: {RootName} ::= ...");
        foreach ((int rule, int place) in _firstUses.OrderBy(use => use.Value))
        {
            if (!_defined.Contains(rule))
                throw Problem($"there is no rule '{_grammar.NameOf(rule)}'. Define it, or put quotes around the word if it is meant as text", place);
        }
        for (int rule = 0; rule < _grammar.Count; rule++)
            _grammar[rule] = LeftRecursion.Rewrite(_grammar, rule);
    }

    private void ReadRule()
    {
        int start = _next;
        string name = ReadName();
        if (name.Length == 0)
            throw Problem("a rule's name is expected here (letters, digits, - and _), as in: root ::= \"yes\" | \"no\"", start);
        SkipSpace(acrossLines: false);
        if (!Take("::="))
            throw Problem($"'::=' is expected behind the name '{name}'", _next);
        SkipSpace(acrossLines: true);
        int rule = RuleNumber(name, start);
        if (!_defined.Add(rule))
            throw Problem($"the rule '{name}' is defined twice; write its alternatives in one rule with |", start);
        _grammar[rule] = ReadAlternatives();
        if (_next < _text.Length && !TakeLineEnd())
            throw Problem($"unexpected '{_text[_next]}'", _next);
        SkipSpace(acrossLines: true);
    }

    private Expression ReadAlternatives()
    {
        var options = new List<Expression> { ReadSequence() };
        while (Take("|"))
        {
            SkipSpace(acrossLines: true);
            options.Add(ReadSequence());
        }
        return Expression.AnyOf([.. options]);
    }

    private Expression ReadSequence()
    {
        var parts = new List<Expression>();
        while (_next < _text.Length)
        {
            int place = _next;
            Expression? part = ReadPart();
            if (part is null)
            {
                if (parts.Count == 0 || ReadCounts() is not (int least, var most))
                    break;
                if (most < least)
                    throw Problem($"a repetition of {least} to {most} times is none", place);
                parts[^1] = parts[^1].Times(least, most);
            }
            else
            {
                parts.Add(part);
            }
            SkipSpace(acrossLines: _nesting > 0);
        }
        return Expression.Join([.. parts]);
    }

    private Expression? ReadPart()
    {
        int place = _next;
        switch (_text[_next].Value)
        {
            case '"': return ReadQuoted();
            case '[': return ReadClass();
            case '.':
                _next++;
                return new Characters(CodePointSet.All);
            case '(':
                _next++;
                if (++_nesting > MostNesting)
                    throw Problem($"groups are nested more than {MostNesting} deep", place);
                SkipSpace(acrossLines: true);
                Expression inner = ReadAlternatives();
                if (!Take(")"))
                    throw Problem("this group has no ')'", place);
                _nesting--;
                return inner;
            case '<' or '!':
                throw Problem("tokens in grammars (<...>) are not supported; write the text that the token stands for", place);
        }
        string name = ReadName();
        return name.Length > 0 ? new Call(RuleNumber(name, place)) : null;
    }

    private Literal ReadQuoted()
    {
        int place = _next++;
        var text = new StringBuilder();
        while (!Take("\""))
        {
            if (_next >= _text.Length || IsLineEnd(_text[_next]))
                throw Problem("this text has no closing '\"'", place);
            text.Append(ReadCharacter());
        }
        return (Literal)Expression.Text(text.ToString());
    }

    private Characters ReadClass()
    {
        int place = _next++;
        bool isNegated = Take("^");
        var ranges = new List<(int, int)>();
        while (!Take("]"))
        {
            if (_next >= _text.Length || IsLineEnd(_text[_next]))
                throw Problem("this character class has no closing ']'", place);
            int first = ReadCharacter().Value, last = first, before = _next;
            if (Take("-"))
            {
                if (_next < _text.Length && _text[_next].Value != ']')
                    last = ReadCharacter().Value;
                else
                    _next = before; // a - in last place is itself
            }
            if (last < first)
                throw Problem($"the range {new Rune(first)}-{new Rune(last)} runs backwards", before);
            ranges.Add((first, last));
        }
        CodePointSet set = CodePointSet.Of(ranges);
        return new Characters(isNegated ? set.Complement() : set);
    }

    private Rune ReadCharacter()
    {
        int place = _next;
        Rune rune = _text[_next++];
        if (rune.Value != '\\')
            return rune;
        if (_next >= _text.Length)
            throw Problem("a character is expected behind '\\'", place);
        int escape = _text[_next++].Value;
        return escape switch
        {
            'x' => ReadHex(2, place),
            'u' => ReadHex(4, place),
            'U' => ReadHex(8, place),
            't' => new Rune('\t'),
            'r' => new Rune('\r'),
            'n' => new Rune('\n'),
            '\\' or '"' or '[' or ']' or '-' or '^' => new Rune(escape),
            _ => throw Problem($"there is no escape '\\{new Rune(escape)}'; there are \\n \\r \\t \\\\ \\\" \\[ \\] \\xHH \\uHHHH \\UHHHHHHHH", place),
        };
    }

    private Rune ReadHex(int digits, int place)
    {
        long value = 0;
        for (int i = 0; i < digits; i++, _next++)
        {
            if (_next >= _text.Length || !_text[_next].IsAscii || !char.IsAsciiHexDigit((char)_text[_next].Value))
                throw Problem($"{digits} hexadecimal digits are expected here", place);
            value = (value << 4) + Convert.ToInt32(_text[_next].ToString(), 16);
        }
        return value <= CodePointSet.Last && Rune.IsValid((int)value) ? new Rune((int)value) : throw Problem($"U+{value:X4} is no character", place);
    }

    /// <summary>A repetition's bounds, if one is next.</summary>
    private (int Least, int? Most)? ReadCounts()
    {
        int place = _next;
        if (Take("*"))
            return (0, null);
        if (Take("+"))
            return (1, null);
        if (Take("?"))
            return (0, 1);
        if (!Take("{"))
            return null;
        SkipSpace(acrossLines: false);
        int least = ReadNumber(place) ?? throw Problem("a number is expected behind '{', as in {2}, {2,} or {2,5}", place);
        SkipSpace(acrossLines: false);
        int? most = least;
        if (Take(","))
        {
            SkipSpace(acrossLines: false);
            most = ReadNumber(place);
            SkipSpace(acrossLines: false);
        }
        return Take("}") ? (least, most) : throw Problem("this repetition has no '}'", place);
    }

    private int? ReadNumber(int place)
    {
        int start = _next;
        while (_next < _text.Length && _text[_next].IsAscii && char.IsAsciiDigit((char)_text[_next].Value))
            _next++;
        if (_next == start)
            return null;
        string digits = string.Concat(_text[start.._next]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Problem($"{digits} is more than any repetition can count", place);
    }

    private string ReadName()
    {
        int start = _next;
        while (_next < _text.Length && _text[_next].IsAscii && ((char)_text[_next].Value is '-' or '_' || char.IsAsciiLetterOrDigit((char)_text[_next].Value)))
            _next++;
        return string.Concat(_text[start.._next]);
    }

    private int RuleNumber(string name, int place)
    {
        if (!_rules.TryGetValue(name, out int rule))
        {
            _rules[name] = rule = _grammar.Declare(name);
            _firstUses[rule] = place;
        }
        return rule;
    }

    private bool Take(string expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (_next + i >= _text.Length || _text[_next + i].Value != expected[i])
                return false;
        }
        _next += expected.Length;
        return true;
    }

    private bool TakeLineEnd() => Take("\r\n") || Take("\n") || Take("\r");

    private void SkipSpace(bool acrossLines)
    {
        while (_next < _text.Length)
        {
            int value = _text[_next].Value;
            if (value == '#')
            {
                while (_next < _text.Length && !IsLineEnd(_text[_next]))
                    _next++;
            }
            else if (value is ' ' or '\t' || (acrossLines && IsLineEnd(_text[_next])))
            {
                _next++;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsLineEnd(Rune rune) => rune.Value is '\n' or '\r';

    private ConstraintException Problem(string problem, int place)
    {
        int line = 1, column = 1;
        for (int i = 0; i < Math.Min(place, _text.Length); i++)
            (line, column) = _text[i].Value == '\n' ? (line + 1, 1) : (line, column + 1);
        return new ConstraintException($"line {line}, column {column}", problem + ".");
    }
}
