using System.Text;

namespace Gestalt.Tasks.Tools;

/// <summary>What a piece of a program's text is.</summary>
internal enum CodeTokenKind
{
    /// <summary>A name or a word of the language.</summary>
    Name,
    /// <summary>Digits.</summary>
    Number,
    /// <summary>A text, without quotes and escapes.</summary>
    Text,
    /// <summary>A sign.</summary>
    Sign,
    /// <summary>The end of a statement.</summary>
    End,
    /// <summary>A block begins.</summary>
    Indent,
    /// <summary>A block ends.</summary>
    Dedent,
    /// <summary>The end of the program.</summary>
    EndOfProgram,
}

/// <summary>A piece of a program's text.</summary>
internal readonly record struct CodeToken(CodeTokenKind Kind, string Text, int Line);

/// <summary>Cuts a program into tokens; lines and their indentation become tokens, too, except inside brackets.</summary>
internal sealed class CodeLexer
{
    private static readonly string[] Signs =
    [
        "**=", "//=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "**", "//", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", "[", "]", ",", ":", ".", ";",
    ];

    private readonly string _text;
    private readonly List<CodeToken> _tokens = [];
    private readonly Stack<int> _indents = new([0]);
    private int _at;
    private int _line = 1;
    private int _brackets;

    private CodeLexer(string text) => _text = text;

    /// <summary>The tokens of a program.</summary>
    public static IReadOnlyList<CodeToken> Read(string text)
    {
        var lexer = new CodeLexer(text.ReplaceLineEndings("\n"));
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        Indentation();
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '\n')
            {
                EndLine();
            }
            else if (c is ' ' or '\t')
            {
                _at++;
            }
            else if (c == '#')
            {
                SkipComment();
            }
            else
            {
                ReadToken(c);
            }
        }

        End();
        while (_indents.Count > 1)
        {
            _indents.Pop();
            Add(CodeTokenKind.Dedent, "");
        }

        Add(CodeTokenKind.EndOfProgram, "");
    }

    private void ReadToken(char c)
    {
        if (c is '"' or '\'')
        {
            ReadText(c);
        }
        else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            ReadNumber();
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            int start = _at;
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            Add(CodeTokenKind.Name, _text[start.._at]);
        }
        else if (Array.Find(Signs, sign => string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0) is { } sign)
        {
            _at += sign.Length;
            _brackets = Math.Max(0, _brackets + (sign is "(" or "[" ? 1 : sign is ")" or "]" ? -1 : 0));
            Add(sign == ";" ? CodeTokenKind.End : CodeTokenKind.Sign, sign);
        }
        else
        {
            throw Problem($"the character '{(char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : c.ToString())}' means nothing here");
        }
    }

    private void ReadNumber()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_'))
        {
            _at++;
        }

        Add(CodeTokenKind.Number, _text[start.._at].Replace("_", "", StringComparison.Ordinal));
    }

    private void ReadText(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] != '\n'; _at++)
        {
            char c = _text[_at];
            if (c == quote)
            {
                _at++;
                Add(CodeTokenKind.Text, text.ToString());
                return;
            }

            if (c == '\\' && _at + 1 < _text.Length)
            {
                c = _text[++_at] switch { 'n' => '\n', 't' => '\t', '\\' => '\\', '"' => '"', '\'' => '\'', _ => throw Problem($"'\\{_text[_at]}' is no escape that is known (\\n, \\t, \\\\, \\\", \\')") };
            }

            text.Append(c);
        }

        throw Problem($"a text begins with {quote} and does not end on its line");
    }

    private void SkipComment()
    {
        while (_at < _text.Length && _text[_at] != '\n')
        {
            _at++;
        }
    }

    private void EndLine()
    {
        _at++;
        if (_brackets == 0)
        {
            End();
        }

        _line++;
        if (_brackets == 0)
        {
            Indentation();
        }
    }

    private void Indentation()
    {
        int width = 0;
        while (true)
        {
            int start = _at;
            for (; _at < _text.Length && _text[_at] is ' ' or '\t'; _at++)
            {
            }

            if (_at == _text.Length)
            {
                return;
            }

            width = _at - start;
            if (_text[_at] == '#')
            {
                SkipComment();
            }

            if (_at == _text.Length || _text[_at] != '\n')
            {
                break;
            }

            _at++; // an empty line says nothing about blocks
            _line++;
        }

        if (_at == _text.Length)
        {
            return;
        }

        if (width > _indents.Peek())
        {
            _indents.Push(width);
            Add(CodeTokenKind.Indent, "");
        }

        while (width < _indents.Peek())
        {
            _indents.Pop();
            Add(CodeTokenKind.Dedent, "");
            if (width > _indents.Peek())
            {
                throw Problem("the line is indented like no block around it");
            }
        }
    }

    private void End()
    {
        if (_tokens.Count > 0 && _tokens[^1].Kind is not (CodeTokenKind.End or CodeTokenKind.Indent or CodeTokenKind.Dedent))
        {
            Add(CodeTokenKind.End, "");
        }
    }

    private void Add(CodeTokenKind kind, string text) => _tokens.Add(new CodeToken(kind, text, _line));

    private ToolException Problem(string what) => new($"Line {_line}: {what}.");
}
