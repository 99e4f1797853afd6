namespace Gestalt.Text.Templates;

/// <summary>What a token of a template is.</summary>
internal enum TokenType
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A token of a template.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Text">Its characters; of a text literal those that it stands for.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal readonly record struct TemplateToken(TokenType Type, string Text, int Line)
{
    public bool Is(TokenType type, string text) => Type == type && Text == text;

    public bool IsOperator(string text) => Is(TokenType.Operator, text);

    public bool IsName(string text) => Is(TokenType.Name, text);

    /// <summary>For error messages.</summary>
    public override string ToString() => Type switch
    {
        TokenType.End => "the end of the template",
        TokenType.BlockEnd => "'%}'",
        TokenType.VariableEnd => "'}}'",
        TokenType.Data => "text",
        _ => $"'{(Text.Length <= 40 ? Text : Text[..40] + "…")}'",
    };
}
