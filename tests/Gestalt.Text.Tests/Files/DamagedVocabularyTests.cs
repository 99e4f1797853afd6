using System.Diagnostics;
using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Whatever a file of a vocabulary holds, reading it ends quickly: with a tokenizer that works, or with a refusal.</summary>
public sealed class DamagedVocabularyTests
{
    private const int Few = 400;
    private const int Many = 300_000;

    // Milliseconds on an idle machine; a busy one may stop a process for a while.
    private const int Limit = 60;

    private static readonly string[] Fragments =
        ["null", "true", "-1", "3", "1e400", "\"\"", "\"▁\"", "[]", "{}", "\"Sequence\"", "\"Metaspace\"", "\"ByteLevel\"", "\"Unigram\"", "\"BPE\"", "\"a b\"", "[[\"a\", -1]]", "{\"String\": \"\"}", "\"(\"", "2147483647", "\"\\ud800\""];

    // The twin does not know lazy ones, and engines disagree on repeating what may be empty: these patterns are tried on a text, but not compared.
    private static readonly string[] NotCompared = ["*?", "+?", "??", "}?", ")*", ")+", ")?", "){"];

    [Fact]
    public void Documents_of_other_kinds_are_refused_or_read() => DamageDocuments(Few);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_documents_of_other_kinds_are_refused_or_read() => DamageDocuments(Many);

    [Fact]
    public void Lists_of_model_files_are_refused_or_read() => DamageLists(Few);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_lists_of_model_files_are_refused_or_read() => DamageLists(Many);

    [Fact]
    public void Rank_files_are_refused_or_read() => DamageRanks(Few);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_rank_files_are_refused_or_read() => DamageRanks(Many);

    [Fact]
    public void Random_patterns_are_refused_or_match_as_their_twins_do() => TryPatterns(Few);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_random_patterns_are_refused_or_match() => TryPatterns(Many);

    [Fact]
    public void Pieces_of_absurd_length_are_refused()
    {
        StoredVocabulary small = SmallPieces.Random(1);
        string[] tokens = [.. small.Tokens];
        tokens[^1] = new string('a', 1_000_000);
        Assert.Contains("1000000 characters", Refusal(small with { Tokens = tokens }), StringComparison.Ordinal);
        Assert.Contains("kind 'wat'", Refusal(small with { Model = "wat" }), StringComparison.Ordinal);
        Assert.Contains("scores", Refusal(small with { Scores = [1] }), StringComparison.Ordinal);
        Assert.Contains("token types", Refusal(small with { TokenTypes = [1] }), StringComparison.Ordinal);
        Assert.Contains("not a number", Refusal(small with { Scores = [.. small.Scores!.Select((_, id) => id == 7 ? float.NaN : 0)] }), StringComparison.Ordinal);
        Assert.Contains("no merges", Refusal(small with { Model = "gpt2", Tokens = Samples.Tokenizer().Tokens(), TokenTypes = null, Scores = null }), StringComparison.Ordinal);
        string unknown = Refusal(small with { Model = "gpt2", PreTokenizer = "gpt-9" });
        Assert.Contains("'gpt-9'", unknown, StringComparison.Ordinal);
        Assert.Contains("qwen2", unknown, StringComparison.Ordinal);
    }

    private static string Refusal(StoredVocabulary vocabulary) => Assert.Throws<InvalidDataException>(vocabulary.ToTokenizer).Message;

    private static void DamageDocuments(int count)
    {
        var random = new Random(31);
        byte[][] fragments = [.. Fragments.Select(Encoding.UTF8.GetBytes)];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = TokenizerJsonTests.Damage(OtherTokenizerJsonTests.Documents[i % 3], random, fragments);
            refused += Survives(() => TokenizerJson.Parse(damaged), () => Encoding.UTF8.GetString(damaged)) ? 0 : 1;
        }

        Assert.InRange(refused, count / 4, count - 1);
    }

    private static void DamageLists(int count)
    {
        var random = new Random(32);
        Tokenizer trained = Samples.Tokenizer();
        StoredVocabulary[] sources =
        [
            SmallPieces.Random(1),
            SmallPieces.Bert("▁a", "b", "▁!"),
            new StoredVocabulary { Model = "gpt2", PreTokenizer = "qwen2", Tokens = trained.Tokens(), Merges = trained.Merges(), TokenTypes = trained.TokenTypes() },
            SmallPieces.Random(2) with { Model = "t5" },
        ];
        string[] texts = ["", "▁", "<0x41>", "<0xZZ>", "<s>", "a b", "\uFFFD", "[UNK]", new('x', 600), "<|im_end|>"];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            StoredVocabulary source = sources[i % sources.Length];
            string[] tokens = [.. source.Tokens];
            int[] types = [.. source.TokenTypes!];
            string[]? merges = source.Merges?.ToArray();
            float[]? scores = source.Scores?.ToArray();
            for (int edit = random.Next(1, 5); edit > 0; edit--)
            {
                switch (random.Next(6))
                {
                    case 0: tokens[random.Next(tokens.Length)] = texts[random.Next(texts.Length)]; break;
                    case 1: types[random.Next(types.Length)] = random.Next(-1, 9); break;
                    case 2 when merges is not null: merges[random.Next(merges.Length)] = random.Next(2) == 0 ? merges[random.Next(merges.Length)] : texts[random.Next(texts.Length)]; break;
                    case 3 when scores is not null: scores[random.Next(scores.Length)] = random.Next(3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => 1e30f }; break;
                    case 4: tokens[random.Next(tokens.Length)] = tokens[random.Next(tokens.Length)]; break;
                    default: tokens = random.Next(8) == 0 ? tokens[..random.Next(1, tokens.Length + 1)] : tokens; break;
                }
            }

            var ids = new Dictionary<string, long> { ["bos_token_id"] = random.NextInt64(-5, 600), ["eos_token_id"] = random.NextInt64(), ["unknown_token_id"] = random.Next(600) };
            StoredVocabulary damaged = source with { Tokens = tokens, TokenTypes = types, Merges = merges, Scores = scores, Ids = ids };
            refused += Survives(damaged.ToTokenizer, () => $"list {i}") ? 0 : 1;
        }

        Assert.InRange(refused, count / 10, count - 1);
    }

    private static void DamageRanks(int count)
    {
        var random = new Random(33);
        Tokenizer trained = BpeTrainer.Train(Samples.Documents, 300, PreTokenizer.Cl100k, specials: []);
        byte[] whole = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(id => $"{Convert.ToBase64String(trained.TokenBytes(id))} {id}\n")));
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = [.. whole];
            for (int edit = random.Next(1, 3); edit > 0; edit--)
            {
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "0123456789=\n ABc"[random.Next(16)]);
            }

            damaged = random.Next(10) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            refused += Survives(() => TiktokenFile.Parse(damaged, PreTokenizer.Cl100k), () => Encoding.Latin1.GetString(damaged)) ? 0 : 1;
        }

        Assert.InRange(refused, count / 10, count - 1);
    }

    private static void TryPatterns(int count)
    {
        string[] parts = ["a", "b", " ", "\\s", "\\p{L}", "[^a]", "[ab]", "|", "(", ")", "(?:", "(?!a)", "(?=\\s)", "*", "+", "?", "{1,3}", "{2}", "(?i:s)", "$", "[a-c&&[^b]]", "\\S"];
        var random = new Random(34);
        int read = 0;
        for (int i = 0; i < count; i++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)]));
            PatternScanner scanner;
            try
            {
                scanner = new PatternScanner(pattern);
            }
            catch (InvalidDataException)
            {
                continue;
            }

            read++;
            var rule = new PreTokenizer("custom", [new SplitStep(pattern)]);
            byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 14).Select(_ => "aabbS c\n字"[random.Next(9)])));
            int[] found = [.. rule.Words(text).Select(word => word.End.Value)];
            Assert.Equal(text.Length, found[^1]);
            if (NotCompared.Any(part => pattern.Contains(part, StringComparison.Ordinal)))
            {
                continue;
            }

            int[] expected = [.. new RegexTwin(pattern).WordEnds(text)];
            Assert.True(expected.SequenceEqual(found), $"{pattern} on {Encoding.UTF8.GetString(text)}: {string.Join(' ', expected)} expected, {string.Join(' ', found)} found.");
        }

        Assert.InRange(read, count / 10, count - 1);
    }

    /// <summary>Reads a vocabulary and uses it; false when it is refused.</summary>
    private static bool Survives(Func<Tokenizer> read, Func<string> name)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            Tokenizer tokenizer = read();
            int[] ids = tokenizer.Encode("ab ▁b! <s>[CLS]\n é");
            int? unknown = tokenizer.Special.Unknown?.Id;
            Assert.DoesNotContain(ids, id => tokenizer.KindOf(id) == TokenKind.Control && id != unknown);
            tokenizer.DecodeText(ids);
            return true;
        }
        catch (InvalidDataException refusal)
        {
            Assert.True(refusal.Message.Length is > 10 and < 2000, refusal.Message);
            return false;
        }
        catch (Exception other) when (other is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{name()}: {other}");
            throw;
        }
        finally
        {
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < Limit, $"{name()} took too long.");
        }
    }
}
