namespace Gestalt.Text.Templates;

/// <summary>
/// Cuts a template into tokens, with the white space rules that chat templates are written for (Jinja with trim_blocks and lstrip_blocks): the line feed after a block and
/// the blanks of its line before it are not printed; <c>-</c> takes away all white space on its side, <c>+</c> leaves it.
/// </summary>
internal sealed class TemplateLexer
{
    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at, _line = 1;
    private bool _lineStarts = true;

    private TemplateLexer(string source) => _source = source;

    /// <summary>The tokens of a template, the last of type <see cref="TokenType.End"/>.</summary>
    /// <exception cref="TemplateException">It is not a template.</exception>
    public static List<TemplateToken> Read(string source)
    {
        string normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(normal.EndsWith('\n') ? normal[..^1] : normal);
        lexer.ReadTemplate();
        return lexer._tokens;
    }

    private void ReadTemplate()
    {
        while (_at < _source.Length)
        {
            int begin = NextTag(_at);
            if (begin < 0)
            {
                Emit(TokenType.Data, _source[_at..]);
                _at = _source.Length;
                break;
            }

            char kind = _source[begin + 1];
            Data(begin, SignAt(begin + 2), isVariable: kind == '{');
            _at = begin + (SignAt(begin + 2) == ' ' ? 2 : 3);
            _lineStarts = false;
            switch (kind)
            {
                case '#': Comment(); break;
                case '%' when RawBegins() is int end and > 0: Raw(end); break;
                case '%': Tag(TokenType.BlockBegin, TokenType.BlockEnd, "%}"); break;
                default: Tag(TokenType.VariableBegin, TokenType.VariableEnd, "}}"); break;
            }
        }

        _tokens.Add(new TemplateToken(TokenType.End, "", _line));
    }

    private int NextTag(int at)
    {
        for (; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The mark of white space control at a place: - or +, else a blank.</summary>
    private char SignAt(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : ' ';

    /// <summary>The text before a tag, without the white space that the tag takes away.</summary>
    private void Data(int end, char sign, bool isVariable)
    {
        string text = _source[_at..end];
        string kept = text;
        if (sign == '-')
        {
            int length = text.Length;
            while (length > 0 && PythonText.IsSpace(text[length - 1]))
            {
                length--;
            }

            kept = text[..length];
        }
        else if (sign != '+' && !isVariable)
        {
            int line = text.LastIndexOf('\n') + 1;
            if ((line > 0 || _lineStarts) && text.AsSpan(line).TrimStart().IsEmpty)
            {
                kept = text[..line];
            }
        }

        Emit(TokenType.Data, kept);
        _line += text.AsSpan(kept.Length).Count('\n');
    }

    private void Emit(TokenType type, string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new TemplateToken(type, text, _line));
            _line += text.AsSpan().Count('\n');
        }
    }

    private void Comment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateException("a comment {# has no end #}", _line);
        }

        char sign = end > _at ? SignAt(end - 1) : ' ';
        MoveTo(end + 2);
        AfterTag(sign);
    }

    /// <summary>Whether a raw block begins here, and where its text does then.</summary>
    private int RawBegins()
    {
        int at = SkipSpace(_at);
        if (!_source.AsSpan(at).StartsWith("raw"))
        {
            return -1;
        }

        at = SkipSpace(at + 3);
        bool strips = SignAt(at) == '-';
        at += strips ? 1 : 0;
        return !_source.AsSpan(at).StartsWith("%}") ? -1 : strips ? SkipSpace(at + 2) : at + 2;
    }

    private void Raw(int begin)
    {
        MoveTo(begin);
        _lineStarts = begin > 0 && _source[begin - 1] == '\n';
        for (int tag = begin; (tag = _source.IndexOf("{%", tag, StringComparison.Ordinal)) >= 0; tag++)
        {
            char sign = SignAt(tag + 2);
            int at = SkipSpace(tag + (sign == ' ' ? 2 : 3));
            if (!_source.AsSpan(at).StartsWith("endraw"))
            {
                continue;
            }

            at = SkipSpace(at + 6);
            char endSign = SignAt(at);
            at += endSign == ' ' ? 0 : 1;
            if (_source.AsSpan(at).StartsWith("%}"))
            {
                Data(tag, sign, isVariable: false);
                _at = tag;
                MoveTo(at + 2);
                AfterTag(endSign);
                return;
            }
        }

        throw new TemplateException("a raw block has no end {% endraw %}", _line);
    }

    /// <summary>The white space that the end of a block or comment takes away.</summary>
    private void AfterTag(char sign)
    {
        int end = sign == '-' ? SkipSpace(_at) : sign != '+' && _at < _source.Length && _source[_at] == '\n' ? _at + 1 : _at;
        MoveTo(end);
        _lineStarts = end > 0 && _source[end - 1] == '\n';
    }

    private void MoveTo(int end)
    {
        _line += _source.AsSpan(_at, end - _at).Count('\n');
        _at = end;
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && PythonText.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private void Tag(TokenType begin, TokenType end, string close)
    {
        int line = _line;
        _tokens.Add(new TemplateToken(begin, "", _line));
        var open = new Stack<char>();
        while (true)
        {
            MoveTo(SkipSpace(_at));
            if (_at >= _source.Length)
            {
                throw new TemplateException($"a tag is not closed with {close}", line);
            }

            char sign = open.Count == 0 ? SignAt(_at) : ' ';
            int closing = _at + (sign == '-' || (sign == '+' && end == TokenType.BlockEnd) ? 1 : 0);
            if (open.Count == 0 && _source.AsSpan(closing).StartsWith(close))
            {
                _tokens.Add(new TemplateToken(end, "", _line));
                MoveTo(closing + 2);
                if (end == TokenType.BlockEnd || sign == '-')
                {
                    AfterTag(sign);
                }

                return;
            }

            TemplateToken token = ExpressionLexer.Next(_source, _at, _line, out int after);
            Balance(token, open);
            _tokens.Add(token);
            MoveTo(after);
        }
    }

    private static void Balance(TemplateToken token, Stack<char> open)
    {
        if (token.Type != TokenType.Operator)
        {
            return;
        }

        switch (token.Text)
        {
            case "(": open.Push(')'); break;
            case "[": open.Push(']'); break;
            case "{": open.Push('}'); break;
            case ")" or "]" or "}":
                if (!open.TryPop(out char expected) || expected != token.Text[0])
                {
                    throw new TemplateException($"'{token.Text}' closes nothing that is open", token.Line);
                }

                break;
        }
    }
}
