using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Constraints;

public sealed class JsonSchemaTests
{
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(
        new Random(2), 1500, "{\"name\": \"Ada\", \"age\": 36, \"tags\": [\"a\", \"b\"]}", "\",\n  \"", "true, false, null]}", "2024-02-29T23:59:59Z", "\\n\\\"\\u00e9é東京🌙", "0.125e-10, -17.5");

    public static TheoryData<string, string> Schemas => new()
    {
        { "person", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"email":{"type":["string","null"]}},"required":["name"],"additionalProperties":false}""" },
        { "many optional", """{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"},"c":{"type":"number"},"d":{"type":"string"},"e":{"const":1}},"required":["c"],"additionalProperties":false}""" },
        { "open", """{"type":"object","properties":{"id":{"type":"integer"},"idea":{"type":"null"},"i\"\n":{"type":"null"}},"required":["id"],"additionalProperties":{"type":"boolean"}}""" },
        { "map", """{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"},"maxItems":3},"maxProperties":2}""" },
        { "tree", """{"$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},"required":["value","children"],"additionalProperties":false}},"$ref":"#/$defs/node"}""" },
        { "list by reference", """{"anyOf":[{"type":"object","properties":{"head":{"type":"integer"},"tail":{"$ref":"#"}},"required":["head","tail"],"additionalProperties":false},{"type":"null"}]}""" },
        { "union", """{"oneOf":[{"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["kind","radius"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"number"}},"required":["kind","side"],"additionalProperties":false}]}""" },
        { "oneOf by type", """{"oneOf":[{"type":"string","maxLength":3},{"type":"integer","minimum":5,"x-samples":[5,77]},{"type":"array","items":{"type":"null"}},{"type":"integer","maximum":4,"x-samples":[4,-100]}]}""" },
        { "allOf", """{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"string","maxLength":2}},"required":["b"]}],"properties":{"a":{},"b":{}},"additionalProperties":false,"x-samples":[{"a":1,"b":"x"},{"a":-5,"b":""}]}""" },
        { "enums", """{"type":"object","properties":{"colour":{"enum":["red","gr\"een","東京"]},"mixed":{"enum":[1,2.5,null,true,"x",[1,{"a":2}]]},"few":{"enum":["a",1,"bcd"],"type":"string","maxLength":1,"x-note":0,"const":"a"}},"required":["colour","mixed","few"],"additionalProperties":false}""" },
        { "tuple", """{"type":"array","prefixItems":[{"type":"string","maxLength":4},{"type":"integer"}],"items":{"type":"boolean"},"minItems":1,"maxItems":4}""" },
        { "closed tuple", """{"type":"array","prefixItems":[{"type":"null"},{"type":"boolean"}],"items":false}""" },
        { "counts", """{"type":"array","items":{"type":"array","items":{"enum":[0,1]},"minItems":2,"maxItems":2},"minItems":1,"maxItems":3}""" },
        { "lengths", """{"type":"string","minLength":2,"maxLength":5}""" },
        { "pattern", """{"type":"string","pattern":"^[A-Z]{2}-[0-9]{3}(x|yz)?$","x-samples":["AB-123","XY-000yz"]}""" },
        { "loose pattern", """{"type":"string","pattern":"ab|^c.\\d$","maxLength":6,"x-samples":["ab","xxabé","cé7","\"ab\\n"]}""" },
        { "formats", """{"type":"array","prefixItems":[{"type":"string","format":"date","x-samples":["2024-02-29","2000-02-29","1999-12-31"]},{"type":"string","format":"date-time","x-samples":["2024-01-02T03:04:05Z","1970-01-01T00:00:00.25+01:00"]},{"type":"string","format":"uuid","x-samples":["123e4567-e89b-12d3-a456-426614174000"]},{"type":"string","format":"ipv4","x-samples":["127.0.0.1","255.249.19.0"]},{"type":"string","format":"email","x-samples":["a.b+c@example.org"]}],"items":false,"minItems":5}""" },
        { "ranges", """{"type":"array","prefixItems":[{"type":"integer","minimum":-12,"maximum":345,"x-samples":[-12,0,7,99,345]},{"type":"number","minimum":-1.5,"exclusiveMaximum":10.25,"x-samples":[-1.5,-0.25,0,10,10.24999]},{"type":"number","exclusiveMinimum":0.05,"x-samples":[0.051,1,12345.5]},{"type":"number","maximum":-7,"x-samples":[-7,-7.001,-100]},{"type":"integer","multipleOf":7,"minimum":1,"maximum":100,"x-samples":[7,98]},{"type":"number","multipleOf":0.01,"x-samples":[0.25,-3.1,12]},{"type":"integer","exclusiveMinimum":9.5,"maximum":1e1,"x-samples":[10]}],"items":false,"minItems":7}""" },
        { "names by pattern", """{"type":"object","properties":{"n_1":{"maximum":5}},"patternProperties":{"^n_":{"type":"integer"},"_s$":{"type":"string","maxLength":2},"^n_.*x":{"minimum":3}},"additionalProperties":false,"x-samples":[{"n_1":4,"n_2":77,"a_s":"xy"},{"n_x":3}]}""" },
        { "names", """{"type":"object","propertyNames":{"pattern":"^[a-z]+$","maxLength":3},"additionalProperties":{"type":"null"},"minProperties":1,"x-samples":[{"ab":null},{"abc":null,"z":null}]}""" },
        { "names from a list", """{"type":"object","propertyNames":{"enum":["x","y"]},"additionalProperties":{"type":"integer"},"x-samples":[{"x":1},{"y":2,"x":3}]}""" },
        { "no type", """{"properties":{"a":{"type":"integer"}},"required":["a"],"minItems":1,"maxLength":1,"x-samples":[{"a":1,"z":[{}]},[0],"x",17,null,true]}""" },
        { "anything", "{}" },
        { "true within", """{"type":"array","items":true,"maxItems":2}""" },
        { "anyOf beside keywords", """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}],"additionalProperties":false,"x-samples":[{"a":1},{"b":2},{"a":1,"b":2}]}""" },
        { "schemas side by side", """{"$defs":{"short":{"maxLength":3},"low":{"pattern":"^[a-z]*$"}},"type":"string","$ref":"#/$defs/short","allOf":[{"$ref":"#/$defs/low"},{"minLength":1}],"x-samples":["a","abc"]}""" },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Whatever_is_drawn_is_valid(string name, string schema)
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema(schema);
        var naive = new NaiveSchema(schema);
        var random = new Random(name.Length);
        int finished = 0;
        for (int i = 0; i < 50; i++)
        {
            if (Vocabularies.Walk(compiled, random, 400) is not byte[] text)
                continue;
            finished++;
            string written = Encoding.UTF8.GetString(text);
            Assert.True(IsExamined(text, naive, written), $"{name}: {written}");
        }
        Assert.True(finished > 2, $"{name}: only {finished} of 50 texts came to an end");
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Whatever_is_valid_is_accepted(string name, string schema)
    {
        var naive = new NaiveSchema(schema);
        var random = new Random(name.Length);
        foreach (JsonWhitespace whitespace in Enum.GetValues<JsonWhitespace>())
        {
            CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema(schema, new JsonSchemaOptions { Whitespace = whitespace });
            for (int i = 0; i < 60; i++)
            {
                string sample = naive.Sample(random);
                Assert.True(naive.IsValid(sample), $"the test's own sample is not valid: {sample}");
                Assert.True(compiled.Matches(Encoding.UTF8.GetBytes(sample)), $"{name} should allow: {sample}");
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":345}""", -500, 500, 1)]
    [InlineData("""{"type":"integer","exclusiveMinimum":99,"exclusiveMaximum":1001}""", 0, 1200, 1)]
    [InlineData("""{"type":"number","minimum":-2.05,"maximum":0.5}""", -400, 400, 100)]
    [InlineData("""{"type":"number","exclusiveMinimum":-0.5,"exclusiveMaximum":12.3}""", -1500, 1500, 100)]
    [InlineData("""{"type":"number","minimum":3,"maximum":3}""", 200, 400, 100)]
    [InlineData("""{"type":"integer","multipleOf":12,"minimum":-40}""", -100, 1000, 1)]
    [InlineData("""{"type":"number","multipleOf":0.1,"maximum":1e1}""", -1200, 1200, 100)]
    [InlineData("""{"type":"number","exclusiveMaximum":0}""", -120, 120, 100)]
    public void Each_number_of_a_range_is_judged_rightly(string schema, int first, int last, int divisor)
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema(schema);
        var naive = new NaiveSchema(schema);
        for (int i = first; i <= last; i++)
        {
            string number = ((decimal)i / divisor).ToString("0.##", CultureInfo.InvariantCulture);
            Assert.Equal(naive.IsValid(number), compiled.Matches(Encoding.UTF8.GetBytes(number)));
            if (divisor > 1 && number.Contains('.') && !schema.Contains("multipleOf"))
                Assert.Equal(naive.IsValid(number), compiled.Matches(Encoding.UTF8.GetBytes(number + "00")));
        }
    }

    [Fact]
    public void Each_day_of_the_calendar_is_judged_rightly()
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema("""{"type":"string","format":"date"}""");
        foreach (int year in new[] { 1900, 1999, 2000, 2023, 2024, 2100, 2400 })
        {
            for (int month = 0; month <= 13; month++)
            {
                for (int day = 0; day <= 32; day++)
                {
                    string date = FormattableString.Invariant($"{year:0000}-{month:00}-{day:00}");
                    bool exists = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
                    Assert.True(exists == compiled.Matches(Encoding.UTF8.GetBytes($"\"{date}\"")), date);
                }
            }
        }
    }

    [Fact]
    public void Names_of_other_properties_are_never_those_of_listed_ones()
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema("""{"type":"object","properties":{"id":{"type":"integer"},"a/b":{"type":"integer"}},"additionalProperties":{"type":"string"}}""");
        foreach (string right in new[] { "{}", """{"id":1}""", """{"id":1,"idx":"x"}""", """{"i":"x"}""", """{"":"x","a/b2":"y"}""", """{ "id": 1, "é": "x" }""" })
            Assert.True(compiled.Matches(Encoding.UTF8.GetBytes(right)), right);
        foreach (string wrong in new[] { """{"id":"x"}""", """{"idx":1}""", """{"\u0069d":"x"}""", """{"x":"y","id":1}""", """{"a\/b":"x"}""", """{"id":1,}""" })
            Assert.False(compiled.Matches(Encoding.UTF8.GetBytes(wrong)), wrong);
    }

    [Theory]
    [InlineData("{", "it is no JSON")]
    [InlineData("""{"const":"\ud800"}""", "half of a pair of surrogates")]
    [InlineData("17", "#: 17 is no schema")]
    [InlineData("""{"type":"strnig"}""", "#/type: there is no type 'strnig'")]
    [InlineData("""{"properties":{"a/b~":{"not":{}}}}""", "#/properties/a~1b~0/not: the keyword 'not' is not supported")]
    [InlineData("""{"type":"array","uniqueItems":true}""", "uniqueItems")]
    [InlineData("""{"items":{"if":{}}}""", "#/items/if")]
    [InlineData("""{"minlength":3}""", "#/minlength: 'minlength' is no keyword")]
    [InlineData("""{"type":"string","pattern":"(?=a)"}""", "#/pattern: in the pattern")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "references back")]
    [InlineData("""{"type":"string","pattern":"a^b"}""", "beginning of a whole alternative")]
    [InlineData("""{"type":"string","pattern":"(a"}""", "')' is missing")]
    [InlineData("""{"type":"string","format":"colour"}""", "the format 'colour' is not supported")]
    [InlineData("""{"type":"number","multipleOf":0.3}""", "multiples of 0.3")]
    [InlineData("""{"$ref":"#/$defs/x"}""", "there is nothing at '#/$defs/x'")]
    [InlineData("""{"$ref":"http://example.org/x.json"}""", "leads out of this document")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "#/oneOf: the options 0 and 1 may both hold")]
    [InlineData("""{"oneOf":[{"type":"string","maxLength":5},{"type":"string","minLength":5}]}""", "may both hold")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "no text at all can satisfy this")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"type":"null"}]}""", "calls itself before it has read anything")]
    [InlineData("false", "no text at all")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":4}""", "no text at all")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "no text at all")]
    [InlineData("""{"type":"string","maxLength":2000000000}""", "more than")]
    [InlineData("""{"type":"string","minLength":-1}""", "is no count")]
    [InlineData("""{"type":"number","minimum":1e999999999}""", "too many digits")]
    [InlineData("""{"type":"array","items":[{}]}""", "rename it to prefixItems")]
    [InlineData("""{"type":"object","type":"array"}""", "it is no JSON")]
    public void What_cannot_be_held_to_is_refused_with_its_place(string schema, string expected)
    {
        ConstraintException problem = Assert.Throws<ConstraintException>(() => new ConstraintCompiler(Vocabulary).JsonSchema(schema));
        Assert.Contains(expected, problem.Message);
    }

    [Fact]
    public void Large_schemas_are_compiled_or_refused_in_bounded_time() => CompileOrRefuse(1, 2, 3, 6, 7);

    [Fact]
    [Trait("Speed", "Slow")]
    public void All_large_schemas_are_compiled_or_refused_in_bounded_time() => CompileOrRefuse([.. Enumerable.Range(0, LargeSchemas.Length)]);

    private static string[] LargeSchemas { get; } =
    [
        // 200 KB each: properties, an enumeration, definitions that refer to each other, nesting, patterns, alternatives, overlapping alternatives, large counts.
        Object(Enumerable.Range(0, 5000).Select(i => $"\"property_{i}\":{{\"type\":\"string\"}}")),
        $"{{\"enum\":[{string.Join(',', Enumerable.Range(0, 12000).Select(i => $"\"value {i * 7919 % 99991}\""))}]}}",
        $"{{\"$defs\":{{{string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"d{i}\":{{\"type\":\"object\",\"properties\":{{\"a\":{{\"$ref\":\"#/$defs/d{(i + 1) % 2000}\"}},\"b\":{{\"$ref\":\"#/$defs/d{i * 7 % 2000}\"}}}}}}"))}}},\"$ref\":\"#/$defs/d0\"}}",
        string.Concat(Enumerable.Repeat("{\"items\":", 20_000)) + "{}" + new string('}', 20_000),
        Object(Enumerable.Range(0, 2000).Select(i => $"\"p{i}\":{{\"type\":\"string\",\"pattern\":\"^[a-z]{{{i % 50},{(i % 50) + 9}}}(x|y)*z?$\"}}")),
        $"{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, 4000).Select(i => $"{{\"type\":\"object\",\"properties\":{{\"k{i % 10}\":{{\"const\":{i}}}}}}}"))}]}}",
        $"{{\"oneOf\":[{string.Join(',', Enumerable.Range(0, 3000).Select(i => $"{{\"required\":[\"kind\"],\"properties\":{{\"kind\":{{\"const\":\"k{i}\"}}}}}}"))}]}}",
        $"{{\"allOf\":[{string.Join(',', Enumerable.Range(0, 400).Select(i => $"{{\"anyOf\":[{{\"properties\":{{\"a{i}\":{{\"type\":\"integer\"}}}}}},{{\"required\":[\"b{i}\"]}}]}}"))}]}}",
        $"{{\"type\":\"string\",\"allOf\":[{string.Join(',', Enumerable.Range(2, 400).Select(i => $"{{\"pattern\":\"^(a{{{i}}})*$\"}}"))}]}}",
        "{\"type\":\"string\",\"pattern\":\"(((a{1,99}){1,99}){1,99}){1,99}\"}",
        "{\"type\":\"string\",\"pattern\":\"(a|b)*a(a|b){40}$\"}",
        Object(Enumerable.Range(0, 1000).Select(i => $"\"p{i}\":{{\"type\":\"array\",\"minItems\":{i},\"maxItems\":{i * 2},\"items\":{{\"type\":\"string\",\"maxLength\":{i}}}}}")),
    ];

    [Fact]
    public void Thousands_of_required_properties_are_no_problem()
    {
        string[] names = [.. Enumerable.Range(0, 4000).Select(i => $"property_{i}")];
        string schema = $"{{\"type\":\"object\",\"required\":{JsonSerializer.Serialize(names)},\"additionalProperties\":{{\"type\":\"integer\"}}}}";
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema(schema, new JsonSchemaOptions { Whitespace = JsonWhitespace.None });
        string text = "{" + string.Join(',', names.Select((name, i) => $"\"{name}\":{i}")) + "}";
        Assert.True(compiled.Matches(Encoding.UTF8.GetBytes(text)));
        Assert.False(compiled.Matches(Encoding.UTF8.GetBytes(text.Replace(",\"property_3000\":3000", ""))));
    }

    private static void CompileOrRefuse(params int[] numbers)
    {
        foreach (int i in numbers)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).JsonSchema(LargeSchemas[i]);
                var mask = new uint[Vocabulary.MaskLength];
                compiled.Start().Mask(mask);
                Assert.NotEmpty(Vocabularies.Allowed(mask));
            }
            catch (ConstraintException problem)
            {
                Assert.InRange(problem.Message.Length, 20, 700);
            }
            // Seconds on a busy machine; without bounds these take hours or all memory.
            Assert.True(watch.Elapsed.TotalSeconds < 30, $"schema {i} took {watch.Elapsed.TotalSeconds:F1} s");
        }
    }

    private static string Object(IEnumerable<string> properties) => $"{{\"type\":\"object\",\"properties\":{{{string.Join(',', properties)}}},\"additionalProperties\":false}}";

    [Theory]
    [InlineData(JsonWhitespace.None)]
    [InlineData(JsonWhitespace.Short)]
    [InlineData(JsonWhitespace.Any)]
    public void Drawn_JSON_is_JSON(JsonWhitespace whitespace)
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).Json(whitespace);
        var random = new Random(4);
        int finished = 0;
        for (int i = 0; i < 600; i++)
        {
            if (Vocabularies.Walk(compiled, random, 40) is not byte[] text)
                continue;
            finished++;
            using var document = JsonDocument.Parse(text);
            Assert.True(whitespace != JsonWhitespace.None || document.RootElement.ValueKind != JsonValueKind.Object || !Encoding.UTF8.GetString(text).Contains('\n'));
        }
        Assert.True(finished > 100, $"only {finished} came to an end");
    }

    [Fact]
    public void JSON_is_told_from_what_is_none()
    {
        CompiledConstraint any = new ConstraintCompiler(Vocabulary).Json(JsonWhitespace.Any);
        CompiledConstraint shorter = new ConstraintCompiler(Vocabulary).Json();
        CompiledConstraint none = new ConstraintCompiler(Vocabulary).Json(JsonWhitespace.None);
        foreach (string text in new[] { "0", "-0.5e+10", "\"\\uD83C\\udf19\\/\"", "[]", "{}", "[1,[2,{\"a\":[]}]]", "{\"a\":{\"a\":null},\"a\":true}" })
            Assert.True(any.Matches(Encoding.UTF8.GetBytes(text)) && shorter.Matches(Encoding.UTF8.GetBytes(text)) && none.Matches(Encoding.UTF8.GetBytes(text)), text);
        foreach (string text in new[] { "", "01", "1.", ".5", "+1", "\"\t\"", "\"\\x\"", "\"\\u12\"", "[1,]", "{\"a\"}", "{a:1}", "nul", "[1]]", "'a'", "NaN" })
            Assert.False(any.Matches(Encoding.UTF8.GetBytes(text)), text);
        Assert.True(any.Matches(" \r\n\t[ 1 ,\n\n2 ] "u8));
        Assert.True(shorter.Matches("{\n  \"a\": [\n\t1, 2 ]}"u8));
        Assert.False(shorter.Matches("[  1]"u8));
        Assert.False(none.Matches("[1, 2]"u8));
    }

    [Fact]
    public void Objects_can_be_closed_unless_the_schema_opens_them()
    {
        const string Schema = """{"type":"object","properties":{"a":{"type":"integer"}}}""";
        var compiler = new ConstraintCompiler(Vocabulary);
        Assert.True(compiler.JsonSchema(Schema).Matches("{\"b\":1}"u8));
        Assert.False(compiler.JsonSchema(Schema, new JsonSchemaOptions { ClosedObjects = true }).Matches("{\"b\":1}"u8));
        Assert.True(compiler.JsonSchema("""{"type":"object"}""", new JsonSchemaOptions { ClosedObjects = true }).Matches("{\"b\":1}"u8));
    }

    // Numbers beyond decimal's range and texts cut within a pair of surrogates are beyond the naive validator.
    private static bool IsExamined(byte[] text, NaiveSchema naive, string written)
    {
        using var document = JsonDocument.Parse(text);
        try
        {
            return naive.IsValid(written);
        }
        catch (Exception problem) when (problem is FormatException or InvalidOperationException)
        {
            return true;
        }
    }
}
