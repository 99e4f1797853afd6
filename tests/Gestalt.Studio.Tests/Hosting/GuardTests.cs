using System.ClientModel;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gestalt.Store;
using Gestalt.Studio.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Gestalt.Studio.Tests.Hosting;

/// <summary>Who may come in, from where, and how it is protected.</summary>
public sealed class GuardTests
{
    private const string Hello = """{"messages":[{"role":"user","content":"hi"}],"max_tokens":2}""";

    [Fact]
    public async Task Once_there_is_a_key_everyone_needs_one()
    {
        await using var server = new RunningServer();
        string folder = Path.Combine(server.Folder, "store");
        string key;
        string id;
        await using (IStore store = await Stores.OpenAsync(folder))
            key = (await new ApiKeys(store).CreateAsync("laptop")).Key;
        await server.StartAsync();
        await server.Refused("/v1/chat/completions", Hello, HttpStatusCode.Unauthorized, null, "gestalt serve keys add");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => server.Client("sk-wrong").GetChatClient("tiny").CompleteChatAsync(new UserChatMessage("hi")))).Status);
        Assert.NotEmpty((await server.Client(key).GetChatClient("tiny").CompleteChatAsync([new UserChatMessage("hi")], new ChatCompletionOptions { MaxOutputTokenCount = 2 })).Value.Id);
        await SignsIn(server, key);
        var keys = new ApiKeys(server.Server.Services.GetRequiredService<IStore>());
        id = (await keys.FindAsync(key))!.Id;
        await keys.RevokeAsync(id);
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => server.Client(key).GetOpenAIModelClient().GetModelsAsync())).Status);
        Assert.DoesNotContain(key, string.Concat(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal)).Select(Read)));

        static string Read(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    private static async Task SignsIn(RunningServer server, string key)
    {
        var cookies = new CookieContainer();
        using var handler = new HttpClientHandler { CookieContainer = cookies };
        using var browser = new HttpClient(handler) { BaseAddress = server.Server.Address, DefaultRequestHeaders = { { "Accept", "text/html" } } };
        using HttpResponseMessage asked = await browser.GetAsync("/");
        Assert.Equal("/sign-in", asked.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync("/sign-in", new FormUrlEncodedContent([new("key", "sk-wrong")]))).StatusCode);
        Assert.Empty(cookies.GetAllCookies());
        using HttpResponseMessage signed = await browser.PostAsync("/sign-in", new FormUrlEncodedContent([new("key", key)]));
        Assert.NotEqual("/sign-in", signed.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.True(cookies.GetAllCookies().Single().HttpOnly);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task An_address_that_others_reach_needs_keys_or_a_word()
    {
        await using var server = new RunningServer();
        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(() => server.StartAsync(options => options with { Address = IPAddress.Any }));
        Assert.Contains("gestalt serve keys add", refusal.Message);
        await server.StartAsync(options => options with { Address = IPAddress.Any, AllowsAnyone = true });
        Assert.Contains(server.Warnings, warning => warning.Contains("anyone"));
    }

    [Fact]
    public async Task Pages_of_this_machine_may_ask_and_pages_of_other_sites_may_not()
    {
        await using RunningServer server = await new RunningServer().StartAsync();
        using var local = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions") { Headers = { { "Origin", "http://localhost:3000" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,content-type" } } };
        using HttpResponseMessage allowed = await server.Http.SendAsync(local);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal("http://localhost:3000", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("authorization", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        foreach (string origin in (string[])["https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1.evil.example"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Hello, Encoding.UTF8, "application/json"), Headers = { { "Origin", origin } } };
            using HttpResponseMessage refused = await server.Http.SendAsync(request);
            await RunningServer.Refused(refused, HttpStatusCode.Forbidden, null);
            Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_name_that_somebody_points_at_this_machine_is_refused()
    {
        await using RunningServer server = await new RunningServer().StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { Host = "rebound.example" } };
        await RunningServer.Refused(await server.Http.SendAsync(request), HttpStatusCode.MisdirectedRequest, null, "localhost");
    }

    [Fact]
    public async Task Answers_carry_strict_headers()
    {
        await using RunningServer server = await new RunningServer().StartAsync();
        using HttpResponseMessage answer = await server.Http.GetAsync("/v1/models");
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Server"));
        using HttpResponseMessage page = await server.Http.GetAsync("/");
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_certificate_makes_it_speak_TLS()
    {
        await using var server = new RunningServer();
        Directory.CreateDirectory(server.Folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=gestalt", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(server.Folder, "cert.pem"), keyPath = Path.Combine(server.Folder, "key.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        await server.StartAsync(options => options with { CertificatePath = path, CertificateKeyPath = keyPath });
        Assert.Equal("https", server.Server.Address.Scheme);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint };
        using var client = new HttpClient(handler) { BaseAddress = server.Server.Address };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health")).StatusCode);
        await Assert.ThrowsAsync<FileNotFoundException>(() => new RunningServer().StartAsync(options => options with { CertificatePath = "nowhere.pem" }));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_the_limit()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { BodyBytes = 5000 } });
        await server.Refused("/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"{{new string('x', 6000)}}"}]}""", HttpStatusCode.RequestEntityTooLarge, null, "5000");
    }

    [Fact]
    public async Task Clients_that_dawdle_are_shut_out_and_slow_nobody_down()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with
        {
            Limits = options.Limits with { HeaderTime = TimeSpan.FromMilliseconds(500), GraceTime = TimeSpan.FromMilliseconds(1100), SlowestBytesPerSecond = 1000 },
        });
        using Socket headers = await Connect(server, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        using Socket body = await Connect(server, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{");
        await server.Ask("/v1/chat/completions", Hello);
        Assert.Contains("408", await ReadToEnd(headers));
        string answer = await ReadToEnd(body);
        Assert.True(answer.Length == 0 || answer.Contains("408"), answer);
        await server.Ask("/v1/chat/completions", Hello);
    }

    private static async Task<Socket> Connect(RunningServer server, string beginning)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(beginning));
        return socket;
    }

    private static async Task<string> ReadToEnd(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, patience.Token)) > 0;)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset: shut out, too.
        }
        return text.ToString();
    }
}
