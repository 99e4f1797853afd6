#:project ../src/Gestalt.Inference/Gestalt.Inference.csproj
#:property PublishAot=false

// A chat in the terminal, with a tool that the model may use:   dotnet run samples/chat.cs model.gguf
// It knows the model only as IChatClient: any other client of Microsoft.Extensions.AI can take its place.
using System.ComponentModel;
using Gestalt.Inference;
using Microsoft.Extensions.AI;

using var model = LanguageModel.Open(args[0]);
using IChatClient client = model.AsChatClient();
AIFunction clock = AIFunctionFactory.Create(([Description("hours from UTC")] double offset) => DateTime.UtcNow.AddHours(offset).ToString("HH:mm"), "clock", "Tells the time.");
var options = new ChatOptions { Instructions = "You are a helpful assistant.", Tools = [clock], MaxOutputTokens = 200 };
var messages = new List<ChatMessage>();
Console.Write("> ");
while (Console.ReadLine() is { Length: > 0 } line)
{
    messages.Add(new ChatMessage(ChatRole.User, line));
    while (await Answer())
    {
        // A tool was called and its result is among the messages: the model goes on.
    }
    Console.Write("\n> ");
}
Console.WriteLine();

async Task<bool> Answer()
{
    var updates = new List<ChatResponseUpdate>();
    await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options))
    {
        Console.Write(update.Text);
        updates.Add(update);
    }
    ChatResponse response = updates.ToChatResponse();
    messages.AddMessages(response);
    FunctionCallContent[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];
    foreach (FunctionCallContent call in calls)
    {
        object? result = await clock.InvokeAsync(new AIFunctionArguments(call.Arguments));
        Console.WriteLine($"[{call.Name}: {result}]");
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
    }
    return calls.Length > 0;
}
