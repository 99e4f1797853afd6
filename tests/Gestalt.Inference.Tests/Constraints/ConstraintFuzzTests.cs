using System.Text;
using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Constraints;

/// <summary>Damaged grammars and schemas: each is compiled or refused with a sentence, and what is compiled draws texts that it accepts itself.</summary>
public sealed class ConstraintFuzzTests
{
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(new Random(8), 200, "{\"a\": [1, true]}", "root ::= abc", "\", \"b\": null");

    private const string Special = "*+?{}()[]|\"\\0\uD800\u00E9\n-";

    private static readonly string[] Grammars = [.. GbnfTests.Grammars.Select(row => row.Data.Item2)];

    private static readonly string[] Schemas = [.. JsonSchemaTests.Schemas.Select(row => row.Data.Item2)];

    [Fact]
    public void Damaged_grammars_are_compiled_or_refused() => Fuzz(Grammars, (compiler, text) => compiler.Gbnf(text), rounds: 600, seed: 1);

    [Fact]
    public void Damaged_schemas_are_compiled_or_refused() => Fuzz(Schemas, (compiler, text) => compiler.JsonSchema(text), rounds: 600, seed: 2);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_damaged_grammars_are_compiled_or_refused() => Fuzz(Grammars, (compiler, text) => compiler.Gbnf(text), rounds: 30_000, seed: 3);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_damaged_schemas_are_compiled_or_refused() => Fuzz(Schemas, (compiler, text) => compiler.JsonSchema(text), rounds: 30_000, seed: 4);

    private static void Fuzz(string[] sources, Func<ConstraintCompiler, string, CompiledConstraint> compile, int rounds, int seed)
    {
        var random = new Random(seed);
        var compiler = new ConstraintCompiler(Vocabulary);
        int compiled = 0, refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            string text = Damage(sources[random.Next(sources.Length)], sources[random.Next(sources.Length)], random);
            try
            {
                CompiledConstraint constraint = compile(compiler, text);
                compiled++;
                if (Vocabularies.Walk(constraint, random, 24) is byte[] drawn)
                    Assert.True(constraint.Matches(drawn), $"drew what it does not accept: {Encoding.UTF8.GetString(drawn)}\nfrom: {text}");
            }
            catch (ConstraintException problem)
            {
                refused++;
                Assert.True(problem.Message.Length > 20 && problem.Message.Contains(": "), problem.Message);
            }
            catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"round {round} fell over: {text}", problem);
            }
        }
        Assert.True(compiled > rounds / 50 && refused > rounds / 50, $"{compiled} compiled, {refused} refused: the damage is too small or too large to show anything");
    }

    // One to four of: a character changed, a stretch removed, doubled, or taken from another text.
    private static string Damage(string text, string other, Random random)
    {
        var damaged = new StringBuilder(text);
        for (int i = random.Next(1, 5); i > 0 && damaged.Length > 1; i--)
        {
            int start = random.Next(damaged.Length), length = Math.Min(random.Next(1, 12), damaged.Length - start);
            switch (random.Next(5))
            {
                case 0:
                    damaged[start] = (char)random.Next(32, 127);
                    break;
                case 1:
                    damaged.Remove(start, length);
                    break;
                case 2:
                    damaged.Insert(start, damaged.ToString(start, length));
                    break;
                case 3:
                    int from = random.Next(other.Length);
                    damaged.Insert(start, other.AsSpan(from, Math.Min(random.Next(1, 30), other.Length - from)));
                    break;
                default:
                    damaged.Insert(start, Special[random.Next(Special.Length)]);
                    break;
            }
        }
        return damaged.ToString();
    }
}
