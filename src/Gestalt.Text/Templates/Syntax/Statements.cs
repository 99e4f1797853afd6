namespace Gestalt.Text.Templates;

/// <summary>Where to go on after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>Something that is done.</summary>
internal abstract class Statement(int line)
{
    /// <summary>Does it.</summary>
    public Flow Execute(Scope scope, TracedBuilder output)
    {
        int outer = scope.Rendering.Enter(line);
        Flow flow = Run(scope, output);
        scope.Rendering.Leave(outer);
        return flow;
    }

    /// <summary>Does several, one after the other.</summary>
    public static Flow ExecuteAll(IReadOnlyList<Statement> statements, Scope scope, TracedBuilder output)
    {
        foreach (Statement statement in statements)
        {
            if (statement.Execute(scope, output) is var flow && flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    /// <summary>What several print, under names of their own.</summary>
    protected static TracedText Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var output = new TracedBuilder();
        ExecuteAll(body, scope, output);
        return output.ToText();
    }

    protected abstract Flow Run(Scope scope, TracedBuilder output);
}

/// <summary>Text between the tags.</summary>
internal sealed class Data(int line, string text) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        scope.Rendering.SpendText(text.Length);
        output.Append(text, authored: true);
        return Flow.Next;
    }
}

/// <summary><c>{{ value }}</c>.</summary>
internal sealed class Print(int line, Expression value) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        TracedText text = Printing.ToText(scope.Rendering, value.Evaluate(scope));
        scope.Rendering.SpendText(text.Length);
        output.Append(text);
        scope.Rendering.CheckLength(output.Length);
        return Flow.Next;
    }
}

/// <summary><c>{% if %}</c> with its branches; the condition of the last may be missing.</summary>
internal sealed class If(int line, IReadOnlyList<(Expression? Condition, IReadOnlyList<Statement> Body)> branches) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        foreach ((Expression? condition, IReadOnlyList<Statement> body) in branches)
        {
            if (condition?.Evaluate(scope).IsTrue ?? true)
            {
                return ExecuteAll(body, scope, output);
            }
        }

        return Flow.Next;
    }
}

/// <summary><c>{% for target in items if filter %}</c>.</summary>
internal sealed class For(
    int line, Target target, Expression items, Expression? filter, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        IReadOnlyList<Value> values = Operators.Items(scope.Rendering, items.Evaluate(scope));
        if (filter is not null)
        {
            values = [.. values.Where(value =>
            {
                var trial = new Scope(scope.Rendering, scope);
                target.Assign(trial, value);
                return filter.Evaluate(trial).IsTrue;
            })];
        }

        if (values.Count == 0)
        {
            return ExecuteAll(otherwise, new Scope(scope.Rendering, scope), output);
        }

        var loop = new LoopValue(values);
        for (; loop.Index < values.Count; loop.Index++)
        {
            scope.Rendering.Spend(1);
            var inner = new Scope(scope.Rendering, scope);
            inner.Set("loop", loop);
            target.Assign(inner, values[loop.Index]);
            if (ExecuteAll(body, inner, output) == Flow.Break)
            {
                break;
            }
        }

        return Flow.Next;
    }
}

/// <summary>What a value is given to: a name, several, or a member of a namespace.</summary>
internal sealed class Target(string name, string? member = null, IReadOnlyList<Target>? parts = null)
{
    public void Assign(Scope scope, Value value)
    {
        if (parts is not null)
        {
            IReadOnlyList<Value> values = Operators.Items(scope.Rendering, value);
            if (values.Count != parts.Count)
            {
                throw new TemplateException($"{values.Count} values cannot be given to {parts.Count} names");
            }

            for (int i = 0; i < parts.Count; i++)
            {
                parts[i].Assign(scope, values[i]);
            }
        }
        else if (member is null)
        {
            scope.Set(name, value);
        }
        else if (scope.Find(name) is NamespaceValue names)
        {
            names.Members[member] = value;
        }
        else
        {
            throw new TemplateException($"'{name}.{member}' cannot be set: '{name}' is not a namespace()");
        }
    }
}

/// <summary><c>{% set target = value %}</c>.</summary>
internal sealed class Set(int line, Target target, Expression value) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        target.Assign(scope, value.Evaluate(scope));
        return Flow.Next;
    }
}

/// <summary>A filter with its arguments, to be used on a block.</summary>
internal sealed record BlockFilter(string Name, Arguments Arguments);

/// <summary><c>{% set target %} ... {% endset %}</c>, <c>{% filter f %} ... {% endfilter %}</c>; without a target the text is printed.</summary>
internal sealed class Captured(int line, Target? target, IReadOnlyList<BlockFilter> filters, IReadOnlyList<Statement> body) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        Value text = Capture(body, new Scope(scope.Rendering, scope));
        foreach (BlockFilter filter in filters)
        {
            text = FilterCall.Apply(scope, filter.Name, text, filter.Arguments);
        }

        if (target is not null)
        {
            target.Assign(scope, text);
        }
        else
        {
            TracedText printed = Printing.ToText(scope.Rendering, text);
            scope.Rendering.SpendText(printed.Length);
            output.Append(printed);
        }

        return Flow.Next;
    }
}

/// <summary><c>{% with name = value %} ... {% endwith %}</c>, and any block that has names of its own.</summary>
internal sealed class With(int line, IReadOnlyList<(Target Target, Expression Value)> names, IReadOnlyList<Statement> body) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        var inner = new Scope(scope.Rendering, scope);
        foreach ((Target target, Expression value) in names)
        {
            target.Assign(inner, value.Evaluate(scope));
        }

        return ExecuteAll(body, inner, output);
    }
}

/// <summary><c>{% generation %} ... {% endgeneration %}</c>: what the assistant says, as Hugging Face's templates mark it for training.</summary>
internal sealed class Generation(int line, IReadOnlyList<Statement> body) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        var inner = new Scope(scope.Rendering, scope);
        if (!scope.Rendering.TracesAnswers)
        {
            return ExecuteAll(body, inner, output);
        }

        var answer = new TracedBuilder();
        Flow flow = ExecuteAll(body, inner, answer);
        output.Append(answer.ToText().Characters, authored: false);
        return flow;
    }
}

/// <summary><c>{% break %}</c> and <c>{% continue %}</c>.</summary>
internal sealed class Jump(int line, Flow flow) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output) => flow;
}

/// <summary><c>{% macro name(parameters) %} ... {% endmacro %}</c>.</summary>
internal sealed class MacroStatement(int line, string name, IReadOnlyList<(string Name, Expression? Default)> parameters, IReadOnlyList<Statement> body) : Statement(line)
{
    /// <summary>The macro as a function; it sees the names of the place where it stands.</summary>
    public MacroValue Bind(Scope scope) => new(name, parameters, body, scope);

    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        scope.Set(name, Bind(scope));
        return Flow.Next;
    }
}

/// <summary><c>{% call macro(arguments) %} ... {% endcall %}</c>: the macro prints the block where it calls <c>caller()</c>.</summary>
internal sealed class CallBlock(int line, Call call, MacroStatement block) : Statement(line)
{
    protected override Flow Run(Scope scope, TracedBuilder output)
    {
        TracedText text = Printing.ToText(scope.Rendering, call.Invoke(scope, KeyValuePair.Create<string, Value>("caller", block.Bind(scope))));
        scope.Rendering.SpendText(text.Length);
        output.Append(text);
        return Flow.Next;
    }
}

/// <summary>A macro as a function.</summary>
internal sealed class MacroValue(string name, IReadOnlyList<(string Name, Expression? Default)> parameters, IReadOnlyList<Statement> body, Scope home) : CallableValue(name)
{
    public override string TypeName => "Macro";

    public override Value Call(Rendering rendering, CallArguments arguments)
    {
        var scope = new Scope(rendering, home);
        var named = new MappingValue();
        foreach ((string key, Value value) in arguments.Named)
        {
            named.Set(key, value);
        }

        scope.Set("caller", named.Find("caller") ?? new UndefinedValue("this macro was not called with a block"));
        scope.Set("varargs", new ListValue([.. arguments.Positional.Skip(parameters.Count)], ListKind.Tuple));
        scope.Set("kwargs", named);
        for (int i = 0; i < parameters.Count; i++)
        {
            (string parameter, Expression? otherwise) = parameters[i];
            scope.Set(parameter, i < arguments.Positional.Count ? arguments.Positional[i]
                : named.Find(parameter) ?? otherwise?.Evaluate(scope) ?? new UndefinedValue($"the argument '{parameter}' of {Name}() was not given"));
        }

        var output = new TracedBuilder();
        Statement.ExecuteAll(body, scope, output);
        return output.ToText();
    }
}
