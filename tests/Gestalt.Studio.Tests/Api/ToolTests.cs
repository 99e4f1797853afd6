using System.Text;
using System.Text.Json;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gestalt.Studio.Tests.Api;

/// <summary>Tools: offered, called, ordered to be called, and answered.</summary>
public sealed class ToolTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly BinaryData Town = BinaryData.FromString("""{"type":"object","properties":{"town":{"enum":["Ulm","Bonn"]}},"required":["town"],"additionalProperties":false}""");

    private ChatClient Chat => server.OpenAI.GetChatClient(RunningServer.Model);

    private static ChatCompletionOptions WithTools(ChatToolChoice? choice, int tokens = 200) => new()
    {
        MaxOutputTokenCount = tokens,
        Temperature = 1,
        Seed = 3,
        ToolChoice = choice,
        Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather.", Town), ChatTool.CreateFunctionTool("clock", "Tells the time.", BinaryData.FromString("""{"type":"object","properties":{},"additionalProperties":false}""")) },
    };

    [Fact]
    public async Task A_call_that_is_ordered_is_made()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("is it raining?")], WithTools(ChatToolChoice.CreateFunctionChoice("weather")));
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        ChatToolCall call = Assert.Single(answer.ToolCalls);
        Assert.Equal("weather", call.FunctionName);
        Assert.NotEmpty(call.Id);
        Assert.Contains(JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("town").GetString(), new[] { "Ulm", "Bonn" });

        // The client makes the call, and the conversation goes on.
        ChatCompletion next = await Chat.CompleteChatAsync([new UserChatMessage("is it raining?"), new AssistantChatMessage(answer), new ToolChatMessage(call.Id, "light rain")], WithTools(ChatToolChoice.CreateNoneChoice(), 6));
        Assert.Empty(next.ToolCalls);
        Assert.NotEmpty(next.Id);
    }

    [Fact]
    public async Task Any_call_may_be_ordered_and_streamed()
    {
        string name = "", id = "";
        var arguments = new StringBuilder();
        ChatFinishReason? reason = null;
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage("is it raining?")], WithTools(ChatToolChoice.CreateRequiredChoice())))
        {
            foreach (StreamingChatToolCallUpdate call in update.ToolCallUpdates)
            {
                name += call.FunctionName;
                id += call.ToolCallId;
                arguments.Append(call.FunctionArgumentsUpdate);
            }
            reason ??= update.FinishReason;
        }
        Assert.Contains(name, new[] { "weather", "clock" });
        Assert.NotEmpty(id);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(arguments.ToString()).RootElement.ValueKind);
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
    }

    [Fact]
    public async Task A_response_calls_too_and_goes_on_with_the_result()
    {
        ResponsesClient responses = server.OpenAI.GetResponsesClient();
        CreateResponseOptions Options(params ResponseItem[] items) => new(RunningServer.Model, items)
        {
            MaxOutputTokenCount = 200,
            Tools = { ResponseTool.CreateFunctionTool("weather", Town, strictModeEnabled: true, "Tells the weather.") },
        };
        CreateResponseOptions options = Options(ResponseItem.CreateUserMessageItem("is it raining?"));
        options.ToolChoice = ResponseToolChoice.CreateFunctionChoice("weather");
        ResponseResult first = await responses.CreateResponseAsync(options);
        FunctionCallResponseItem call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        Assert.Equal("weather", call.FunctionName);
        CreateResponseOptions next = Options(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "light rain"));
        next.PreviousResponseId = first.Id;
        next.MaxOutputTokenCount = 6;
        next.ToolChoice = ResponseToolChoice.CreateNoneChoice();
        Assert.NotEmpty((await responses.CreateResponseAsync(next)).Value.Id);
    }

    [Fact]
    public async Task A_tool_that_is_offered_is_told_to_the_model()
    {
        ChatCompletion plain = await Chat.CompleteChatAsync([new UserChatMessage("hi")], new ChatCompletionOptions { MaxOutputTokenCount = 1 });
        ChatCompletion told = await Chat.CompleteChatAsync([new UserChatMessage("hi")], WithTools(ChatToolChoice.CreateAutoChoice(), 1));
        Assert.True(told.Usage.InputTokenCount > plain.Usage.InputTokenCount + 100);
    }
}
