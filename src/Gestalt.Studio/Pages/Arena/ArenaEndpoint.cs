using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gestalt.Store;

namespace Gestalt.Studio.Pages.Arena;

/// <summary>A model somewhere else that speaks OpenAI's interface, as the store keeps it. Its key never leaves the server again.</summary>
/// <param name="Name">What the arena calls it.</param>
/// <param name="Url">Where its interface begins, such as <c>http://192.168.0.7:8000/v1</c>.</param>
/// <param name="Model">What it calls the model.</param>
/// <param name="Key">Its key; null for none.</param>
internal sealed record ArenaEndpoint(string Name, string Url, string Model, string? Key = null)
{
    /// <summary>The setting that holds all of them.</summary>
    public const string Setting = "arena.endpoints";

    private const int LongestPart = 200;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Problem =>
        string.IsNullOrWhiteSpace(Name) || Name.Length > LongestPart ? $"An endpoint has a name of 1 to {LongestPart} characters."
        : string.IsNullOrWhiteSpace(Model) || Model.Length > LongestPart ? "Say which of the endpoint's models is meant, as its list of models calls it."
        : !Uri.TryCreate(Url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") ? $"'{Url}' is no address of an interface; one looks like http://192.168.0.7:8000/v1."
        : null;

    /// <summary>All that were added.</summary>
    public static Task<ArenaEndpoint[]> AllAsync(IStore store, CancellationToken cancellation) => new Settings(store).GetAsync<ArenaEndpoint[]>(Setting, [], cancellation);

    /// <summary>Streams its answer.</summary>
    /// <param name="http">The connection.</param>
    /// <param name="prompt">What is asked.</param>
    /// <param name="maximum">Tokens at most.</param>
    /// <param name="cancellation">Breaks off.</param>
    /// <exception cref="HttpRequestException">It cannot be reached, or refuses.</exception>
    public async IAsyncEnumerable<string> AnswerAsync(HttpClient http, string prompt, int maximum, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url.TrimEnd('/') + "/chat/completions")
        {
            Content = JsonContent.Create(new { model = Model, messages = new[] { new { role = "user", content = prompt } }, max_tokens = maximum, stream = true }),
        };
        if (Key is { Length: > 0 })
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{Name} answered {(int)response.StatusCode}.");
        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(cancellation).ConfigureAwait(false))
        {
            if (item.Data == "[DONE]")
                yield break;
            if (Piece(item.Data) is { Length: > 0 } piece)
                yield return piece;
        }
    }

    private string? Piece(string data)
    {
        try
        {
            using var chunk = JsonDocument.Parse(data);
            return chunk.RootElement.TryGetProperty("choices", out JsonElement choices) && choices.GetArrayLength() > 0
                && choices[0].TryGetProperty("delta", out JsonElement delta) && delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new HttpRequestException($"{Name} does not stream as OpenAI's interface does: {Shorten(data)}", problem);
        }
    }

    private static string Shorten(string data) => data.Length <= 80 ? data : data[..80] + "…";
}
