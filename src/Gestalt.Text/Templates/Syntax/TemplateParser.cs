namespace Gestalt.Text.Templates;

/// <summary>Makes statements of a template's tokens. Its other half reads expressions.</summary>
internal sealed partial class TemplateParser
{
    private const int DeepestNesting = 150;

    private readonly List<TemplateToken> _tokens;
    private int _at, _depth, _loops;

    private TemplateParser(List<TemplateToken> tokens) => _tokens = tokens;

    /// <summary>Whether a <c>{% generation %}</c> was met.</summary>
    private bool HasGeneration { get; set; }

    private TemplateToken Current => _tokens[_at];

    private TemplateToken Ahead => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    /// <summary>The statements of a template.</summary>
    /// <exception cref="TemplateException">It is not a template; the message names the line.</exception>
    public static IReadOnlyList<Statement> Parse(string source) => Parse(source, out _);

    /// <summary>The statements of a template, and whether it marks what the assistant says.</summary>
    /// <exception cref="TemplateException">It is not a template; the message names the line.</exception>
    public static IReadOnlyList<Statement> Parse(string source, out bool hasGeneration)
    {
        var parser = new TemplateParser(TemplateLexer.Read(source));
        IReadOnlyList<Statement> statements = parser.Body();
        hasGeneration = parser.HasGeneration;
        return parser.Current.Type == TokenType.End ? statements : throw parser.Unexpected();
    }

    /// <summary>Statements up to a block with one of the names, at which it stays; up to the template's end where none are given.</summary>
    private List<Statement> Body(params ReadOnlySpan<string> ends)
    {
        int line = Current.Line;
        Deeper();
        var statements = new List<Statement>();
        while (true)
        {
            TemplateToken token = Current;
            if (token.Type == TokenType.End)
            {
                if (ends.Length > 0)
                {
                    throw new TemplateException($"a block has no end: {{% {ends[^1]} %}} is missing", line);
                }

                break;
            }

            if (token.Type == TokenType.BlockBegin && ends.Contains(Ahead.Text))
            {
                Next();
                break;
            }

            statements.Add(Statement());
        }

        _depth--;
        return statements;
    }

    private Statement Statement()
    {
        TemplateToken token = Next();
        switch (token.Type)
        {
            case TokenType.Data:
                return new Data(token.Line, token.Text);
            case TokenType.VariableBegin:
                Expression value = TupleOrExpression();
                Expect(TokenType.VariableEnd);
                return new Print(token.Line, value);
            default:
                return Block(Expect(TokenType.Name));
        }
    }

    private Statement Block(TemplateToken name)
    {
        switch (name.Text)
        {
            case "if": return ParseIf(name.Line);
            case "for": return ParseFor(name.Line);
            case "set": return ParseSet(name.Line);
            case "macro": return ParseMacro(name.Line);
            case "call": return ParseCall(name.Line);
            case "filter": return ParseFilterBlock(name.Line);
            case "with": return ParseWith(name.Line);
            case "generation":
                EndBlock();
                HasGeneration = true;
                return new Generation(name.Line, BodyUntil("endgeneration"));
            case "break" or "continue" when _loops > 0:
                EndBlock();
                return new Jump(name.Line, name.Text == "break" ? Flow.Break : Flow.Continue);
            case "break" or "continue":
                throw new TemplateException($"'{name.Text}' stands outside of a loop", name.Line);
            case "include" or "import" or "from" or "extends" or "block":
                throw new TemplateException($"'{name.Text}' is refused: a chat template stands alone", name.Line);
            default:
                throw new TemplateException($"there is no statement '{name.Text}' here", name.Line);
        }
    }

    private If ParseIf(int line)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        Expression? condition = TupleOrExpression();
        while (true)
        {
            EndBlock();
            branches.Add((condition, condition is null ? Body("endif") : Body("elif", "else", "endif")));
            switch (Next().Text)
            {
                case "elif": condition = TupleOrExpression(); break;
                case "else": condition = null; break;
                default:
                    EndBlock();
                    return new If(line, branches);
            }
        }
    }

    private For ParseFor(int line)
    {
        Target target = ParseTarget();
        ExpectName("in");
        Expression items = TupleOrExpression(withConditional: false);
        Expression? filter = SkipName("if") ? ParseExpression() : null;
        if (Current.IsName("recursive"))
        {
            throw new TemplateException("recursive loops are not known here; a macro that calls itself does the same", Current.Line);
        }

        EndBlock();
        _loops++;
        IReadOnlyList<Statement> body = Body("else", "endfor"), otherwise = [];
        _loops--;
        if (Next().Text == "else")
        {
            EndBlock();
            otherwise = BodyUntil("endfor");
        }
        else
        {
            EndBlock();
        }

        return new For(line, target, items, filter, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        Target target = ParseTarget(withMembers: true);
        if (SkipOperator("="))
        {
            Expression value = TupleOrExpression();
            EndBlock();
            return new Set(line, target, value);
        }

        List<BlockFilter> filters = BlockFilters();
        EndBlock();
        return new Captured(line, target, filters, BodyUntil("endset"));
    }

    private Captured ParseFilterBlock(int line)
    {
        List<BlockFilter> filters = [BlockFilter(), .. BlockFilters()];
        EndBlock();
        return new Captured(line, null, filters, BodyUntil("endfilter"));
    }

    private With ParseWith(int line)
    {
        var names = new List<(Target, Expression)>();
        while (Current.Type != TokenType.BlockEnd)
        {
            if (names.Count > 0)
            {
                ExpectOperator(",");
            }

            Target target = ParseTarget();
            ExpectOperator("=");
            names.Add((target, ParseExpression()));
        }

        EndBlock();
        return new With(line, names, BodyUntil("endwith"));
    }

    private MacroStatement ParseMacro(int line)
    {
        string name = Expect(TokenType.Name).Text;
        List<(string, Expression?)> parameters = Parameters();
        EndBlock();
        return new MacroStatement(line, name, parameters, ApartFromLoops("endmacro"));
    }

    private CallBlock ParseCall(int line)
    {
        List<(string, Expression?)> parameters = Current.IsOperator("(") ? Parameters() : [];
        Call call = ParseExpression() as Call ?? throw new TemplateException("'call' needs a macro to call", line);
        EndBlock();
        return new CallBlock(line, call, new MacroStatement(line, "caller", parameters, ApartFromLoops("endcall")));
    }

    private List<(string Name, Expression? Default)> Parameters()
    {
        var parameters = new List<(string, Expression?)>();
        ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                ExpectOperator(",");
            }

            parameters.Add((Expect(TokenType.Name).Text, SkipOperator("=") ? ParseExpression() : null));
        }

        ExpectOperator(")");
        return parameters;
    }

    private Target ParseTarget(bool withMembers = false)
    {
        var parts = new List<Target>();
        do
        {
            if (parts.Count > 0 && !StartsTarget())
            {
                break;
            }

            if (SkipOperator("("))
            {
                Deeper();
                parts.Add(ParseTarget());
                _depth--;
                ExpectOperator(")");
                continue;
            }

            TemplateToken name = Expect(TokenType.Name);
            if (name.Text is "true" or "false" or "none" or "True" or "False" or "None" or "loop")
            {
                throw new TemplateException($"'{name.Text}' cannot be given another value", name.Line);
            }

            parts.Add(new Target(name.Text, withMembers && SkipOperator(".") ? Expect(TokenType.Name).Text : null));
        }
        while (SkipOperator(","));
        return parts.Count == 1 && !_tokens[_at - 1].IsOperator(",") ? parts[0] : new Target("", parts: parts);
    }

    private bool StartsTarget() => (Current.Type == TokenType.Name && !Current.IsName("in")) || Current.IsOperator("(");

    private List<BlockFilter> BlockFilters()
    {
        var filters = new List<BlockFilter>();
        while (SkipOperator("|"))
        {
            filters.Add(BlockFilter());
        }

        return filters;
    }

    private BlockFilter BlockFilter() => new(Expect(TokenType.Name).Text, Current.IsOperator("(") ? ParseArguments() : Arguments.None);

    private List<Statement> BodyUntil(string end)
    {
        List<Statement> body = Body(end);
        Next();
        EndBlock();
        return body;
    }

    /// <summary>The body of a macro: a loop around it is none of its own.</summary>
    private List<Statement> ApartFromLoops(string end)
    {
        int loops = _loops;
        _loops = 0;
        List<Statement> body = BodyUntil(end);
        _loops = loops;
        return body;
    }

    private void EndBlock() => Expect(TokenType.BlockEnd);

    private TemplateToken Next()
    {
        TemplateToken token = Current;
        if (_at < _tokens.Count - 1)
        {
            _at++;
        }

        return token;
    }

    private TemplateToken Expect(TokenType type) => Current.Type == type ? Next() : throw Unexpected();

    private void ExpectOperator(string symbol)
    {
        if (!SkipOperator(symbol))
        {
            throw new TemplateException($"'{symbol}' is expected where {Current} stands", Current.Line);
        }
    }

    private void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw new TemplateException($"'{name}' is expected where {Current} stands", Current.Line);
        }
    }

    private bool SkipOperator(string symbol) => Skip(Current.IsOperator(symbol));

    private bool SkipName(string name) => Skip(Current.IsName(name));

    private bool Skip(bool matches)
    {
        if (matches)
        {
            Next();
        }

        return matches;
    }

    private void Deeper()
    {
        if (++_depth > DeepestNesting)
        {
            throw new TemplateException($"it nests deeper than {DeepestNesting} levels", Current.Line);
        }
    }

    private TemplateException Unexpected() => new($"{Current} is not expected here", Current.Line);
}
