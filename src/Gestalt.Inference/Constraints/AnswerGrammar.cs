using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gestalt.Inference.Constraints;

/// <summary>How a call of a tool is written.</summary>
public enum ToolCallForm
{
    /// <summary>Hermes, Qwen: <c>&lt;tool_call&gt;</c>, an object of name and arguments, <c>&lt;/tool_call&gt;</c>, each in a line of its own.</summary>
    Hermes,

    /// <summary>Llama 3: an object of name and parameters, and nothing else.</summary>
    Llama,

    /// <summary>Mistral: <c>[TOOL_CALLS]</c> and a list of an object of name and arguments.</summary>
    Mistral,

    /// <summary>Mistral's later models: <c>[TOOL_CALLS]</c>, the name, <c>[ARGS]</c> and the arguments.</summary>
    MistralArguments,
}

/// <summary>A tool that may be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The JSON Schema of its arguments, an object.</param>
public sealed record ToolSignature(string Name, string Parameters);

/// <summary>Grammars of whole answers: what a schema allows, or a call of a tool, and thinking before it.</summary>
internal static class AnswerGrammar
{
    // Line ends between thinking and what is said.
    private const int MostLines = 2;

    /// <summary>One value that satisfies a schema.</summary>
    public static Grammar Schema(string schema, JsonSchemaOptions options, Thinking? thinking)
    {
        var grammar = new Grammar();
        grammar.Declare("the answer");
        grammar[0] = Behind(thinking, SchemaCompiler.Add(grammar, schema, options));
        return grammar;
    }

    /// <summary>Any JSON value.</summary>
    public static Grammar Json(JsonWhitespace whitespace, Thinking? thinking)
    {
        var grammar = new Grammar();
        grammar.Declare("JSON");
        var rules = new JsonRules(grammar, whitespace);
        grammar[0] = Behind(thinking, rules.Document(rules.Value));
        return grammar;
    }

    /// <summary>One call of one of the tools.</summary>
    /// <exception cref="ConstraintException">A tool's schema cannot be held to; the place begins with the tool's name.</exception>
    public static Grammar ToolCall(IEnumerable<ToolSignature> tools, ToolCallForm form, Thinking? thinking)
    {
        var grammar = new Grammar();
        grammar.Declare("the call");
        grammar[0] = Behind(thinking, Expression.AnyOf([.. tools.Select(tool => Call(grammar, tool, form))]));
        return grammar;
    }

    private static Expression Call(Grammar grammar, ToolSignature tool, ToolCallForm form)
    {
        Expression arguments;
        try
        {
            arguments = SchemaCompiler.Add(grammar, AsObject(tool.Parameters), new JsonSchemaOptions { ClosedObjects = true });
        }
        catch (ConstraintException problem)
        {
            throw new ConstraintException($"tool '{tool.Name}', {problem.Place}", problem.Message[(problem.Place.Length + 2)..]);
        }
        string name = JsonSerializer.Serialize(tool.Name, ChatMessages.OneLine);
        (string before, string behind) = form switch
        {
            ToolCallForm.Hermes => ($"<tool_call>\n{{\"name\": {name}, \"arguments\": ", "}\n</tool_call>"),
            ToolCallForm.Llama => ($"{{\"name\": {name}, \"parameters\": ", "}"),
            ToolCallForm.Mistral => ($"[TOOL_CALLS][{{\"name\": {name}, \"arguments\": ", "}]"),
            _ => ($"[TOOL_CALLS]{tool.Name}[ARGS]", ""),
        };
        return Expression.Join(Expression.Text(before), arguments, Expression.Text(behind));
    }

    /// <summary>A schema of a tool without a type means an object all the same.</summary>
    private static string AsObject(string schema)
    {
        try
        {
            if (JsonNode.Parse(schema) is JsonObject keywords && !keywords.ContainsKey("type") && !keywords.ContainsKey("$ref"))
            {
                keywords["type"] = "object";
                return keywords.ToJsonString();
            }
        }
        catch (JsonException)
        {
            // The compiler says what is wrong, and where.
        }
        return schema;
    }

    /// <summary>Thinking, which has begun or may begin, and then the answer.</summary>
    private static Expression Behind(Thinking? thinking, Expression answer)
    {
        if (thinking is null)
            return answer;
        Expression thought = Expression.Join(Until(thinking.Close), Expression.Text("\n").Times(0, MostLines));
        return thinking.HasBegun
            ? Expression.Join(thought, answer)
            : Expression.Join(Expression.Join(Expression.Text(thinking.Open), thought).Optional(), answer);
    }

    /// <summary>
    /// Any text up to the first time that a mark comes, and the mark. The mark's first character comes in it once, so wherever a beginning of the mark is broken off, either a character that does not go
    /// on with it follows, or the next beginning.
    /// </summary>
    private static Expression Until(string mark)
    {
        Expression[] beginnings = [.. Enumerable.Range(1, mark.Length - 1).Select(length => Expression.Text(mark[..length]))];
        Expression begun = Expression.AnyOf(beginnings).Many();
        Expression brokenOff = Expression.AnyOf([.. beginnings.Select((beginning, i) => Expression.Join(beginning, AllBut(mark[0], mark[i + 1])))]);
        Expression other = Expression.AnyOf(AllBut(mark[0], mark[0]), Expression.Join(begun, brokenOff));
        return Expression.Join(other.Many(), begun, Expression.Text(mark));
    }

    private static Characters AllBut(char one, char other) => new(CodePointSet.Of((one, one), (other, other)).Complement());
}
