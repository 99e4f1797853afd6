namespace Gestalt.Inference.Constraints;

/// <summary>The rules of JSON (RFC 8259) that grammars share; each is made when it is first asked for.</summary>
internal sealed class JsonRules
{
    private readonly Grammar _grammar;
    private readonly JsonWhitespace _whitespace;
    private Call? _text;
    private Call? _number;
    private Call? _integer;
    private Call? _value;

    public JsonRules(Grammar grammar, JsonWhitespace whitespace)
    {
        _grammar = grammar;
        _whitespace = whitespace;
        Space = whitespace switch
        {
            JsonWhitespace.None => Expression.Empty,
            // A rule of its own: put in place, its 40 states would be most of a schema's.
            JsonWhitespace.Short => grammar.Define("white space", Expression.AnyOf(Expression.Empty, Expression.Text(" "), Expression.Join(Expression.Text("\n"), Expression.OneOf(" \t").Times(0, 40)))),
            _ => Expression.OneOf(" \t\r\n").Many(),
        };
        Comma = Expression.Join(Space, Expression.Text(","), Space);
        Colon = Expression.Join(Space, Expression.Text(":"), Space);
    }

    /// <summary>White space between parts.</summary>
    public Expression Space { get; }

    /// <summary>What stands between elements.</summary>
    public Expression Comma { get; }

    /// <summary>What stands between a name and its value.</summary>
    public Expression Colon { get; }

    /// <summary>Any string in any spelling.</summary>
    public Call Text => _text ??= _grammar.Define("any string", Quote(Expression.AnyOf(new Characters(JsonText.Plain), Expression.Join(Expression.Text("\\"), Expression.AnyOf(
        Expression.OneOf("\"\\/bfnrt"), Expression.Join(Expression.Text("u"), HexDigit.Times(4, 4))))).Many()));

    /// <summary>Any number in any spelling.</summary>
    public Call Number => _number ??= _grammar.Define("any number", Expression.Join(Expression.Text("-").Optional(), NumberLanguage.Whole,
        NumberLanguage.Fraction.Optional(), Expression.Join(Expression.OneOf("eE"), Expression.OneOf("+-").Optional(), NumberLanguage.Digit.Many(1)).Optional()));

    /// <summary>Any whole number, written without fraction and exponent.</summary>
    public Call Integer => _integer ??= _grammar.Define("any integer", Expression.AnyOf(NumberLanguage.Whole, Expression.Join(Expression.Text("-"), NumberLanguage.Positive)));

    /// <summary>Any value.</summary>
    public Call Value => _value ?? DefineValue();

    /// <summary>Any object.</summary>
    public Expression AnyObject => Object(new MemberList([new ListMember(SeveralOf(Member(Text, Value), 1, null), false)], Comma));

    /// <summary>Any array.</summary>
    public Expression AnyArray => Array(SeveralOf(Value, 1, null).Optional());

    private static Expression HexDigit { get; } = new Characters(CodePointSet.Of(('0', '9'), ('a', 'f'), ('A', 'F')));

    /// <summary>What a text is that consists of one value.</summary>
    public Expression Document(Expression value) => _whitespace == JsonWhitespace.Any ? Expression.Join(Space, value, Space) : value;

    /// <summary>An expression between quotes.</summary>
    public static Expression Quote(Expression content) => Expression.Join(Expression.Text("\""), content, Expression.Text("\""));

    /// <summary>A name and its value.</summary>
    public Expression Member(Expression name, Expression value) => Expression.Join(name, Colon, value);

    /// <summary>An object of given members.</summary>
    public Expression Object(Expression members) => Expression.Join(Expression.Text("{"), Space, members, Space, Expression.Text("}"));

    /// <summary>An array of given elements.</summary>
    public Expression Array(Expression elements) => Expression.Join(Expression.Text("["), Space, elements, Space, Expression.Text("]"));

    /// <summary>The same several times with commas between.</summary>
    /// <param name="element">What is repeated.</param>
    /// <param name="least">How often at least, 1 or more.</param>
    /// <param name="most">How often at most; null for any number.</param>
    public Expression SeveralOf(Expression element, int least, int? most) => Expression.Join(element, Expression.Join(Comma, element).Times(least - 1, most - 1));

    private Call DefineValue()
    {
        int rule = _grammar.Declare("any value");
        _value = new Call(rule);
        _grammar[rule] = Expression.AnyOf(
            _grammar.Define("any object", AnyObject), _grammar.Define("any array", AnyArray), Text, Number, Expression.Text("true"), Expression.Text("false"), Expression.Text("null"));
        return _value;
    }
}
