namespace Gestalt.Text.Templates;

/// <summary>Something that has a value.</summary>
internal abstract class Expression(int line)
{
    /// <summary>Its line in the template.</summary>
    public int Line => line;

    /// <summary>The value under the names of a scope.</summary>
    public Value Evaluate(Scope scope)
    {
        int outer = scope.Rendering.Enter(line);
        Value value = Compute(scope);
        scope.Rendering.Leave(outer);
        return value;
    }

    protected abstract Value Compute(Scope scope);
}

/// <summary>A value that is written out.</summary>
internal sealed class Literal(int line, Value value) : Expression(line)
{
    public Value Value => value;

    protected override Value Compute(Scope scope) => value;
}

/// <summary>A name.</summary>
internal sealed class Variable(int line, string name) : Expression(line)
{
    public string Name => name;

    protected override Value Compute(Scope scope) => scope.Find(name) ?? new UndefinedValue($"'{name}' is not defined");
}

/// <summary><c>[a, b]</c> or <c>(a, b)</c>.</summary>
internal sealed class SequenceLiteral(int line, IReadOnlyList<Expression> items, ListKind kind) : Expression(line)
{
    public IReadOnlyList<Expression> Items => items;

    protected override Value Compute(Scope scope) => new ListValue([.. items.Select(item => item.Evaluate(scope))], kind);
}

/// <summary><c>{"key": value}</c>.</summary>
internal sealed class MappingLiteral(int line, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(line)
{
    protected override Value Compute(Scope scope)
    {
        var mapping = new MappingValue();
        foreach ((Expression key, Expression value) in entries)
        {
            mapping.Set(key.Evaluate(scope), value.Evaluate(scope));
        }

        return mapping;
    }
}

/// <summary><c>target.name</c>.</summary>
internal sealed class AttributeOf(int line, Expression target, string name) : Expression(line)
{
    protected override Value Compute(Scope scope) => Members.Attribute(target.Evaluate(scope), name);
}

/// <summary><c>target[key]</c>.</summary>
internal sealed class ItemOf(int line, Expression target, Expression key) : Expression(line)
{
    protected override Value Compute(Scope scope) => Members.Item(target.Evaluate(scope), key.Evaluate(scope));
}

/// <summary><c>target[from:to:step]</c>.</summary>
internal sealed class SliceOf(int line, Expression target, Expression? from, Expression? to, Expression? step) : Expression(line)
{
    protected override Value Compute(Scope scope) =>
        Members.Slice(scope.Rendering, target.Evaluate(scope), from?.Evaluate(scope), to?.Evaluate(scope), step?.Evaluate(scope));
}

/// <summary>What stands between the parentheses of a call.</summary>
internal sealed record Arguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Named, Expression? Rest = null, Expression? NamedRest = null)
{
    public static Arguments None { get; } = new([], []);

    /// <summary>The values, after those that come before them.</summary>
    public CallArguments Evaluate(Scope scope, params ReadOnlySpan<Value> before)
    {
        List<Value> positional = [.. before];
        foreach (Expression argument in Positional)
        {
            positional.Add(argument.Evaluate(scope));
        }

        if (Rest is not null)
        {
            positional.AddRange(Operators.Items(scope.Rendering, Rest.Evaluate(scope)));
        }

        List<KeyValuePair<string, Value>> named = [.. Named.Select(argument => KeyValuePair.Create(argument.Key, argument.Value.Evaluate(scope)))];
        if (NamedRest?.Evaluate(scope) is MappingValue mapping)
        {
            named.AddRange(mapping.Entries.Select(entry => KeyValuePair.Create(Library.Text(entry.Key, "the name of an argument"), entry.Value)));
        }

        return new CallArguments(positional, named);
    }
}

/// <summary><c>callee(arguments)</c>.</summary>
internal sealed class Call(int line, Expression callee, Arguments arguments) : Expression(line)
{
    public Value Invoke(Scope scope, params ReadOnlySpan<KeyValuePair<string, Value>> extra)
    {
        Value function = callee.Evaluate(scope);
        CallArguments given = arguments.Evaluate(scope);
        return function switch
        {
            CallableValue callable => callable.Call(scope.Rendering, given with { Named = [.. given.Named, .. extra] }),
            UndefinedValue undefined => throw undefined.Error,
            _ => throw new TemplateException($"a {function.TypeName} cannot be called"),
        };
    }

    protected override Value Compute(Scope scope) => Invoke(scope);
}

/// <summary><c>input | name(arguments)</c>.</summary>
internal sealed class FilterCall(int line, Expression input, string name, Arguments arguments) : Expression(line)
{
    public static Value Apply(Scope scope, string name, Value input, Arguments arguments) => Filters.All.TryGetValue(name, out Function? filter)
        ? filter.Call(scope.Rendering, arguments.Evaluate(scope, input))
        : throw new TemplateException($"there is no filter '{name}'");

    protected override Value Compute(Scope scope) => Apply(scope, name, input.Evaluate(scope), arguments);
}

/// <summary><c>input is name(arguments)</c>.</summary>
internal sealed class TestCall(int line, Expression input, string name, Arguments arguments, bool negated) : Expression(line)
{
    protected override Value Compute(Scope scope) => Tests.All.TryGetValue(name, out Function? test)
        ? BooleanValue.Of(test.Call(scope.Rendering, arguments.Evaluate(scope, input.Evaluate(scope))).IsTrue != negated)
        : throw new TemplateException($"there is no test '{name}'");
}

/// <summary><c>not a</c>, <c>-a</c> and <c>+a</c>.</summary>
internal sealed class Unary(int line, string symbol, Expression operand) : Expression(line)
{
    protected override Value Compute(Scope scope)
    {
        Value value = operand.Evaluate(scope);
        return symbol switch
        {
            "not" => BooleanValue.Of(!value.IsTrue),
            "-" => Operators.Negate(value),
            _ => Operators.Negate(Operators.Negate(value)),
        };
    }
}

/// <summary>An operator between two values.</summary>
internal sealed class Binary(int line, string symbol, Expression left, Expression right) : Expression(line)
{
    protected override Value Compute(Scope scope)
    {
        Value a = left.Evaluate(scope);
        if (symbol == "and" ? !a.IsTrue : symbol == "or" && a.IsTrue)
        {
            return a;
        }

        Value b = right.Evaluate(scope);
        return symbol switch
        {
            "and" or "or" => b,
            "+" => Operators.Add(scope.Rendering, a, b),
            "-" => Operators.Subtract(a, b),
            "*" => Operators.Multiply(scope.Rendering, a, b),
            "/" => Operators.Divide(a, b),
            "//" => Operators.FloorDivide(a, b),
            "%" => Operators.Remainder(scope.Rendering, a, b),
            _ => Operators.Power(a, b),
        };
    }
}

/// <summary><c>a ~ b ~ c</c>: everything as text.</summary>
internal sealed class Concatenation(int line, IReadOnlyList<Expression> parts) : Expression(line)
{
    protected override Value Compute(Scope scope) =>
        Operators.Join(scope.Rendering, [.. parts.Select(part => Printing.ToText(scope.Rendering, part.Evaluate(scope)))]);
}

/// <summary><c>a &lt; b &lt;= c</c>, <c>a in b</c>.</summary>
internal sealed class Comparison(int line, Expression first, IReadOnlyList<(string Symbol, Expression Operand)> rest) : Expression(line)
{
    protected override Value Compute(Scope scope)
    {
        Rendering rendering = scope.Rendering;
        Value left = first.Evaluate(scope);
        foreach ((string symbol, Expression operand) in rest)
        {
            Value right = operand.Evaluate(scope);
            bool holds = symbol switch
            {
                "==" => Operators.Equal(rendering, left, right),
                "!=" => !Operators.Equal(rendering, left, right),
                "in" => Operators.Contains(rendering, right, left),
                "not in" => !Operators.Contains(rendering, right, left),
                "<" => Operators.Compare(rendering, symbol, left, right) < 0,
                "<=" => Operators.Compare(rendering, symbol, left, right) <= 0,
                ">" => Operators.Compare(rendering, symbol, left, right) > 0,
                _ => Operators.Compare(rendering, symbol, left, right) >= 0,
            };
            if (!holds)
            {
                return BooleanValue.False;
            }

            left = right;
        }

        return BooleanValue.True;
    }
}

/// <summary><c>value if condition else otherwise</c>.</summary>
internal sealed class Conditional(int line, Expression condition, Expression value, Expression? otherwise) : Expression(line)
{
    protected override Value Compute(Scope scope) => condition.Evaluate(scope).IsTrue
        ? value.Evaluate(scope)
        : otherwise?.Evaluate(scope) ?? new UndefinedValue("the condition does not hold, and there is no else");
}
