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

    /// <summary>Compiles JSON: any one value.</summary>
    /// <param name="whitespace">The white space that may be written.</param>
    /// <param name="thinking">What the model may think before; null for nothing.</param>
    public CompiledConstraint Json(JsonWhitespace whitespace = JsonWhitespace.Short, Thinking? thinking = null) => Compile(AnswerGrammar.Json(whitespace, thinking), "JSON");

    /// <summary>Compiles a JSON Schema of draft 2020-12, as far as a grammar can hold to it.</summary>
    /// <remarks>
    /// Supported are <c>type</c>, <c>enum</c>, <c>const</c>, <c>anyOf</c>, <c>allOf</c>, <c>oneOf</c> whose options are seen to exclude each other, <c>$ref</c> within the document, recursion included, all keywords of objects and
    /// arrays but those that count matches or remember elements, lengths, patterns and formats of strings, bounds of numbers, and multiples of whole numbers and of 0.1, 0.01 and so on.
    /// Notes such as <c>title</c> are passed over; any other keyword is refused with its place. Properties come in the order in which the schema lists them.
    /// </remarks>
    /// <param name="schema">The schema as JSON.</param>
    /// <param name="options">White space, and whether objects are closed.</param>
    /// <param name="thinking">What the model may think before; null for nothing.</param>
    /// <exception cref="ConstraintException">It is no schema, or says what cannot be held to, or nothing satisfies it; the message names the place as a JSON pointer.</exception>
    public CompiledConstraint JsonSchema(string schema, JsonSchemaOptions? options = null, Thinking? thinking = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Compile(AnswerGrammar.Schema(schema, options ?? new JsonSchemaOptions(), thinking), "the schema");
    }

    /// <summary>Compiles an answer that is one call of one of several tools, with arguments that are valid for it.</summary>
    /// <param name="tools">The tools, at least one.</param>
    /// <param name="form">How the call is written.</param>
    /// <param name="thinking">What the model may think before; null for nothing.</param>
    /// <exception cref="ConstraintException">A tool's schema says what cannot be held to, or nothing satisfies it; the message names the tool and the place as a JSON pointer.</exception>
    public CompiledConstraint ToolCall(IReadOnlyCollection<ToolSignature> tools, ToolCallForm form, Thinking? thinking = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentOutOfRangeException.ThrowIfZero(tools.Count);
        return Compile(AnswerGrammar.ToolCall(tools, form, thinking), "the call");
    }

    /// <summary>The tokens that end a sequence unless others are given: the one between documents and the one that closes a message, as far as a vocabulary has them.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    public static IEnumerable<int> UsualEnds(Tokenizer tokenizer)
    {
        if (tokenizer.Special.HasEndOfText)
            yield return tokenizer.Special.EndOfText;
        if (tokenizer.Special.HasMessages)
            yield return tokenizer.Special.MessageEnd;
    }

    internal CompiledConstraint Compile(Grammar grammar, string place) => new(AutomatonBuilder.Build(grammar, new Budget(place)), _vocabulary);
}
