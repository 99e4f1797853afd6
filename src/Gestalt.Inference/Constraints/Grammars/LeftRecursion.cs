namespace Gestalt.Inference.Constraints;

/// <summary>
/// Rules such as <c>sum ::= sum "+" term | term</c>, which call themselves before they have read anything, become repetitions: <c>sum ::= term ("+" term)*</c>, which allows the same. Only
/// a rule's direct calls of itself are rewritten; longer circles are found and refused when the automaton is built.
/// </summary>
internal static class LeftRecursion
{
    public static Expression Rewrite(Grammar grammar, int rule)
    {
        Expression body = grammar[rule];
        Expression[] options = body is Choice choice ? choice.Options : [body];
        if (!options.Any(option => RestBehind(option, rule) is not null))
            return body;
        Expression[] first = [.. options.Where(option => RestBehind(option, rule) is null)];
        Expression[] further = [.. options.Select(option => RestBehind(option, rule)).OfType<Expression>()];
        return first.Length == 0
            ? throw new ConstraintException(grammar.NameOf(rule), "each alternative of this rule begins with the rule itself, so it has no beginning. Add an alternative that does not.")
            : Expression.Join(Expression.AnyOf(first), Expression.AnyOf(further).Many());
    }

    // What follows the rule itself at the beginning of an alternative; null if it does not begin so.
    private static Expression? RestBehind(Expression option, int rule) => option switch
    {
        Call call when call.Rule == rule => Expression.Empty,
        Sequence { Parts: [Call call, .. var rest] } when call.Rule == rule => Expression.Join(rest),
        _ => null,
    };
}
