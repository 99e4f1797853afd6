using System.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>What a grammar's rule allows, as a tree. Parsers of GBNF and JSON Schema make it, <see cref="NfaBuilder"/> turns it into states.</summary>
internal abstract record Expression
{
    /// <summary>Nothing at all: the empty text.</summary>
    public static Expression Empty { get; } = new Literal([]);

    /// <summary>What can never be matched.</summary>
    public static Expression Impossible { get; } = new Choice([]);

    /// <summary>Exactly this text.</summary>
    public static Expression Text(string text) => new Literal(Encoding.UTF8.GetBytes(text));

    /// <summary>One after another.</summary>
    public static Expression Join(params Expression[] parts) => parts.Length == 1 ? parts[0] : new Sequence(parts);

    /// <summary>Any of these.</summary>
    public static Expression AnyOf(params Expression[] options) => options.Length == 1 ? options[0] : new Choice(options);

    /// <summary>One character out of a set written as the characters themselves.</summary>
    public static Expression OneOf(string characters) => new Characters(CodePointSet.OfText(characters));

    /// <summary>One character of a range.</summary>
    public static Expression Range(char first, char last) => new Characters(CodePointSet.Of((first, last)));

    public Expression Optional() => new Repeat(this, 0, 1);

    public Expression Many(int least = 0) => new Repeat(this, least, null);

    public Expression Times(int least, int? most) => new Repeat(this, least, most);
}

/// <summary>Exactly these bytes.</summary>
internal sealed record Literal(byte[] Bytes) : Expression;

/// <summary>One character out of a set, in UTF-8.</summary>
internal sealed record Characters(CodePointSet Set) : Expression;

/// <summary>All parts, one after another.</summary>
internal sealed record Sequence(Expression[] Parts) : Expression;

/// <summary>Any one of the options; none can be chosen where there is none.</summary>
internal sealed record Choice(Expression[] Options) : Expression;

/// <summary>The same several times.</summary>
/// <param name="Body">What is repeated.</param>
/// <param name="Least">At least so often.</param>
/// <param name="Most">At most so often; null for any number.</param>
internal sealed record Repeat(Expression Body, int Least, int? Most) : Expression;

/// <summary>What another rule allows.</summary>
/// <param name="Rule">That rule's number in the grammar.</param>
internal sealed record Call(int Rule) : Expression;

/// <summary>
/// Members in their order with a separator between those that are there, as the properties of an object whose optional ones may be left out. A tree would grow exponentially
/// here; as states it grows by one part for each member.
/// </summary>
internal sealed record MemberList(ListMember[] Members, Expression Separator) : Expression;

/// <summary>A member of a <see cref="MemberList"/>.</summary>
/// <param name="Body">What it looks like.</param>
/// <param name="IsRequired">Whether it may not be left out.</param>
internal readonly record struct ListMember(Expression Body, bool IsRequired);

/// <summary>What a finished automaton accepts, such as the intersection of two patterns.</summary>
internal sealed record Regular(Dfa Automaton) : Expression;
