using System.Text.Json;
using Gestalt.Inference;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
/// <param name="pipeline">Answers.</param>
/// <param name="options">Limits.</param>
internal sealed class ChatEndpoint(ChatPipeline pipeline, StudioOptions options)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ChatBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.ChatBody).ConfigureAwait(false);
        ChatJob job = Read(body, options.Limits);
        using ChatRun run = await pipeline.StartAsync(job, ApiCall.User(context), context.RequestAborted).ConfigureAwait(false);
        if (body.Stream == true)
            await StreamAsync(context, run, body.StreamOptions?.IncludeUsage == true).ConfigureAwait(false);
        else
            await AnswerAsync(context, run, job.Choices).ConfigureAwait(false);
    }

    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">Something in it is impossible.</exception>
    internal static ChatJob Read(ChatBody body, RequestLimits limits)
    {
        var chat = new ChatOptions();
        SamplingReader.Read(body, chat);
        SamplingReader.ReadLogProbabilities(body.Logprobs == true, body.TopLogprobs, chat);
        if (body is { MaxTokens: not null, MaxCompletionTokens: not null } && body.MaxTokens != body.MaxCompletionTokens)
            throw ApiException.Bad("max_tokens", "'max_tokens' and 'max_completion_tokens' are both given and differ; the second is the newer name of the first.", "invalid_value");
        chat.MaxOutputTokens = SamplingReader.TokenLimit("max_completion_tokens", body.MaxCompletionTokens) ?? SamplingReader.TokenLimit("max_tokens", body.MaxTokens);
        ToolReader.ReadTools(Field.Of(body.Tools, "tools"), isNested: true, chat);
        ToolReader.ReadChoice(Field.Of(body.ToolChoice, "tool_choice"), isNested: true, chat);
        ToolReader.ReadFormat(Field.Of(body.ResponseFormat, "response_format"), isNested: true, chat);
        chat.AllowMultipleToolCalls = body.ParallelToolCalls;
        TemplateVariables.Read(Field.Of(body.ChatTemplateKwargs, "chat_template_kwargs"), body.ReasoningEffort, "reasoning_effort", chat);
        foreach (Field modality in Field.Of(body.Modalities, "modalities")?.Items() ?? [])
        {
            if (modality.Text() != "text")
                throw ApiException.Bad(modality.Path, $"'{modality.Path}' is '{modality.Text()}'; this server answers in text only.", "unsupported_value");
        }
        if (body.StreamOptions is not null && body.Stream != true)
            throw ApiException.Bad("stream_options", "'stream_options' needs 'stream': true.", "invalid_value");
        Field messages = Field.Of(body.Messages, "messages") ?? throw ApiException.Bad("messages", "'messages' is null; it must be a list.", "invalid_type");
        return new ChatJob("chat", body.Model, MessageReader.Read(messages), chat, ApiCall.Choices(body.N, limits));
    }

    private static async Task AnswerAsync(HttpContext context, ChatRun run, int choices)
    {
        ChatGathering[] gathered = [.. Enumerable.Range(0, choices).Select(_ => new ChatGathering())];
        await foreach (ChatPiece piece in run.ReadAsync(context.RequestAborted).ConfigureAwait(false))
            gathered[piece.Choice].Add(piece.Update);
        var answer = new ChatAnswer(run.Id, "chat.completion", ApiCall.Now, run.Model.Entry.Name, [.. gathered.Select((choice, index) => choice.ToChoice(index, run))])
        {
            Usage = ChatUsage.Of(run.Usage),
        };
        await ApiCall.AnswerAsync(context, answer, AnswerJson.Readable.ChatAnswer).ConfigureAwait(false);
    }

    private static async Task StreamAsync(HttpContext context, ChatRun run, bool tellsUsage)
    {
        string id = run.Id;
        long created = ApiCall.Now;
        var calls = new Dictionary<int, int>(); // calls of each choice so far
        using var stream = new EventStream(context);
        await stream.WriteAllAsync(run.ReadAsync(context.RequestAborted), Write, End, problem => stream.Send(new ErrorAnswer(ErrorDetail.Of(problem)), AnswerJson.Readable.ErrorAnswer)).ConfigureAwait(false);

        void Write(ChatPiece piece)
        {
            if (calls.TryAdd(piece.Choice, 0))
                Send(new ChatChoice(piece.Choice) { Delta = new AssistantMessage { Role = "assistant", Content = "" } });
            ChatLogProbabilities? likely = ChatGathering.LogProbabilities(piece.Update.RawRepresentation, run);
            foreach (AIContent content in piece.Update.Contents)
            {
                AssistantMessage? delta = content switch
                {
                    TextReasoningContent thought => new AssistantMessage { ReasoningContent = thought.Text },
                    TextContent text => new AssistantMessage { Content = text.Text },
                    FunctionCallContent call => new AssistantMessage { ToolCalls = [ChatGathering.Call(call) with { Index = calls[piece.Choice]++ }] },
                    _ => null,
                };
                if (delta is null)
                    continue;
                Send(new ChatChoice(piece.Choice) { Delta = delta, Logprobs = likely });
                likely = null;
            }
            if (piece.Update.FinishReason is ChatFinishReason reason)
                Send(new ChatChoice(piece.Choice) { Delta = new AssistantMessage(), Logprobs = likely, FinishReason = reason.Value });
        }

        void Send(ChatChoice choice) => stream.Send(new ChatAnswer(id, "chat.completion.chunk", created, run.Model.Entry.Name, [choice]), AnswerJson.Readable.ChatAnswer);

        ValueTask End()
        {
            if (tellsUsage)
                stream.Send(new ChatAnswer(id, "chat.completion.chunk", created, run.Model.Entry.Name, []) { Usage = ChatUsage.Of(run.Usage) }, AnswerJson.Readable.ChatAnswer);
            stream.SendDone();
            return ValueTask.CompletedTask;
        }
    }
}
