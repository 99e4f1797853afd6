namespace Gestalt.Tasks.Tools;

/// <summary>A statement of a program.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record Statement(int Line);

/// <summary>An expression for its value.</summary>
internal sealed record ExpressionStatement(int Line, Expression Value) : Statement(Line);

/// <summary><c>a = b = value</c>, <c>x, y = value</c>, <c>a += value</c>.</summary>
internal sealed record AssignStatement(int Line, IReadOnlyList<Expression> Targets, string? Operator, Expression Value) : Statement(Line);

/// <summary><c>if</c> with its <c>elif</c> as nested ones.</summary>
internal sealed record IfStatement(int Line, Expression Condition, IReadOnlyList<Statement> Then, IReadOnlyList<Statement> Else) : Statement(Line);

/// <summary><c>while</c>.</summary>
internal sealed record WhileStatement(int Line, Expression Condition, IReadOnlyList<Statement> Body) : Statement(Line);

/// <summary><c>for</c>.</summary>
internal sealed record ForStatement(int Line, Expression Target, Expression Items, IReadOnlyList<Statement> Body) : Statement(Line);

/// <summary><c>def</c>.</summary>
internal sealed record DefineStatement(int Line, string Name, IReadOnlyList<string> Parameters, IReadOnlyList<Statement> Body) : Statement(Line);

/// <summary><c>return</c>.</summary>
internal sealed record ReturnStatement(int Line, Expression? Value) : Statement(Line);

/// <summary><c>break</c>, <c>continue</c> or <c>pass</c>.</summary>
internal sealed record JumpStatement(int Line, string Word) : Statement(Line);

/// <summary>An expression.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record Expression(int Line);

/// <summary>A number, text, truth value or None.</summary>
internal sealed record Literal(int Line, object? Value) : Expression(Line);

/// <summary>A variable.</summary>
internal sealed record NameExpression(int Line, string Name) : Expression(Line);

/// <summary><c>[a, b]</c> or <c>(a, b)</c>; both are lists here.</summary>
internal sealed record ListExpression(int Line, IReadOnlyList<Expression> Items) : Expression(Line);

/// <summary><c>[value for target in items if condition]</c>.</summary>
internal sealed record Comprehension(int Line, Expression Value, Expression Target, Expression Items, Expression? Condition) : Expression(Line);

/// <summary><c>-a</c> or <c>not a</c>.</summary>
internal sealed record UnaryExpression(int Line, string Operator, Expression Operand) : Expression(Line);

/// <summary><c>a + b</c> and the like.</summary>
internal sealed record BinaryExpression(int Line, string Operator, Expression Left, Expression Right) : Expression(Line);

/// <summary><c>a and b</c>, <c>a or b</c>.</summary>
internal sealed record LogicExpression(int Line, bool IsAnd, Expression Left, Expression Right) : Expression(Line);

/// <summary><c>a &lt; b &lt;= c</c>.</summary>
internal sealed record CompareExpression(int Line, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression(Line);

/// <summary><c>a if condition else b</c>.</summary>
internal sealed record ChoiceExpression(int Line, Expression Condition, Expression Then, Expression Else) : Expression(Line);

/// <summary><c>lambda a, b: value</c>.</summary>
internal sealed record LambdaExpression(int Line, IReadOnlyList<string> Parameters, Expression Value) : Expression(Line);

/// <summary><c>f(a, key=b)</c> or <c>x.f(a)</c>.</summary>
internal sealed record CallExpression(int Line, Expression Callee, IReadOnlyList<Expression> Arguments, IReadOnlyList<(string Name, Expression Value)> Named) : Expression(Line);

/// <summary><c>x.name</c>.</summary>
internal sealed record MemberExpression(int Line, Expression Owner, string Name) : Expression(Line);

/// <summary><c>x[i]</c>.</summary>
internal sealed record IndexExpression(int Line, Expression Owner, Expression Index) : Expression(Line);

/// <summary><c>x[a:b:c]</c>.</summary>
internal sealed record SliceExpression(int Line, Expression Owner, Expression? From, Expression? To, Expression? Step) : Expression(Line);
