using System.Text;
using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Constraints;

public sealed class GbnfTests
{
    private const string Arithmetic = """
        root  ::= (expr "=" ws term "\n")+
        expr  ::= term ([-+*/] term)*
        term  ::= ident | num | "(" ws expr ")" ws
        ident ::= [a-z] [a-z0-9_]* ws
        num   ::= [0-9]+ ws
        ws    ::= [ \t\n]*
        """;

    private const string Json = """
        root   ::= object
        value  ::= object | array | string | number | ("true" | "false" | "null") ws
        object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
        ws ::= | " " | "\n" [ \t]{0,20}
        """;

    private const string Chess = """
        # Moves in algebraic notation, numbered.
        root   ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")+
        move   ::= (pawn | nonpawn | castle) [+#]?
        nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
        pawn   ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
        castle ::= "O-O" "-O"?
        """;

    public static TheoryData<string, string, string[], string[]> Grammars => new()
    {
        { "arithmetic", Arithmetic, ["1+2=3\n", "(a +b) *c1_ = 7\nx=y\n"], ["", "1+2=3", "1+=3\n", "((1)=2\n"] },
        { "json", Json, ["{}", """{"a": [1, -2.5e3, "x\né"], "b": {"c": null}}""", "{\"\\u00e9\":\"東京🌙\"}"], ["[]", "{", """{"a" 1}""", """{"a": 01x}""", "{\"a\": \"\x01\"}"] },
        { "chess", Chess, ["1. e4 e5\n2. Nf3 Nc6\n", "1. d4 O-O-O+\n12. exd8=Q# Qa1xb2\n"], ["1. e4 e5\n", "1. e9 e5\n2. e4 e5\n"] },
        { "japanese", "root ::= [ぁ-ん]+ (\"、\" | [一-鿿]{1,2})* \"。\"?", ["あ", "ぁん東京、。", "か、、"], ["東", "あa", "あ。。"] },
        { "any character", "root ::= . . \"é\"", ["ab\u00E9", "🌙\n\u00E9"], ["a\u00E9", "abc"] },
        { "escapes", """root ::= "\x41\u00E9\U0001F319" [\x5B\]\\\-^a-c-]+""", ["AÉ🌙a".Replace('É', 'é'), "Aé🌙[]\\-^c-"], ["Aé🌙", "Aé🌙d"] },
        { "right recursion", "root ::= \"a\" root | \"b\"", ["b", "aaaab"], ["a", "ba"] },
        { "left recursion", "root ::= root \"+\" t | root \"-\" t | t\nt ::= [0-9]", ["1", "1+2-3"], ["+", "1+", "12"] },
        { "nesting", "root ::= \"(\" root \")\" root | \"\"", ["", "()", "(()())()"], ["(", ")", "(()"] },
        { "palindromes", "root ::= \"a\" root \"a\" | \"b\" root \"b\" | \"c\"", ["c", "abcba", "aacaa"], ["ab", "abca"] },
        { "ambiguous", "root ::= s\ns ::= \"a\" s s | \"a\" | \"\"", ["", "a", "aaaaaaa"], ["b"] },
        { "counts", "root ::= \"x\"{2} \"y\"{1,} \"z\"{0,3} [0-9]{2,4}", ["xxy00", "xxyyyzzz1234"], ["xy00", "xxyzzzz00", "xxy1"] },
        { "empty in loops", "root ::= (\"a\"? \"b\"?)* (\"\" | \"c\"*)+ \"d\"", ["d", "abd", "bacd"], ["", "ca", "cad"] },
        { "empty rules", "root ::= e e x e\ne ::= \"-\"*\nx ::= e \"x\" | e \"y\" x e", ["x", "--x-", "y-x--"], ["-", "xy"] },
        { "longest of several", "root ::= (\"ab\" | \"abc\" | \"c\" | \"bcd\")* ", ["", "abc", "abcd".Replace("d", "ab"), "bcdabc"], ["a", "bd"] },
    };

    [Theory]
    [MemberData(nameof(Grammars))]
    public void Texts_are_told_apart(string name, string grammar, string[] right, string[] wrong)
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabularies.Pieces(new Random(1), 0)).Gbnf(grammar);
        foreach (string text in right)
            Assert.True(compiled.Matches(Encoding.UTF8.GetBytes(text)), $"{name} should allow: {text}");
        foreach (string text in wrong)
            Assert.False(compiled.Matches(Encoding.UTF8.GetBytes(text)), $"{name} should not allow: {text}");
    }

    [Theory]
    [MemberData(nameof(Grammars))]
    public void Masks_are_what_reading_every_token_byte_by_byte_gives(string name, string grammar, string[] right, string[] wrong)
    {
        var random = new Random(7);
        TokenVocabulary vocabulary = Vocabularies.Pieces(random, 300, [.. right, .. wrong]);
        CompiledConstraint compiled = new ConstraintCompiler(vocabulary).Gbnf(grammar);
        var start = new NaiveMatcher(GbnfParser.Parse(grammar));
        var mask = new uint[vocabulary.MaskLength];
        for (int walk = 0; walk < 4; walk++)
        {
            TokenConstraint constraint = compiled.Start();
            NaiveMatcher naive = start;
            for (int step = 0; step < (name == "ambiguous" ? 6 : 25); step++)
            {
                constraint.Mask(mask);
                Assert.Equal(naive.IsComplete, constraint.IsComplete);
                List<int> expected = [.. Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary.Bytes(id) is byte[] bytes ? !naive.Read(bytes).IsDead : vocabulary.IsEnd(id) && naive.IsComplete)];
                List<int> allowed = Vocabularies.Allowed(mask);
                Assert.True(expected.SequenceEqual(allowed), $"{name}, step {step}: expected {string.Join(' ', expected.Except(allowed))} besides, not {string.Join(' ', allowed.Except(expected))}");
                int[] longer = [.. allowed.Where(id => id >= 256 && !vocabulary.IsEnd(id))];
                int next = longer.Length > 0 && random.Next(4) > 0 ? longer[random.Next(longer.Length)] : allowed[random.Next(allowed.Count)];
                constraint.Accept(next);
                if (constraint.IsFinished)
                    break;
                naive = naive.Read(vocabulary.Bytes(next));
            }
        }
    }

    [Theory]
    [InlineData("", "no rule 'root'")]
    [InlineData("root", "'::=' is expected")]
    [InlineData("root ::= \"a", "line 1, column 10: this text has no closing")]
    [InlineData("root ::= [a-", "no closing ']'")]
    [InlineData("root ::= [z-a]", "runs backwards")]
    [InlineData("root ::= (\"a\"", "line 1, column 10: this group has no ')'")]
    [InlineData("root ::= \"a\")", "unexpected ')'")]
    [InlineData("root ::= \"a\" b\n", "line 1, column 14: there is no rule 'b'")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: the rule 'root' is defined twice")]
    [InlineData("root ::= \"\\q\"", "no escape '\\q'")]
    [InlineData("root ::= \"\\uD800\"", "U+D800 is no character")]
    [InlineData("root ::= \"\\xg0\"", "2 hexadecimal digits")]
    [InlineData("root ::= \"a\"{3,2}", "none")]
    [InlineData("root ::= \"a\"{99999999999}", "more than any repetition")]
    [InlineData("root ::= \"a\"{x}", "a number is expected")]
    [InlineData("root ::= *", "unexpected '*'")]
    [InlineData("root ::= <think>", "tokens in grammars")]
    [InlineData("root ::= root \"a\"", "has no beginning")]
    [InlineData("root ::= a\na ::= b \"x\"\nb ::= \"\" a | \"y\"", "calls itself before it has read anything (a → b → a)")]
    [InlineData("root ::= a\na ::= e a \"x\" | \"y\"\ne ::= \"z\"?", "calls itself before it has read anything")]
    [InlineData("root ::= \"a\" root", "no text at all")]
    [InlineData("root ::= [^\\x00-\\U0010FFFF]", "no text at all")]
    [InlineData("root ::= ((((\"a\"{999}){999}){999}){999})", "more than")]
    [InlineData("root ::= (((\"\"{99999}){99999}){99999}){99999}", "too long")]
    [InlineData("root ::= (\"a\" | \"b\")* \"a\" (\"a\" | \"b\"){30}", "")]
    public void Bad_grammars_are_refused_with_place_and_reason(string grammar, string expected)
    {
        ConstraintException problem = Assert.Throws<ConstraintException>(() => new ConstraintCompiler(Vocabularies.Pieces(new Random(1), 0)).Gbnf(grammar));
        Assert.Contains(expected, problem.Message);
    }

    [Fact]
    public void Groups_nested_without_end_are_refused()
    {
        string grammar = "root ::= " + new string('(', 100_000);
        Assert.Contains("nested", Assert.Throws<ConstraintException>(() => new ConstraintCompiler(Vocabularies.Pieces(new Random(1), 0)).Gbnf(grammar)).Message);
    }

    [Fact]
    public void Rules_go_on_behind_an_open_group_or_alternative()
    {
        const string Grammar = "# first\r\nroot ::=\r\n  (\"a\" # one\r\n  \"b\") |\r\n  \"c\" # two\r\n\r\nunused ::= [x]\r\n";
        CompiledConstraint compiled = new ConstraintCompiler(Vocabularies.Pieces(new Random(1), 0)).Gbnf(Grammar);
        Assert.True(compiled.Matches("ab"u8));
        Assert.True(compiled.Matches("c"u8));
        Assert.False(compiled.Matches("a"u8));
    }
}
