using System.Globalization;

namespace Gestalt.Text.Templates;

/// <content>Expressions, from those that bind least to those that bind most.</content>
internal sealed partial class TemplateParser
{
    private static readonly string[] Sums = ["+", "-"], Products = ["*", "/", "//", "%"], Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private Expression ParseExpression()
    {
        Deeper();
        int line = Current.Line;
        Expression expression = Or();
        while (SkipName("if"))
        {
            Expression condition = Or();
            expression = new Conditional(line, condition, expression, SkipName("else") ? ParseExpression() : null);
        }

        _depth--;
        return expression;
    }

    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    private Expression TupleOrExpression(bool withConditional = true)
    {
        int line = Current.Line;
        Expression first = withConditional ? ParseExpression() : Or();
        if (!Current.IsOperator(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (SkipOperator(",") && !EndsTuple())
        {
            items.Add(withConditional ? ParseExpression() : Or());
        }

        return new SequenceLiteral(line, items, ListKind.Tuple);
    }

    private bool EndsTuple() => Current.Type is TokenType.BlockEnd or TokenType.VariableEnd || Current.IsOperator(")");

    private Expression Or() => Chain(And, "or");

    private Expression And() => Chain(Not, "and");

    private Expression Not()
    {
        if (!Current.IsName("not"))
        {
            return Compare();
        }

        Deeper();
        var not = new Unary(Next().Line, "not", Not());
        _depth--;
        return not;
    }

    private Expression Compare()
    {
        int line = Current.Line;
        Expression first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (Current.Type == TokenType.Operator && Comparisons.Contains(Current.Text))
            {
                rest.Add((Next().Text, Sum()));
            }
            else if (SkipName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (Current.IsName("not") && Ahead.IsName("in"))
            {
                Next();
                Next();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(line, first, rest);
            }
        }
    }

    private Expression Sum() => Chain(Concatenated, Sums);

    private Expression Concatenated()
    {
        int line = Current.Line;
        List<Expression> parts = [Product()];
        while (SkipOperator("~"))
        {
            parts.Add(Product());
        }

        return parts.Count == 1 ? parts[0] : new Concatenation(line, parts);
    }

    private Expression Product() => Chain(Power, Products);

    private Expression Power() => Chain(() => Signed(), "**");

    /// <summary>Operators of equal rank, from left to right.</summary>
    private Expression Chain(Func<Expression> operand, params ReadOnlySpan<string> symbols)
    {
        Expression left = operand();
        while (Current.Type is TokenType.Operator or TokenType.Name && symbols.Contains(Current.Text))
        {
            TemplateToken symbol = Next();
            left = new Binary(symbol.Line, symbol.Text, left, operand());
        }

        return left;
    }

    private Expression Signed(bool withFilters = true)
    {
        Expression expression;
        if (Current.IsOperator("-") || Current.IsOperator("+"))
        {
            Deeper();
            TemplateToken sign = Next();
            expression = new Unary(sign.Line, sign.Text, Signed(withFilters: false));
            _depth--;
        }
        else
        {
            expression = Primary();
        }

        expression = Postfix(expression);
        return withFilters ? Filtered(expression) : expression;
    }

    private Expression Primary()
    {
        TemplateToken token = Next();
        switch (token.Type)
        {
            case TokenType.Name:
                return token.Text switch
                {
                    "true" or "True" => new Literal(token.Line, BooleanValue.True),
                    "false" or "False" => new Literal(token.Line, BooleanValue.False),
                    "none" or "None" => new Literal(token.Line, NoneValue.Instance),
                    _ => new Variable(token.Line, token.Text),
                };
            case TokenType.Text:
                string text = token.Text;
                while (Current.Type == TokenType.Text)
                {
                    text += Next().Text;
                }

                return new Literal(token.Line, TracedText.Authored(text));
            case TokenType.Integer:
                return new Literal(token.Line, new IntegerValue(Int128.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out Int128 whole)
                    ? whole
                    : throw new TemplateException($"'{token.Text}' is larger than any number here", token.Line)));
            case TokenType.Float:
                return new Literal(token.Line, new FloatValue(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            case TokenType.Operator when token.Text == "(":
                return Parenthesized(token.Line);
            case TokenType.Operator when token.Text == "[":
                return new SequenceLiteral(token.Line, Items("]"), ListKind.List);
            case TokenType.Operator when token.Text == "{":
                return Mapping(token.Line);
            default:
                throw new TemplateException($"a value is expected where {token} stands", token.Line);
        }
    }

    private Expression Parenthesized(int line)
    {
        if (SkipOperator(")"))
        {
            return new SequenceLiteral(line, [], ListKind.Tuple);
        }

        Expression inner = TupleOrExpression();
        ExpectOperator(")");
        return inner;
    }

    private List<Expression> Items(string end)
    {
        var items = new List<Expression>();
        while (!SkipOperator(end))
        {
            items.Add(ParseExpression());
            if (!Current.IsOperator(end))
            {
                ExpectOperator(",");
            }
        }

        return items;
    }

    private MappingLiteral Mapping(int line)
    {
        var entries = new List<(Expression, Expression)>();
        while (!SkipOperator("}"))
        {
            Expression key = ParseExpression();
            ExpectOperator(":");
            entries.Add((key, ParseExpression()));
            if (!Current.IsOperator("}"))
            {
                ExpectOperator(",");
            }
        }

        return new MappingLiteral(line, entries);
    }

    private Expression Postfix(Expression expression)
    {
        while (Current.Type == TokenType.Operator)
        {
            int line = Current.Line;
            if (SkipOperator("."))
            {
                TemplateToken name = Next();
                expression = name.Type switch
                {
                    TokenType.Name => new AttributeOf(line, expression, name.Text),
                    TokenType.Integer when int.TryParse(name.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) =>
                        new ItemOf(line, expression, new Literal(line, new IntegerValue(index))),
                    _ => throw new TemplateException($"a name is expected where {name} stands", name.Line),
                };
            }
            else if (SkipOperator("["))
            {
                expression = Subscript(line, expression);
            }
            else if (Current.IsOperator("("))
            {
                expression = new Call(line, expression, ParseArguments());
            }
            else
            {
                break;
            }
        }

        return expression;
    }

    private Expression Subscript(int line, Expression target)
    {
        Expression? from = Current.IsOperator(":") ? null : ParseExpression();
        if (from is not null && SkipOperator("]"))
        {
            return new ItemOf(line, target, from);
        }

        ExpectOperator(":");
        Expression? to = Bound(), step = SkipOperator(":") ? Bound() : null;
        ExpectOperator("]");
        return new SliceOf(line, target, from, to, step);

        Expression? Bound() => Current.IsOperator(":") || Current.IsOperator("]") ? null : ParseExpression();
    }

    /// <summary>What filters and tests stand behind an expression.</summary>
    private Expression Filtered(Expression expression)
    {
        while (true)
        {
            int line = Current.Line;
            if (SkipOperator("|"))
            {
                BlockFilter filter = BlockFilter();
                expression = new FilterCall(line, expression, filter.Name, filter.Arguments);
            }
            else if (SkipName("is"))
            {
                expression = Test(line, expression);
            }
            else if (Current.IsOperator("("))
            {
                expression = new Call(line, expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private TestCall Test(int line, Expression expression)
    {
        bool negated = SkipName("not");
        TemplateToken name = Expect(TokenType.Name);
        Arguments arguments = Current.IsOperator("(") ? ParseArguments()
            : StartsArgument() ? new Arguments([Postfix(Primary())], [])
            : Arguments.None;
        return new TestCall(line, expression, name.Text, arguments, negated);
    }

    /// <summary>Whether a test is given an argument without parentheses: <c>x is divisibleby 3</c>.</summary>
    private bool StartsArgument() => Current.Type switch
    {
        TokenType.Name => Current.Text is not ("else" or "or" or "and" or "if" or "is" or "in" or "not" or "recursive"),
        TokenType.Text or TokenType.Integer or TokenType.Float => true,
        _ => Current.IsOperator("[") || Current.IsOperator("{"),
    };

    private Arguments ParseArguments()
    {
        var positional = new List<Expression>();
        var named = new List<KeyValuePair<string, Expression>>();
        Expression? rest = null, namedRest = null;
        ExpectOperator("(");
        while (!SkipOperator(")"))
        {
            if (SkipOperator("**"))
            {
                namedRest = ParseExpression();
            }
            else if (SkipOperator("*"))
            {
                rest = ParseExpression();
            }
            else if (Current.Type == TokenType.Name && Ahead.IsOperator("="))
            {
                string name = Next().Text;
                Next();
                named.Add(KeyValuePair.Create(name, ParseExpression()));
            }
            else if (named.Count > 0 || rest is not null || namedRest is not null)
            {
                throw new TemplateException("an argument without a name stands behind one with a name", Current.Line);
            }
            else
            {
                positional.Add(ParseExpression());
            }

            if (!Current.IsOperator(")"))
            {
                ExpectOperator(",");
            }
        }

        return new Arguments(positional, named, rest, namedRest);
    }
}
