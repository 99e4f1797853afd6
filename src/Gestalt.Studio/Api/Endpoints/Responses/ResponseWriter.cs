using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Inference;
using Gestalt.Studio.Api.Writing;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints.Responses;

/// <summary>Puts a response together from the pieces of an answer, and tells each step as an event.</summary>
/// <param name="id">The response's name.</param>
/// <param name="request">What was asked.</param>
/// <param name="run">What answers.</param>
/// <param name="tell">Is given each event; nobody listens where the response comes whole.</param>
internal sealed class ResponseWriter(string id, ResponseRequest request, ChatRun run, Action<string, JsonObject> tell)
{
    private readonly long _created = ApiCall.Now;
    private readonly StringBuilder _text = new();
    private readonly List<GeneratedToken> _tokens = [];
    private JsonObject? _open; // the message or thought that goes on
    private int _events;
    private int _tokensTold;
    private bool _hasBegun;
    private string _status = "in_progress";

    /// <summary>What the model has said so far, in items.</summary>
    public JsonArray Output { get; } = [];

    /// <summary>Adds a piece.</summary>
    public void Add(ChatResponseUpdate update)
    {
        Begin();
        if (update.RawRepresentation is IReadOnlyList<GeneratedToken> tokens)
            _tokens.AddRange(tokens);
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought when thought.Text.Length > 0:
                    Continue("reasoning", thought.Text);
                    break;
                case TextContent text when text.Text.Length > 0:
                    Continue("message", text.Text);
                    break;
                case FunctionCallContent call:
                    Call(call);
                    break;
            }
        }
        if (update.FinishReason is ChatFinishReason reason)
            _status = reason == ChatFinishReason.Length ? "incomplete" : "completed";
    }

    /// <summary>Ends the response; <see cref="TellEnd"/> tells so.</summary>
    /// <returns>The whole.</returns>
    public JsonObject End()
    {
        Begin();
        if (_open is null && Output.Count == 0)
            Open("message");
        Close();
        return Whole();
    }

    /// <summary>Tells that the response has ended.</summary>
    /// <param name="whole">The whole.</param>
    public void TellEnd(JsonObject whole) => Tell($"response.{_status}", new JsonObject { ["response"] = whole.DeepClone() });

    /// <summary>Ends the response with what went wrong.</summary>
    public void Fail(ApiException problem)
    {
        Close();
        _status = "failed";
        JsonObject whole = Whole();
        whole["error"] = new JsonObject { ["code"] = problem.Code ?? "server_error", ["message"] = problem.Message };
        Tell("response.failed", new JsonObject { ["response"] = whole });
    }

    private void Begin()
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        Tell("response.created", new JsonObject { ["response"] = Whole() });
        Tell("response.in_progress", new JsonObject { ["response"] = Whole() });
    }

    private void Continue(string type, string text)
    {
        if (_open?["type"]!.GetValue<string>() != type)
        {
            Close();
            Open(type);
        }
        _text.Append(text);
        JsonObject told = Place();
        told["delta"] = text;
        if (type == "message")
            told["logprobs"] = LogProbabilities();
        Tell(type == "message" ? "response.output_text.delta" : "response.reasoning_text.delta", told);
    }

    private void Open(string type)
    {
        _open = new JsonObject { ["id"] = ApiCall.NewId(type == "message" ? "msg_" : "rs_"), ["type"] = type, ["status"] = "in_progress", ["content"] = new JsonArray() };
        if (type == "message")
            _open["role"] = "assistant";
        else
            _open["summary"] = new JsonArray();
        Tell("response.output_item.added", new JsonObject { ["output_index"] = Output.Count, ["item"] = _open.DeepClone() });
        Output.Add(_open);
        JsonObject told = Place();
        told["part"] = Part();
        Tell("response.content_part.added", told);
    }

    private void Close()
    {
        if (_open is not JsonObject item)
            return;
        bool isMessage = item["type"]!.GetValue<string>() == "message";
        JsonObject part = Part();
        JsonObject told = Place();
        told["text"] = _text.ToString();
        if (isMessage)
            told["logprobs"] = part["logprobs"]!.DeepClone();
        Tell(isMessage ? "response.output_text.done" : "response.reasoning_text.done", told);
        told = Place();
        told["part"] = part.DeepClone();
        Tell("response.content_part.done", told);
        item["content"] = new JsonArray(part);
        item["status"] = _status == "incomplete" ? "incomplete" : "completed";
        Tell("response.output_item.done", new JsonObject { ["output_index"] = Output.Count - 1, ["item"] = item.DeepClone() });
        _text.Clear();
        _open = null;
    }

    private void Call(FunctionCallContent call)
    {
        Close();
        var item = new JsonObject { ["id"] = ApiCall.NewId("fc_"), ["type"] = "function_call", ["status"] = "in_progress", ["call_id"] = call.CallId, ["name"] = call.Name, ["arguments"] = "" };
        Tell("response.output_item.added", new JsonObject { ["output_index"] = Output.Count, ["item"] = item.DeepClone() });
        Output.Add(item);
        string arguments = ChatGathering.Arguments(call);
        JsonObject Place() => new() { ["item_id"] = item["id"]!.GetValue<string>(), ["output_index"] = Output.Count - 1 };
        JsonObject told = Place();
        told["delta"] = arguments;
        Tell("response.function_call_arguments.delta", told);
        told = Place();
        (told["name"], told["arguments"]) = (call.Name, arguments);
        Tell("response.function_call_arguments.done", told);
        (item["arguments"], item["status"]) = (arguments, "completed");
        Tell("response.output_item.done", new JsonObject { ["output_index"] = Output.Count - 1, ["item"] = item.DeepClone() });
    }

    private JsonObject Place() => new() { ["item_id"] = _open!["id"]!.GetValue<string>(), ["output_index"] = Output.Count - 1, ["content_index"] = 0 };

    private JsonObject Part() => _open!["type"]!.GetValue<string>() == "message"
        ? new JsonObject { ["type"] = "output_text", ["text"] = _text.ToString(), ["annotations"] = new JsonArray(), ["logprobs"] = LogProbabilities(_text.Length > 0) }
        : new JsonObject { ["type"] = "reasoning_text", ["text"] = _text.ToString() };

    /// <summary>How likely tokens were; those of a delta are told in it, those of the whole part at its end.</summary>
    private JsonArray LogProbabilities(bool isWhole = false)
    {
        IReadOnlyList<GeneratedToken> told = isWhole ? _tokens : [.. _tokens.Skip(_tokensTold)];
        _tokensTold = _tokens.Count;
        return told.Count == 0 ? [] : (JsonArray)JsonSerializer.SerializeToNode(TokenAnswers.Of(told, run.Model.Model.Tokenizer), AnswerJson.Readable.TokenAnswerArray)!;
    }

    private JsonObject Whole()
    {
        var whole = new JsonObject
        {
            ["id"] = id,
            ["object"] = "response",
            ["created_at"] = _created,
            ["status"] = _status,
            ["error"] = null,
            ["incomplete_details"] = _status == "incomplete" ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
            ["model"] = run.Model.Entry.Name,
            ["output"] = Output.DeepClone(),
        };
        foreach ((string name, JsonNode? value) in request.Echo)
            whole[name] = value?.DeepClone();
        whole["usage"] = _status == "in_progress" ? null : new JsonObject
        {
            ["input_tokens"] = run.Usage.InputTokenCount,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = run.Usage.CachedInputTokenCount },
            ["output_tokens"] = run.Usage.OutputTokenCount,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = run.Usage.ReasoningTokenCount },
            ["total_tokens"] = run.Usage.TotalTokenCount,
        };
        return whole;
    }

    private void Tell(string name, JsonObject told)
    {
        told["type"] = name;
        told["sequence_number"] = _events++;
        tell(name, told);
    }
}
