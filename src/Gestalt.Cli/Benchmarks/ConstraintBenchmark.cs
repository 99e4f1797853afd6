using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gestalt.Inference.Constraints;
using Gestalt.Text;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// Masks of constrained output at a vocabulary of 128,000 tokens, trained on text and on JSON of it so that it has the tokens that real ones have (<c>":</c>, <c>"},</c>, runs of blanks). Documents are followed token
/// by token; each mask is timed, those of a grammar's first document included, in which it meets its states for the first time.
/// </summary>
internal sealed class ConstraintBenchmark : Benchmark
{
    private const int Vocabulary = 128_000;
    private const int Documents = 40;

    private const string Schema = """
        {"type":"object","properties":{
          "id":{"type":"integer","minimum":1},
          "title":{"type":"string","maxLength":60},
          "author":{"type":"object","properties":{"name":{"type":"string"},"born":{"type":"string","format":"date"},"email":{"type":["string","null"]}},"required":["name","born"],"additionalProperties":false},
          "kind":{"enum":["novel","story","essay","letter","diary"]},
          "rating":{"type":"number","minimum":0,"maximum":5},
          "isPublished":{"type":"boolean"},
          "paragraphs":{"type":"array","items":{"type":"string"}},
          "chapters":{"type":"array","items":{"$ref":"#"}}},
         "required":["id","title","author","kind"],"additionalProperties":false}
        """;

    private const string Grammar = """
        root    ::= heading line+
        heading ::= "# " [A-Z] [^\n]{0,80} "\n"
        line    ::= ("- " | [1-9] [0-9]? ". ") text "\n"
        text    ::= (word | quoted) (" " (word | quoted))*
        word    ::= [A-Za-z'-]+ [,.;:!?]?
        quoted  ::= "\"" [^"\n]* "\""
        """;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Plain) { WriteIndented = true };

    public override string Name => "constraints";

    public override string Meaning => "masks of JSON, a schema and a grammar at 128,000 tokens";

    public override bool OnlyWhenNamed => true;

    public override IEnumerable<BenchmarkResult> Run(BenchmarkContext context)
    {
        string[] words = [.. BenchmarkText.Load(context).SelectMany(text => Encoding.UTF8.GetString(text).Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).Where(word => word.All(char.IsAscii))];
        Tokenizer tokenizer = Train(context, words);
        yield return new BenchmarkResult(Name + "/vocabulary", tokenizer.VocabularySize, "tokens");
        long begun = Stopwatch.GetTimestamp();
        var compiler = new ConstraintCompiler(tokenizer);
        yield return new BenchmarkResult(Name + "/vocabulary-prepared", Stopwatch.GetElapsedTime(begun).TotalMilliseconds, "ms");

        var random = new Random(5);
        string[] records = [.. Enumerable.Range(0, Documents).Select(i => JsonSerializer.Serialize(Record(random, words, 0), i % 2 == 0 ? Plain : Indented))];
        string[] lists = [.. Enumerable.Range(0, Documents).Select(_ => Lines(random, words))];
        foreach (BenchmarkResult result in Follow("json", () => compiler.Json(), tokenizer, records)) yield return result;
        foreach (BenchmarkResult result in Follow("schema", () => compiler.JsonSchema(Schema), tokenizer, records)) yield return result;
        foreach (BenchmarkResult result in Follow("grammar", () => compiler.Gbnf(Grammar), tokenizer, lists)) yield return result;
    }

    private IEnumerable<BenchmarkResult> Follow(string name, Func<CompiledConstraint> compile, Tokenizer tokenizer, string[] documents)
    {
        // A first round so that what is timed is not .NET's compiler; its masks are not those of the second.
        Follow(compile(), tokenizer, documents, []);
        long begun = Stopwatch.GetTimestamp();
        CompiledConstraint compiled = compile();
        double compileTime = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var times = new List<double>();
        Follow(compiled, tokenizer, documents, times);
        double mean = times.Average();
        int count = times.Count;
        times.Sort();
        yield return new BenchmarkResult($"{Name}/{name}-compile", compileTime, "ms");
        yield return new BenchmarkResult($"{Name}/{name}-mask", mean, "µs");
        yield return new BenchmarkResult($"{Name}/{name}-mask-median", times[count / 2], "µs");
        yield return new BenchmarkResult($"{Name}/{name}-mask-p99", times[count * 99 / 100], "µs");
        yield return new BenchmarkResult($"{Name}/{name}-mask-max", times[^1], "µs");
        yield return new BenchmarkResult($"{Name}/{name}-masks", count, "masks");
    }

    private static void Follow(CompiledConstraint compiled, Tokenizer tokenizer, string[] documents, List<double> times)
    {
        var mask = new uint[(tokenizer.VocabularySize + 31) / 32];
        foreach (string document in documents)
        {
            TokenConstraint constraint = compiled.Start();
            foreach (int id in tokenizer.Encode(document))
            {
                long before = Stopwatch.GetTimestamp();
                constraint.Mask(mask);
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
                constraint.Accept(id);
            }
            if (!constraint.IsComplete)
                throw new InvalidOperationException($"a document of the benchmark does not satisfy it: {document[..Math.Min(200, document.Length)]}");
        }
    }

    private static Tokenizer Train(BenchmarkContext context, string[] words)
    {
        var random = new Random(1);
        List<ReadOnlyMemory<byte>> texts = [.. BenchmarkText.Load(context).Select(text => (ReadOnlyMemory<byte>)text)];
        // A few books have too few different words for so many tokens: the same text in ROT13 stands for a second language.
        texts.AddRange([.. texts.Select(text => (ReadOnlyMemory<byte>)text.ToArray().Select(Rotated).ToArray())]);
        for (int i = 0; i < 3000; i++)
            texts.Add(JsonSerializer.SerializeToUtf8Bytes(Record(random, words, 0), i % 2 == 0 ? Plain : Indented));
        try
        {
            return BpeTrainer.Train(texts, Vocabulary, threads: context.Pool.Threads, cancellation: context.Cancellation);
        }
        catch (VocabularyTooLargeException problem)
        {
            return BpeTrainer.Train(texts, problem.Possible, threads: context.Pool.Threads, cancellation: context.Cancellation);
        }
    }

    private static byte Rotated(byte value) => (value | 0x20) is >= (byte)'a' and <= (byte)'z' and int letter ? (byte)(value + (letter <= 'm' ? 13 : -13)) : value;

    private static Dictionary<string, object?> Record(Random random, string[] words, int depth)
    {
        var record = new Dictionary<string, object?>
        {
            ["id"] = random.Next(1, 100_000),
            ["title"] = Sentence(random, words, random.Next(2, 6)) is { Length: > 60 } title ? title[..60] : Sentence(random, words, 2),
            ["author"] = new Dictionary<string, object?> { ["name"] = Sentence(random, words, 2), ["born"] = DateOnly.FromDayNumber(random.Next(600_000, 730_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            ["kind"] = random.Next(2) == 0 ? "novel" : "diary",
        };
        if (random.Next(2) == 0)
            record["rating"] = random.Next(0, 50) / 10.0;
        if (random.Next(2) == 0)
            record["isPublished"] = random.Next(2) == 0;
        record["paragraphs"] = Enumerable.Range(0, random.Next(4)).Select(_ => Sentence(random, words, random.Next(5, 60))).ToArray();
        if (depth < 2)
            record["chapters"] = Enumerable.Range(0, random.Next(3)).Select(_ => Record(random, words, depth + 1)).ToArray();
        return record;
    }

    private static string Lines(Random random, string[] words)
    {
        var text = new StringBuilder("# A list of words\n");
        for (int line = random.Next(3, 20); line > 0; line--)
        {
            text.Append(random.Next(2) == 0 ? "- " : "12. ");
            text.AppendJoin(' ', Enumerable.Range(0, random.Next(2, 20)).Select(i => i % 5 == 4 ? $"\"{Letters(random, words)} {Letters(random, words)}\"" : Letters(random, words))).Append('\n');
        }
        return text.ToString();
    }

    private static string Letters(Random random, string[] words)
    {
        string word = string.Concat(words[random.Next(words.Length)].Where(char.IsAsciiLetter));
        return word.Length > 0 ? word : "and";
    }

    private static string Sentence(Random random, string[] words, int count)
    {
        int start = random.Next(words.Length - count);
        return string.Join(' ', words.AsSpan(start, count).ToArray());
    }
}
