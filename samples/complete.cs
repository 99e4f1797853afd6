#:project ../src/Gestalt.Inference/Gestalt.Inference.csproj
#:property PublishAot=false

// Continues a text:   dotnet run samples/complete.cs model.gguf "Once upon a time"
using Gestalt.Inference;

using var model = LanguageModel.Open(args[0]);
Console.Write(args[1]);
await foreach (string piece in model.Complete(args[1], new GenerationOptions { MaxTokens = 60 }))
    Console.Write(piece);
Console.WriteLine();
