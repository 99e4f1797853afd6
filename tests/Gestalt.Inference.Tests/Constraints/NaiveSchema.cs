using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gestalt.Inference.Tests.Constraints;

/// <summary>JSON Schema as its specification reads: whether a value is valid, and values that are. It shares nothing with the compiler.</summary>
internal sealed class NaiveSchema(string json)
{
    private readonly JsonElement _root = JsonDocument.Parse(json).RootElement;

    public bool IsValid(string text)
    {
        using var document = JsonDocument.Parse(text);
        return IsValid(document.RootElement, _root);
    }

    /// <summary>A random valid value, its properties in the order of the schema.</summary>
    public string Sample(Random random) => Sample(_root, random, 0);

    private bool IsValid(JsonElement value, JsonElement schema)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True;
        return schema.EnumerateObject().All(keyword => Holds(keyword.Name, keyword.Value, value, schema));
    }

    private bool Holds(string name, JsonElement keyword, JsonElement value, JsonElement schema) => name switch
    {
        "$ref" => IsValid(value, Resolve(keyword.GetString()!)),
        "type" => keyword.ValueKind == JsonValueKind.Array ? keyword.EnumerateArray().Any(type => IsOfType(value, type.GetString()!)) : IsOfType(value, keyword.GetString()!),
        "enum" => keyword.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)),
        "const" => JsonElement.DeepEquals(keyword, value),
        "anyOf" => keyword.EnumerateArray().Any(option => IsValid(value, option)),
        "oneOf" => keyword.EnumerateArray().Count(option => IsValid(value, option)) == 1,
        "allOf" => keyword.EnumerateArray().All(part => IsValid(value, part)),
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= keyword.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= keyword.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.GetString()!, RegexOptions.ECMAScript),
        "format" => value.ValueKind != JsonValueKind.String || IsOfFormat(value.GetString()!, keyword.GetString()!),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= keyword.GetDecimal(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= keyword.GetDecimal(),
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() > keyword.GetDecimal(),
        "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() < keyword.GetDecimal(),
        "multipleOf" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() % keyword.GetDecimal() == 0,
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out JsonElement listed) ? listed.GetArrayLength() : 0).All(item => IsValid(item, keyword)),
        "prefixItems" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Zip(keyword.EnumerateArray()).All(pair => IsValid(pair.First, pair.Second)),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= keyword.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.GetInt32(),
        "required" => value.ValueKind != JsonValueKind.Object || keyword.EnumerateArray().All(item => value.TryGetProperty(item.GetString()!, out _)),
        "minProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() >= keyword.GetInt32(),
        "maxProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() <= keyword.GetInt32(),
        "propertyNames" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => IsValid(JsonSerializer.SerializeToElement(member.Name), keyword)),
        "properties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => !keyword.TryGetProperty(member.Name, out JsonElement listed) || IsValid(member.Value, listed)),
        "patternProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => keyword.EnumerateObject().All(pattern => !Regex.IsMatch(member.Name, pattern.Name, RegexOptions.ECMAScript) || IsValid(member.Value, pattern.Value))),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => IsListed(member.Name, schema) || IsValid(member.Value, keyword)),
        _ => true,
    };

    private static bool IsListed(string name, JsonElement schema) =>
        (schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out JsonElement patterns) && patterns.EnumerateObject().Any(pattern => Regex.IsMatch(name, pattern.Name, RegexOptions.ECMAScript)));

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == Math.Floor(value.GetDouble()),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };

    private static bool IsOfFormat(string text, string format) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || text.StartsWith("0000", StringComparison.Ordinal),
        "date-time" => DateTimeOffset.TryParse(text[..19].Replace("0000-", "0004-") + "Z", CultureInfo.InvariantCulture, out _) && text[10] == 'T' && Regex.IsMatch(text[19..], @"^(\.\d+)?(Z|[+-]\d\d:\d\d)$"),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" => System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? address) && address.ToString() == text,
        "email" => text.Count(letter => letter == '@') == 1 && System.Net.Mail.MailAddress.TryCreate(text, out _),
        _ => true,
    };

    private JsonElement Resolve(string reference) => reference.Split('/').Skip(1).Aggregate(_root, (element, part) => element.GetProperty(part));

    private string Sample(JsonElement schema, Random random, int depth)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return random.Next(2) == 0 ? "null" : "{\"any\":[1]}";
        if (schema.TryGetProperty("x-samples", out JsonElement samples))
            return samples[random.Next(samples.GetArrayLength())].GetRawText();
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Sample(Resolve(reference.GetString()!), random, depth + 1);
        if (schema.TryGetProperty("const", out JsonElement constant))
            return Compact(constant);
        if (schema.TryGetProperty("enum", out JsonElement values))
            return Compact(values[random.Next(values.GetArrayLength())]);
        foreach (string name in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(name, out JsonElement options))
                return Sample(depth > 6 ? options[options.GetArrayLength() - 1] : options[random.Next(options.GetArrayLength())], random, depth + 1);
        }
        string type = schema.TryGetProperty("type", out JsonElement types) ? types.ValueKind == JsonValueKind.Array ? types[random.Next(types.GetArrayLength())].GetString()! : types.GetString()! : "null";
        return type switch
        {
            "object" => SampleObject(schema, random, depth),
            "array" => SampleArray(schema, random, depth),
            "string" => SampleString(schema, random),
            "integer" => random.Next(-1_000_000, 1_000_000).ToString(CultureInfo.InvariantCulture),
            "number" => (random.Next(-1_000_000, 1_000_000) / 128.0).ToString("R", CultureInfo.InvariantCulture),
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            _ => "null",
        };
    }

    private string SampleObject(JsonElement schema, Random random, int depth)
    {
        var members = new List<string>();
        string[] required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                if (required.Contains(property.Name) || (depth < 6 && random.Next(2) == 0))
                    members.Add($"{Quote(property.Name)}:{Sample(property.Value, random, depth + 1)}");
            }
        }
        if (schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.False)
        {
            for (int i = random.Next(3); i > 0; i--)
                members.Add($"{Quote("more" + random.Next(10) + "\n\"é")}:{Sample(additional, random, depth + 1)}");
        }
        return "{" + string.Join(',', members) + "}";
    }

    private string SampleArray(JsonElement schema, Random random, int depth)
    {
        var items = new List<string>();
        int least = schema.TryGetProperty("minItems", out JsonElement min) ? min.GetInt32() : 0;
        int most = schema.TryGetProperty("maxItems", out JsonElement max) ? max.GetInt32() : least + 3;
        int count = depth > 6 ? least : random.Next(least, most + 1);
        JsonElement[] prefix = schema.TryGetProperty("prefixItems", out JsonElement listed) ? [.. listed.EnumerateArray()] : [];
        bool hasItems = schema.TryGetProperty("items", out JsonElement rest);
        for (int i = 0; i < count && (i < prefix.Length || !hasItems || rest.ValueKind != JsonValueKind.False); i++)
            items.Add(i < prefix.Length ? Sample(prefix[i], random, depth + 1) : hasItems ? Sample(rest, random, depth + 1) : "null");
        return "[" + string.Join(',', items) + "]";
    }

    private static string SampleString(JsonElement schema, Random random)
    {
        int least = schema.TryGetProperty("minLength", out JsonElement min) ? min.GetInt32() : 0;
        int most = schema.TryGetProperty("maxLength", out JsonElement max) ? max.GetInt32() : least + 12;
        var text = new StringBuilder();
        for (int i = random.Next(least, most + 1); i > 0; i--)
            text.Append(new[] { "a", "Z", " ", "\"", "\\", "\n", "\u0001", "é", "東", "🌙", "/", "0" }[random.Next(12)]);
        return Quote(text.ToString());
    }

    // The plain spelling: only what has to be escaped is.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char letter in text)
            quoted.Append(letter switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\t' => "\\t", '\r' => "\\r", '\b' => "\\b", '\f' => "\\f", < ' ' => $"\\u{(int)letter:x4}", _ => letter.ToString() });
        return quoted.Append('"').ToString();
    }

    private static string Compact(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Compact)) + "]",
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().Select(member => $"{Quote(member.Name)}:{Compact(member.Value)}")) + "}",
        _ => value.GetRawText(),
    };
}
