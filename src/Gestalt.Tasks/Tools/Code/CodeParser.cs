namespace Gestalt.Tasks.Tools;

/// <summary>Reads statements and expressions by recursive descent, in the order of Python's precedence.</summary>
/// <param name="tokens">The program's tokens.</param>
internal sealed class CodeParser(IReadOnlyList<CodeToken> tokens)
{
    private static readonly string[] Assignments = ["+=", "-=", "*=", "/=", "//=", "%=", "**="];
    private static readonly string[] Comparisons = ["==", "!=", "<", ">", "<=", ">="];
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "and", "or", "not", "in", "if", "elif", "else", "for", "while", "def", "return", "lambda", "break", "continue", "pass", "True", "False", "None",
    };

    private static readonly HashSet<string> Missing = new(StringComparer.Ordinal)
    {
        "import", "from", "class", "try", "except", "raise", "with", "yield", "global", "nonlocal", "del", "assert", "async", "await", "open", "exec", "eval", "is",
    };

    private int _at;
    private int _depth;

    private CodeToken Here => tokens[_at];

    /// <summary>The whole program.</summary>
    public IReadOnlyList<Statement> Program()
    {
        var statements = new List<Statement>();
        while (Here.Kind != CodeTokenKind.EndOfProgram)
        {
            ReadStatement(statements);
        }

        return statements.Count > 0 ? statements : throw new ToolException("The program is empty; write an expression such as \"banana\".count(\"a\").");
    }

    private void ReadStatement(List<Statement> statements)
    {
        if (Here.Kind == CodeTokenKind.End)
        {
            _at++;
            return;
        }

        if (Here.Kind == CodeTokenKind.Indent)
        {
            throw Problem("the line is indented, but no block begins before it");
        }

        int line = Here.Line;
        switch (Here is { Kind: CodeTokenKind.Name } ? Here.Text : "")
        {
            case "if":
                _at++;
                statements.Add(If(line));
                return;
            case "while":
                _at++;
                statements.Add(new WhileStatement(line, Any(), Block()));
                return;
            case "for":
                _at++;
                Expression target = Targets();
                Need("in");
                statements.Add(new ForStatement(line, target, AnyOrList(), Block()));
                return;
            case "def":
                _at++;
                string name = Name();
                Need("(");
                IReadOnlyList<string> parameters = Parameters(")");
                statements.Add(new DefineStatement(line, name, parameters, Block()));
                return;
        }

        statements.Add(Simple(line));
        if (Here.Kind is CodeTokenKind.End)
        {
            _at++;
        }
        else if (Here.Kind is not (CodeTokenKind.EndOfProgram or CodeTokenKind.Dedent))
        {
            throw Unexpected("the end of the line");
        }
    }

    private Statement Simple(int line)
    {
        if (Here is { Kind: CodeTokenKind.Name, Text: "break" or "continue" or "pass" })
        {
            return new JumpStatement(line, tokens[_at++].Text);
        }

        if (Take("return"))
        {
            return new ReturnStatement(line, Here.Kind is CodeTokenKind.End or CodeTokenKind.EndOfProgram or CodeTokenKind.Dedent ? null : AnyOrList());
        }

        Expression first = AnyOrList();
        if (Here.Kind == CodeTokenKind.Sign && Assignments.Contains(Here.Text))
        {
            string sign = tokens[_at++].Text[..^1];
            return new AssignStatement(line, [Target(first)], sign, AnyOrList());
        }

        var targets = new List<Expression>();
        while (Take("="))
        {
            targets.Add(Target(first));
            first = AnyOrList();
        }

        return targets.Count > 0 ? new AssignStatement(line, targets, null, first) : new ExpressionStatement(line, first);
    }

    private IfStatement If(int line)
    {
        Deeper();
        Expression condition = Any();
        IReadOnlyList<Statement> then = Block(), otherwise = [];
        int elseLine = Here.Line;
        if (Take("elif"))
        {
            otherwise = [If(elseLine)];
        }
        else if (Take("else"))
        {
            otherwise = Block();
        }

        _depth--;
        return new IfStatement(line, condition, then, otherwise);
    }

    private List<Statement> Block()
    {
        Deeper();
        Need(":");
        var statements = new List<Statement>();
        if (Here.Kind != CodeTokenKind.End)
        {
            // The rest of the line is the block.
            int line = Here.Line;
            while (Here.Kind is not CodeTokenKind.EndOfProgram and not CodeTokenKind.Dedent && Here.Line == line)
            {
                ReadStatement(statements);
            }
        }
        else
        {
            _at++;
            if (Here.Kind != CodeTokenKind.Indent)
            {
                throw Unexpected("an indented block");
            }

            _at++;
            while (Here.Kind is not CodeTokenKind.Dedent and not CodeTokenKind.EndOfProgram)
            {
                ReadStatement(statements);
            }

            if (Here.Kind == CodeTokenKind.Dedent)
            {
                _at++;
            }
        }

        _depth--;
        return statements;
    }

    private List<string> Parameters(string end)
    {
        var names = new List<string>();
        if (!Take(end))
        {
            do
            {
                names.Add(Name());
            }
            while (Take(","));
            Need(end);
        }

        return names;
    }

    private Expression AnyOrList()
    {
        int line = Here.Line;
        Expression first = Any();
        if (!IsSign(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (Take(",") && Here.Kind is not (CodeTokenKind.End or CodeTokenKind.EndOfProgram) && !IsSign("="))
        {
            items.Add(Any());
        }

        return new ListExpression(line, items);
    }

    private Expression Any()
    {
        Deeper();
        int line = Here.Line;
        Expression value;
        if (Take("lambda"))
        {
            List<string> parameters = Parameters(":");
            value = new LambdaExpression(line, parameters, Any());
        }
        else
        {
            value = Logic(isAnd: false);
            if (Take("if"))
            {
                Expression condition = Logic(isAnd: false);
                Need("else");
                value = new ChoiceExpression(line, condition, value, Any());
            }
        }

        _depth--;
        return value;
    }

    private Expression Logic(bool isAnd)
    {
        Expression left = isAnd ? Not() : Logic(isAnd: true);
        while (Here is { Kind: CodeTokenKind.Name } && Take(isAnd ? "and" : "or"))
        {
            left = new LogicExpression(left.Line, isAnd, left, isAnd ? Not() : Logic(isAnd: true));
        }

        return left;
    }

    private Expression Not()
    {
        int line = Here.Line;
        if (!Take("not"))
        {
            return Comparison();
        }

        Deeper();
        Expression operand = Not();
        _depth--;
        return new UnaryExpression(line, "not", operand);
    }

    private Expression Comparison()
    {
        Expression first = Sum();
        var rest = new List<(string, Expression)>();
        while (ComparisonSign() is { } sign)
        {
            rest.Add((sign, Sum()));
        }

        return rest.Count > 0 ? new CompareExpression(first.Line, first, rest) : first;
    }

    private string? ComparisonSign()
    {
        if (Here.Kind == CodeTokenKind.Sign && Comparisons.Contains(Here.Text))
        {
            return tokens[_at++].Text;
        }

        if (Here is { Kind: CodeTokenKind.Name, Text: "not" } && tokens[_at + 1] is { Kind: CodeTokenKind.Name, Text: "in" })
        {
            _at += 2;
            return "not in";
        }

        return Here.Kind == CodeTokenKind.Name && Take("in") ? "in" : null;
    }

    private Expression Sum() => LeftToRight(Product, "+", "-");

    private Expression Product() => LeftToRight(Signed, "*", "/", "//", "%");

    private Expression LeftToRight(Func<Expression> operand, params string[] signs)
    {
        Expression left = operand();
        while (Here.Kind == CodeTokenKind.Sign && signs.Contains(Here.Text))
        {
            string sign = tokens[_at++].Text;
            left = new BinaryExpression(left.Line, sign, left, operand());
        }

        return left;
    }

    private Expression Signed()
    {
        int line = Here.Line;
        if (!IsSign("-") && !IsSign("+"))
        {
            return Power();
        }

        Deeper();
        string sign = tokens[_at++].Text;
        Expression operand = Signed();
        _depth--;
        return new UnaryExpression(line, sign, operand);
    }

    private Expression Power()
    {
        Expression left = Postfix();
        if (!Take("**"))
        {
            return left;
        }

        Deeper();
        Expression exponent = Signed();
        _depth--;
        return new BinaryExpression(left.Line, "**", left, exponent);
    }

    private Expression Postfix()
    {
        Expression value = Atom();
        while (true)
        {
            int line = Here.Line;
            if (Take("("))
            {
                value = Call(line, value);
            }
            else if (Take("["))
            {
                value = IndexOrSlice(line, value);
            }
            else if (Take("."))
            {
                value = new MemberExpression(line, value, Name());
            }
            else
            {
                return value;
            }
        }
    }

    private CallExpression Call(int line, Expression callee)
    {
        var arguments = new List<Expression>();
        var named = new List<(string, Expression)>();
        while (!Take(")"))
        {
            if (Here.Kind == CodeTokenKind.Name && tokens[_at + 1] is { Kind: CodeTokenKind.Sign, Text: "=" })
            {
                string name = Name();
                Need("=");
                named.Add((name, Any()));
            }
            else
            {
                Expression value = Any();
                arguments.Add(IsFor() ? Generated(value) : value);
            }

            if (!Take(",") && !IsSign(")"))
            {
                throw Unexpected("a closing bracket");
            }
        }

        return new CallExpression(line, callee, arguments, named);
    }

    private Expression IndexOrSlice(int line, Expression owner)
    {
        Expression? from = IsSign(":") ? null : Any(), to = null, step = null;
        if (!Take(":"))
        {
            Need("]");
            return new IndexExpression(line, owner, from!);
        }

        if (!IsSign(":") && !IsSign("]"))
        {
            to = Any();
        }

        if (Take(":") && !IsSign("]"))
        {
            step = Any();
        }

        Need("]");
        return new SliceExpression(line, owner, from, to, step);
    }

    private Expression Atom()
    {
        CodeToken token = Here;
        switch (token.Kind)
        {
            case CodeTokenKind.Number:
                _at++;
                try
                {
                    return new Literal(token.Line, Rational.Parse(token.Text));
                }
                catch (ToolException problem)
                {
                    throw new ToolException($"Line {token.Line}: {problem.Message}", problem);
                }

            case CodeTokenKind.Text:
                _at++;
                return new Literal(token.Line, token.Text);
            case CodeTokenKind.Name when token.Text is "True" or "False" or "None":
                _at++;
                return new Literal(token.Line, token.Text == "None" ? null : token.Text == "True");
            case CodeTokenKind.Name:
                return new NameExpression(token.Line, Name());
            case CodeTokenKind.Sign when token.Text is "(" or "[":
                _at++;
                return Bracketed(token.Line, token.Text == "(");
            default:
                throw Unexpected("a value");
        }
    }

    private Expression Bracketed(int line, bool isRound)
    {
        string end = isRound ? ")" : "]";
        if (Take(end))
        {
            return new ListExpression(line, []);
        }

        Expression first = Any();
        if (IsFor())
        {
            first = Generated(first);
            Need(end);
            return first;
        }

        if (isRound && Take(")"))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (!Take(end))
        {
            Need(",");
            if (!IsSign(end))
            {
                items.Add(Any());
            }
        }

        return new ListExpression(line, items);
    }

    private bool IsFor() => Here is { Kind: CodeTokenKind.Name, Text: "for" };

    private Comprehension Generated(Expression value)
    {
        Need("for");
        Expression target = Targets();
        Need("in");
        Expression items = Logic(isAnd: false);
        Expression? condition = Take("if") ? Logic(isAnd: false) : null;
        return IsFor() ? throw Problem("a comprehension has one 'for' here; write a loop for more") : new Comprehension(value.Line, value, target, items, condition);
    }

    private Expression Targets()
    {
        int line = Here.Line;
        bool bracket = Take("(");
        var names = new List<Expression>();
        do
        {
            names.Add(new NameExpression(Here.Line, Name()));
        }
        while (Take(","));
        if (bracket)
        {
            Need(")");
        }

        return names.Count == 1 ? names[0] : new ListExpression(line, names);
    }

    private Expression Target(Expression target) => target switch
    {
        NameExpression or IndexExpression => target,
        ListExpression list when list.Items.All(item => item is NameExpression or IndexExpression) => target,
        _ => throw Problem("only a name, an item of a list, or several of them can be assigned to"),
    };

    private string Name()
    {
        CodeToken token = Here;
        if (token.Kind != CodeTokenKind.Name || Words.Contains(token.Text))
        {
            throw Unexpected("a name");
        }

        if (Missing.Contains(token.Text))
        {
            throw Problem($"'{token.Text}' is not part of this small language");
        }

        _at++;
        return token.Text;
    }

    private bool IsSign(string sign) => Here.Kind == CodeTokenKind.Sign && Here.Text == sign;

    private bool Take(string text)
    {
        if (Here.Kind is not (CodeTokenKind.Sign or CodeTokenKind.Name) || Here.Text != text)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Need(string text)
    {
        if (!Take(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    private void Deeper()
    {
        if (++_depth > CodeLimits.Nesting)
        {
            throw Problem($"brackets and blocks are nested more than {CodeLimits.Nesting} deep");
        }
    }

    private ToolException Problem(string what) => new($"Line {Here.Line}: {what}.");

    private ToolException Unexpected(string wanted)
    {
        string there = Here.Kind switch
        {
            CodeTokenKind.EndOfProgram => "the program ends",
            CodeTokenKind.End => "the line ends",
            CodeTokenKind.Indent or CodeTokenKind.Dedent => "the indentation changes",
            CodeTokenKind.Text => "there is a text",
            _ => $"there is '{(Here.Text.Length > 20 ? Here.Text[..20] + "…" : Here.Text)}'",
        };
        return Missing.Contains(Here.Text) && Here.Kind == CodeTokenKind.Name
            ? Problem($"'{Here.Text}' is not part of this small language")
            : Problem($"{there} where {wanted} should stand");
    }
}
