using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Studio.Api.Reading;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints.Responses;

/// <summary>A request to <c>/v1/responses</c>, read.</summary>
/// <param name="Job">The conversation to be answered.</param>
/// <param name="Items">All items of the conversation, earlier responses' included.</param>
/// <param name="Own">How many of them, the last ones, came with this request.</param>
/// <param name="Echo">What the response tells again of the request.</param>
internal sealed record ResponseRequest(ChatJob Job, JsonArray Items, int Own, JsonObject Echo)
{
    private static readonly string[] Includes = ["message.output_text.logprobs", "reasoning.encrypted_content"];

    /// <summary>Reads a request.</summary>
    /// <param name="body">The body.</param>
    /// <param name="earlier">The items up to the previous response's end; empty where none is named.</param>
    /// <exception cref="ApiException">Something in it is impossible.</exception>
    public static ResponseRequest Read(ResponseBody body, JsonArray earlier)
    {
        Refuse(body);
        JsonArray own = ResponseInput.Items(Field.Of(body.Input, "input") ?? throw ApiException.Bad("input", "'input' is missing.", "missing_required_parameter"));
        var items = (JsonArray)earlier.DeepClone();
        int count = own.Count;
        ResponseInput.Read(new Field(Element(own), "input"), earlier); // places in refusals are those of the request
        foreach (JsonNode? item in own)
            items.Add(item!.DeepClone());
        List<ChatMessage> messages = ResponseInput.Read(new Field(Element(items), "input"));
        return new ResponseRequest(new ChatJob(ChatRun.Responses, body.Model, messages, Options(body)), items, count, EchoOf(body));
    }

    private static ChatOptions Options(ResponseBody body)
    {
        var chat = new ChatOptions
        {
            Instructions = body.Instructions,
            Temperature = SamplingReader.Within("temperature", body.Temperature, 0, 100),
            TopP = SamplingReader.Within("top_p", body.TopP, 0, 1, excludesLeast: true),
            MaxOutputTokens = SamplingReader.TokenLimit("max_output_tokens", body.MaxOutputTokens),
            AllowMultipleToolCalls = body.ParallelToolCalls,
        };
        bool likely = body.TopLogprobs is not null;
        foreach (Field include in Field.Of(body.Include, "include")?.Items() ?? [])
        {
            if (!Includes.Contains(include.Text()))
                throw ApiException.Bad(include.Path, $"'{include.Path}' is '{include.Text()}'; it must be {string.Join(" or ", Includes)}.", "unsupported_value");
            likely |= include.Text() == Includes[0];
        }
        SamplingReader.ReadLogProbabilities(likely, body.TopLogprobs, chat);
        ToolReader.ReadTools(Field.Of(body.Tools, "tools"), isNested: false, chat);
        ToolReader.ReadChoice(Field.Of(body.ToolChoice, "tool_choice"), isNested: false, chat);
        ToolReader.ReadFormat(Field.Of(body.Text, "text")?.Find("format"), isNested: false, chat);
        TemplateVariables.Read(null, Field.Of(body.Reasoning, "reasoning")?.Find("effort")?.Text(), "reasoning.effort", chat);
        return chat;
    }

    private static void Refuse(ResponseBody body)
    {
        if (body.Truncation is not (null or "disabled"))
            throw ApiException.Bad("truncation", $"'truncation' is '{body.Truncation}'; it must be disabled: nothing is cut off by itself.", "unsupported_value");
        if (body.Background == true)
            throw ApiException.Bad("background", "Responses are not generated in the background here; stream them instead.", "unsupported_value");
        if (body.StreamOptions is not null && body.Stream != true)
            throw ApiException.Bad("stream_options", "'stream_options' needs 'stream': true.", "invalid_value");
        if (body.MaxToolCalls is not null)
            throw ApiException.Bad("max_tool_calls", "'max_tool_calls' counts calls of OpenAI's own tools, which are not here.", "unsupported_value");
    }

    private static JsonObject EchoOf(ResponseBody body) => new()
    {
        ["instructions"] = body.Instructions,
        ["max_output_tokens"] = body.MaxOutputTokens,
        ["metadata"] = Node(body.Metadata) ?? new JsonObject(),
        ["parallel_tool_calls"] = body.ParallelToolCalls ?? true,
        ["previous_response_id"] = body.PreviousResponseId,
        ["reasoning"] = Node(body.Reasoning) ?? new JsonObject { ["effort"] = null, ["summary"] = null },
        ["store"] = body.Store ?? true,
        ["temperature"] = body.Temperature,
        ["text"] = Node(body.Text) ?? new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = Node(body.ToolChoice) ?? "auto",
        ["tools"] = Node(body.Tools) ?? new JsonArray(),
        ["top_logprobs"] = body.TopLogprobs ?? 0,
        ["top_p"] = body.TopP,
        ["truncation"] = "disabled",
        ["user"] = body.User,
    };

    private static JsonNode? Node(JsonElement? value) => value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } there ? JsonNode.Parse(there.GetRawText()) : null;

    private static JsonElement Element(JsonArray items)
    {
        using JsonDocument document = JsonDocument.Parse(items.ToJsonString());
        return document.RootElement.Clone();
    }
}
