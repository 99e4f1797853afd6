using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Studio.Api.Reading;

/// <summary>How requests are read: strictly. A field that is misspelt would otherwise change the result silently.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 128)]
[JsonSerializable(typeof(ChatBody))]
[JsonSerializable(typeof(CompletionBody))]
[JsonSerializable(typeof(EmbeddingBody))]
[JsonSerializable(typeof(TokenizeBody))]
[JsonSerializable(typeof(DetokenizeBody))]
[JsonSerializable(typeof(ResponseBody))]
internal sealed partial class RequestJson : JsonSerializerContext;
