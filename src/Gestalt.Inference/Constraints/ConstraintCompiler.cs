using System.Runtime.CompilerServices;
using Gestalt.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// Compiles grammars, JSON and JSON Schemas into masks over a vocabulary. What depends on the vocabulary alone is prepared once for each tokenizer and shared by all compilers; one compiler
/// may be used by any number of threads.
/// </summary>
/// <example>
/// <code>
/// var compiler = new ConstraintCompiler(tokenizer);
/// CompiledConstraint yesOrNo = compiler.Gbnf("root ::= \"yes\" | \"no\"");
/// </code>
/// </example>
public sealed class ConstraintCompiler
{
    private static readonly ConditionalWeakTable<Tokenizer, TokenVocabulary> Known = [];

    private readonly TokenVocabulary _vocabulary;

    /// <summary>A compiler for a tokenizer whose sequences end with the token between documents or the one that closes a message, as far as it has them.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    public ConstraintCompiler(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _vocabulary = Known.GetValue(tokenizer, static made => new TokenVocabulary(made, UsualEnds(made)));
    }

    /// <summary>A compiler for a tokenizer and other ends.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="endIds">The tokens that end a sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ConstraintCompiler(Tokenizer tokenizer, IEnumerable<int> endIds)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] ends = [.. endIds];
        TokenVocabulary usual = Known.GetValue(tokenizer, static made => new TokenVocabulary(made, UsualEnds(made)));
        _vocabulary = new HashSet<int>(ends).SetEquals(usual.Ends.ToArray()) ? usual : new TokenVocabulary(tokenizer, ends);
    }

    internal ConstraintCompiler(TokenVocabulary vocabulary) => _vocabulary = vocabulary;

    /// <summary>Compiles a grammar in GBNF, llama.cpp's notation.</summary>
    /// <param name="grammar">The grammar; a text is what its rule <c>root</c> allows.</param>
    /// <exception cref="ConstraintException">It is no grammar, or none that can be followed; the message says where and why.</exception>
    public CompiledConstraint Gbnf(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        return Compile(GbnfParser.Parse(grammar), "the grammar");
    }

    internal CompiledConstraint Compile(Grammar grammar, string place) => new(AutomatonBuilder.Build(grammar, new Budget(place)), _vocabulary);

    private static IEnumerable<int> UsualEnds(Tokenizer tokenizer)
    {
        if (tokenizer.Special.HasEndOfText)
            yield return tokenizer.Special.EndOfText;
        if (tokenizer.Special.HasMessages)
            yield return tokenizer.Special.MessageEnd;
    }
}
