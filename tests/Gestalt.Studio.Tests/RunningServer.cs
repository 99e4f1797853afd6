using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json;
using Gestalt.Studio.Hosting;
using OpenAI;

namespace Gestalt.Studio.Tests;

/// <summary>The real server on a loopback port, with a tiny model of its own and everything it writes in a folder that goes with it.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private StudioServer? _server;

    /// <summary>The tests' folder.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"gestalt-studio-{Guid.NewGuid():N}");

    /// <summary>What the server warned of.</summary>
    public List<string> Warnings { get; } = [];

    public StudioServer Server => _server!;

    public HttpClient Http { get; private set; } = new();

    /// <summary>OpenAI's client as it comes, but for the address and that it does not try again by itself.</summary>
    public OpenAIClient OpenAI { get; private set; } = null!;

    /// <summary>The model's name.</summary>
    public const string Model = "tiny";

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts the server.</summary>
    /// <param name="change">Options other than a test's usual ones.</param>
    /// <param name="context">Tokens that the model's context holds.</param>
    /// <param name="width">The model's width.</param>
    public async Task<RunningServer> StartAsync(Func<StudioOptions, StudioOptions>? change = null, int context = 1024, int width = 32)
    {
        string path = TinyModel.Write(Path.Combine(Folder, Model + ".gguf"), context, width: width);
        var options = new StudioOptions { Models = [path], Port = 0, Store = Path.Combine(Folder, "store"), Warn = Warnings.Add };
        _server = await StudioServer.StartAsync(change?.Invoke(options) ?? options);
        // A client that leaves goes at once, instead of reading what is still coming.
        Http = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = _server.Address, Timeout = TimeSpan.FromMinutes(5) };
        OpenAI = Client("none");
        return this;
    }

    /// <summary>OpenAI's client with a key.</summary>
    public OpenAIClient Client(string key) => new(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(Server.Address, "v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromMinutes(5) });

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> Post(string path, string json) => Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Posts JSON and reads the answer.</summary>
    public async Task<JsonElement> Ask(string path, string json)
    {
        using HttpResponseMessage response = await Post(path, json);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Posts what must be refused, and checks that the refusal has OpenAI's shape.</summary>
    public async Task<JsonElement> Refused(string path, string json, HttpStatusCode status, string? param, params string[] mentions)
    {
        using HttpResponseMessage response = await Post(path, json);
        return await Refused(response, status, param, mentions);
    }

    /// <summary>Checks that an answer is a refusal of OpenAI's shape.</summary>
    public static async Task<JsonElement> Refused(HttpResponseMessage response, HttpStatusCode status, string? param, params string[] mentions)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        JsonElement error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.NotEmpty(error.GetProperty("type").GetString()!);
        Assert.All(mentions, mention => Assert.Contains(mention, error.GetProperty("message").GetString()));
        Assert.DoesNotContain("   at ", text);
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
