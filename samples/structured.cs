#:project ../src/Gestalt.Inference/Gestalt.Inference.csproj
#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

// An answer that is an object of a C# type, whatever the model would have liked to say:   dotnet run samples/structured.cs model.gguf "Tea for two"
// The schema of the type becomes a mask over the vocabulary, so the model can write nothing else.
using System.Text.Json;
using Gestalt.Inference;
using Microsoft.Extensions.AI;

using var model = LanguageModel.Open(args[0]);
using IChatClient client = model.AsChatClient();
JsonElement schema = AIJsonUtilities.CreateJsonSchema(typeof(Order), serializerOptions: JsonSerializerOptions.Web);
var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), Temperature = 0, MaxOutputTokens = 400 };
ChatResponse response = await client.GetResponseAsync("What is ordered? " + args[1], options);
Console.Error.WriteLine(response.Text);
Order order = JsonSerializer.Deserialize<Order>(response.Text, JsonSerializerOptions.Web)!;
Console.WriteLine($"{order.Count} × {order.Drink}{(order.ToGo ? ", to go" : "")}");

internal sealed record Order(Drink Drink, [property: System.ComponentModel.DataAnnotations.Range(1, 9)] int Count, bool ToGo);

[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Drink>))]
internal enum Drink { Coffee, Tea, Water }
