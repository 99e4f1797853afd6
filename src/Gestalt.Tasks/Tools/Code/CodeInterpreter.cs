using System.Runtime.CompilerServices;
using System.Text;

namespace Gestalt.Tasks.Tools;

/// <summary>
/// Runs a program by walking its tree. Values are <see cref="Rational"/>, text, truth value, list, <see cref="DateOnly"/>, <see cref="CodeFunction"/> and null for None.
/// </summary>
internal sealed class CodeInterpreter
{
    private readonly Dictionary<string, object?> _globals = new(StringComparer.Ordinal);
    private readonly StringBuilder _printed = new();
    private Dictionary<string, object?> _names;
    private int _steps, _made, _depth, _line = 1;

    /// <summary>How a block of statements ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
        Return,
    }

    private object? _returned;

    /// <summary>A program that has not begun.</summary>
    public CodeInterpreter() => _names = _globals;

    /// <summary>The line that is being run, for refusals.</summary>
    public int Line => _line;

    /// <summary>Runs a program and says what came of it.</summary>
    public string Run(IReadOnlyList<Statement> program)
    {
        object? last = null;
        bool hasLast = false;
        foreach (Statement statement in program)
        {
            hasLast = statement is ExpressionStatement;
            if (statement is ExpressionStatement expression)
            {
                last = Evaluate(expression.Value);
            }
            else if (Execute(statement) != Flow.Next)
            {
                throw Problem("'return', 'break' and 'continue' stand inside functions and loops only");
            }
        }

        string value = hasLast && last is not null ? CodeValues.Text(last, this) : "";
        string answer = _printed.Append(value).ToString().TrimEnd('\n');
        return answer.Length == 0 ? "The program ends without a value; let its last line be an expression, or print something."
            : answer.Length <= CodeLimits.AnswerCharacters ? answer
            : $"{answer[..CodeLimits.AnswerCharacters]}… (cut here: {answer.Length} characters)";
    }

    /// <summary>Counts work.</summary>
    public void Spend(int steps = 1)
    {
        if ((_steps += steps) > CodeLimits.Steps || _steps < 0)
        {
            throw Problem($"the program takes more than {CodeLimits.Steps} steps and was stopped");
        }
    }

    /// <summary>Counts what is made, and refuses what is too long.</summary>
    public void Make(long length)
    {
        if (length > CodeLimits.Length)
        {
            throw Problem($"a text or list of {length} would be made; up to {CodeLimits.Length} are possible");
        }

        if ((_made += (int)length) > CodeLimits.Made)
        {
            throw Problem($"the program makes more than {CodeLimits.Made} characters and items and was stopped");
        }

        Spend(1 + (int)(length / 16));
    }

    /// <summary>A refusal that names the line.</summary>
    public ToolException Problem(string what) => new($"Line {_line}: {what}.");

    /// <summary>Prints a line.</summary>
    public void Print(string line)
    {
        Make(line.Length);
        if (_printed.Length + line.Length > CodeLimits.Length)
        {
            throw Problem($"the program prints more than {CodeLimits.Length} characters and was stopped");
        }

        _printed.Append(line).Append('\n');
    }

    /// <summary>Calls a function of the program.</summary>
    public object? Call(CodeFunction function, IReadOnlyList<object?> arguments)
    {
        if (arguments.Count != function.Parameters.Count)
        {
            throw Problem($"{function.Name} takes {function.Parameters.Count} values and was given {arguments.Count}");
        }

        Dictionary<string, object?> before = _names;
        _names = new Dictionary<string, object?>(function.Names, StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i++)
        {
            _names[function.Parameters[i]] = arguments[i];
        }

        Make(_names.Count);
        try
        {
            if (function.Value is { } value)
            {
                return Evaluate(value);
            }

            object? result = Execute(function.Body) == Flow.Return ? _returned : null;
            _returned = null;
            return result;
        }
        finally
        {
            _names = before;
        }
    }

    private Flow Execute(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Flow flow = Execute(statement);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement)
    {
        Enter(statement.Line);
        try
        {
            switch (statement)
            {
                case ExpressionStatement expression:
                    Evaluate(expression.Value);
                    return Flow.Next;
                case AssignStatement assign:
                    Assign(assign);
                    return Flow.Next;
                case IfStatement choice:
                    return Execute(CodeValues.IsTrue(Evaluate(choice.Condition)) ? choice.Then : choice.Else);
                case WhileStatement loop:
                    while (CodeValues.IsTrue(Evaluate(loop.Condition)))
                    {
                        if (Execute(loop.Body) is var flow and (Flow.Break or Flow.Return))
                        {
                            return flow == Flow.Return ? flow : Flow.Next;
                        }
                    }

                    return Flow.Next;
                case ForStatement loop:
                    return For(loop);
                case DefineStatement define:
                    _names[define.Name] = new CodeFunction(define.Name, define.Parameters, define.Body, null, Seen());
                    return Flow.Next;
                case ReturnStatement back:
                    _returned = back.Value is null ? null : Evaluate(back.Value);
                    return Flow.Return;
                case JumpStatement jump:
                    return jump.Word switch { "break" => Flow.Break, "continue" => Flow.Continue, _ => Flow.Next };
                default:
                    throw new InvalidOperationException($"unknown statement {statement.GetType().Name}");
            }
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>What a function sees besides globals: the names around it, as they are when it is made.</summary>
    private Dictionary<string, object?> Seen()
    {
        if (ReferenceEquals(_names, _globals))
        {
            return [];
        }

        Make(_names.Count);
        return new Dictionary<string, object?>(_names, StringComparer.Ordinal);
    }

    private Flow For(ForStatement loop)
    {
        foreach (object? item in CodeValues.Items(Evaluate(loop.Items), this).ToArray())
        {
            Spend();
            Store(loop.Target, item);
            if (Execute(loop.Body) is var flow and (Flow.Break or Flow.Return))
            {
                return flow == Flow.Return ? flow : Flow.Next;
            }
        }

        return Flow.Next;
    }

    private void Assign(AssignStatement assign)
    {
        object? value = Evaluate(assign.Value);
        if (assign.Operator is { } sign)
        {
            value = CodeValues.Binary(sign, Evaluate(assign.Targets[0]), value, this);
        }

        foreach (Expression target in assign.Targets)
        {
            Store(target, value);
        }
    }

    private void Store(Expression target, object? value)
    {
        switch (target)
        {
            case NameExpression name:
                _names[name.Name] = value;
                break;
            case IndexExpression index:
                List<object?> list = Evaluate(index.Owner) as List<object?> ?? throw Problem("only items of lists can be assigned to");
                list[CodeValues.Index(Evaluate(index.Index), list.Count, this)] = value;
                break;
            case ListExpression several:
                object?[] items = [.. CodeValues.Items(value, this)];
                if (items.Length != several.Items.Count)
                {
                    throw Problem($"{several.Items.Count} names are given {items.Length} values");
                }

                for (int i = 0; i < items.Length; i++)
                {
                    Store(several.Items[i], items[i]);
                }

                break;
        }
    }

    private object? Evaluate(Expression expression)
    {
        Enter(expression.Line);
        try
        {
            return expression switch
            {
                Literal literal => literal.Value,
                NameExpression name => Named(name.Name),
                ListExpression list => ListOf(list.Items.Select(Evaluate)),
                Comprehension comprehension => Comprehend(comprehension),
                UnaryExpression { Operator: "not" } unary => !CodeValues.IsTrue(Evaluate(unary.Operand)),
                UnaryExpression unary => CodeValues.Number(Evaluate(unary.Operand), this) is var number && unary.Operator == "-" ? -number : number,
                BinaryExpression binary => CodeValues.Binary(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right), this),
                LogicExpression logic => Evaluate(logic.Left) is var left && CodeValues.IsTrue(left) == logic.IsAnd ? Evaluate(logic.Right) : left,
                CompareExpression compare => Compare(compare),
                ChoiceExpression choice => Evaluate(CodeValues.IsTrue(Evaluate(choice.Condition)) ? choice.Then : choice.Else),
                LambdaExpression lambda => new CodeFunction("this lambda", lambda.Parameters, [], lambda.Value, Seen()),
                CallExpression call => Call(call),
                IndexExpression index => CodeValues.Item(Evaluate(index.Owner), Evaluate(index.Index), this),
                SliceExpression slice => CodeValues.Slice(Evaluate(slice.Owner), Bound(slice.From), Bound(slice.To), Bound(slice.Step), this),
                MemberExpression member => throw Problem($"'.{member.Name}' must be called, with brackets"),
                _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}"),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private object? Bound(Expression? bound) => bound is null ? null : Evaluate(bound);

    private object? Named(string name) => _names.TryGetValue(name, out object? value) || _globals.TryGetValue(name, out value) ? value
        : CodeLibrary.IsFunction(name) ? new CodeBuiltIn(name)
        : throw Problem($"nothing is called '{(name.Length > 30 ? name[..30] + "…" : name)}'; known are {CodeLibrary.FunctionNames} and what the program defines");

    private List<object?> ListOf(IEnumerable<object?> items)
    {
        var list = new List<object?>();
        foreach (object? item in items)
        {
            if (list.Count >= CodeLimits.Length)
            {
                throw Problem($"a list of more than {CodeLimits.Length} items would be made");
            }

            list.Add(item);
        }

        Make(list.Count);
        return list;
    }

    private List<object?> Comprehend(Comprehension comprehension)
    {
        object?[] items = [.. CodeValues.Items(Evaluate(comprehension.Items), this)];
        Dictionary<string, object?> before = _names;
        Make(before.Count);
        _names = new Dictionary<string, object?>(before, StringComparer.Ordinal);
        try
        {
            return ListOf(Values());
        }
        finally
        {
            _names = before;
        }

        IEnumerable<object?> Values()
        {
            foreach (object? item in items)
            {
                Spend();
                Store(comprehension.Target, item);
                if (comprehension.Condition is null || CodeValues.IsTrue(Evaluate(comprehension.Condition)))
                {
                    yield return Evaluate(comprehension.Value);
                }
            }
        }
    }

    private bool Compare(CompareExpression compare)
    {
        object? left = Evaluate(compare.First);
        foreach ((string sign, Expression operand) in compare.Rest)
        {
            object? right = Evaluate(operand);
            if (!CodeValues.Compare(sign, left, right, this))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? Call(CallExpression call)
    {
        object? owner = call.Callee is MemberExpression of ? Evaluate(of.Owner) : null;
        object? function = call.Callee is MemberExpression ? null : Evaluate(call.Callee);
        object?[] arguments = [.. call.Arguments.Select(Evaluate)];
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string name, Expression value) in call.Named)
        {
            named[name] = Evaluate(value);
        }

        _line = call.Line;
        return call.Callee is MemberExpression member ? CodeLibrary.CallMethod(owner, member.Name, arguments, named, this) : Invoke(function, arguments, named);
    }

    /// <summary>Calls whatever can be called.</summary>
    public object? Invoke(object? function, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?>? named = null) => function switch
    {
        CodeBuiltIn builtIn => CodeLibrary.Call(builtIn.Name, arguments, named ?? new Dictionary<string, object?>(), this),
        CodeFunction own => named is { Count: > 0 } ? throw Problem($"{own.Name} takes its values in order, without names") : Call(own, arguments),
        _ => throw Problem($"{CodeValues.KindOf(function)} cannot be called"),
    };

    private void Enter(int line)
    {
        _line = line;
        Spend();
        if (++_depth > CodeLimits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Problem($"calls and expressions are nested more than {CodeLimits.Depth} deep");
        }
    }
}

/// <summary>A function of a program.</summary>
internal sealed record CodeFunction(string Name, IReadOnlyList<string> Parameters, IReadOnlyList<Statement> Body, Expression? Value, IReadOnlyDictionary<string, object?> Names);

/// <summary>A function of the language.</summary>
internal sealed record CodeBuiltIn(string Name);
