using System.CommandLine;
using System.Globalization;
using System.Net;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Studio.Hosting;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt serve</c>: models → OpenAI's HTTP interface, and Studio.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var models = new Option<string[]>("--model", "-m") { Description = "A model file, a run, or a pulled model; may be given several times, the first answers whoever names none [default: the newest run; without one, what Studio pulls or lets be born]", HelpName = "MODEL" };
        var port = new Option<int>("--port", "-p") { Description = "The port; 0 for any that is free", HelpName = "N", DefaultValueFactory = _ => 8080 };
        var host = new Option<string>("--host") { Description = "The address to listen on; one that others can reach needs keys", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
        var anyone = new Option<bool>("--anyone") { Description = "Serve without keys also where others can reach it" };
        var certificate = new Option<string?>("--certificate") { Description = "Speak TLS with this certificate (PFX, or PEM)", HelpName = "FILE" };
        var certificateKey = new Option<string?>("--certificate-key") { Description = "The certificate's key, where it lies in a PEM file of its own", HelpName = "FILE" };
        Option<string?> store = StoreOption();
        var memory = new Option<string?>("--memory") { Description = "What models and what they remember may take together, such as 8GB [default: three quarters of the machine's]", HelpName = "BYTES" };
        var kept = new Option<int>("--keep-responses") { Description = "How many responses of /v1/responses are kept, 30 days at most; those made longest ago go", HelpName = "N", DefaultValueFactory = _ => new RequestLimits().KeptResponses };
        Option<string?> mcp = McpOption();
        Option<string?> log = ChatCommand.LogOption();
        var engine = new EngineArguments();
        return new Verb(
            "serve",
            "Serve models to every program that speaks OpenAI's API, and open Studio",
            "Models load when they are first asked for; pulled models and runs can be asked for by name besides those that are named here. Ctrl-C lets running answers end, a second one stops at once. "
            + "Passwords of certificates come from GESTALT_CERTIFICATE_PASSWORD, where traces and metrics go from OTEL_EXPORTER_OTLP_ENDPOINT.",
            new Example("gestalt serve", "the newest run's model at http://127.0.0.1:8080; on an empty machine, Studio to get one"),
            new Example("gestalt serve --model Qwen3-0.6B --model runs/first --port 9000", "a pulled model and one of your own"),
            new Example("gestalt serve keys add laptop", "a key for somebody; it is shown once"),
            new Example("gestalt serve --host 0.0.0.0 --certificate cert.pem --certificate-key key.pem", "to others, encrypted, with keys"))
            .With(models, port, host, anyone, certificate, certificateKey, store, memory, kept, mcp, log).With(engine.All).With(ServeKeysCommand.Create())
            .Does(parse => Serve(new StudioOptions
            {
                Models = parse.GetValue(models) is { Length: > 0 } named ? named : Training.ModelSource.Newest() is string newest ? [newest] : [],
                Port = parse.GetValue(port) is var number and >= 0 and <= 65535 ? number : throw new UserError(ExitCode.Usage, $"--port is {parse.GetValue(port)}; it must be 0 to 65535."),
                Address = AddressOf(parse.GetRequiredValue(host)),
                AllowsAnyone = parse.GetValue(anyone),
                CertificatePath = parse.GetValue(certificate),
                CertificateKeyPath = parse.GetValue(certificateKey),
                CertificatePassword = Environment.GetEnvironmentVariable("GESTALT_CERTIFICATE_PASSWORD"),
                Store = parse.GetValue(store) ?? StudioOptions.DefaultStore,
                McpFile = parse.GetValue(mcp),
                Log = ChatCommand.Log(parse.GetValue(log))?.Path,
                MemoryBudget = parse.GetValue(memory) is string bytes ? BytesOf(bytes) : null,
                Limits = new RequestLimits { KeptResponses = parse.GetValue(kept) is var count and >= 0 ? count : throw new UserError(ExitCode.Usage, $"--keep-responses is {parse.GetValue(kept)}; it must be 0 or more.") },
                Engine = EngineOptionsOf(engine.Read(parse)),
                Warn = Messages.Warn,
            }));
    }

    /// <summary>The option that names the store.</summary>
    public static Option<string?> StoreOption() => new("--store") { Description = "Where conversations, settings and keys are kept: a folder, or PostgreSQL's connection string [default: GESTALT_STORE, or ~/.local/share/gestalt/store]", HelpName = "STORE" };

    /// <summary>The option that names MCP servers.</summary>
    public static Option<string?> McpOption() => new("--mcp") { Description = "MCP servers whose tools the model may use, each call once you allow it: a JSON file with mcpServers, as other programs have one", HelpName = "FILE" };

    private static void Serve(StudioOptions options)
    {
        using var interruption = new Interruption("finishing running answers ... (Ctrl-C again stops at once)");
        ServeAsync(options, interruption.Token).GetAwaiter().GetResult();
    }

    private static async Task ServeAsync(StudioOptions options, CancellationToken interrupted)
    {
        await using StudioServer server = await StudioServer.StartAsync(options, interrupted).ConfigureAwait(false);
        Messages.Say($"Studio   {server.Address}");
        Messages.Say($"API      {new Uri(server.Address, "v1")}");
        if (server.Pool.Catalog.Default is null)
            Messages.Say("There is no model yet. Studio's page Models pulls one, its page Runs lets one be born; it can be asked for at once.");
        try
        {
            await Task.Delay(Timeout.Infinite, interrupted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static IPAddress AddressOf(string host) => host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address) ? address
        : throw new UserError(ExitCode.Usage, $"--host is '{host}'; it must be an address of this machine, such as 127.0.0.1, 0.0.0.0 for all of them, or ::.");

    private static EngineOptions EngineOptionsOf(EngineRequest request) => request.Draft is null
        ? new EngineOptions { Context = request.Context, CacheFormat = request.Cache, LooksUpDrafts = request.Lookup }
        : throw new UserError(ExitCode.Usage, "serve takes no --draft: with several models it would have to be one for each. --lookup needs none.");

    /// <summary>A number of bytes as a person writes it: 8GB, 512 MiB, 2000000000.</summary>
    private static long BytesOf(string text)
    {
        string digits = text.TrimEnd([.. text.Where(char.IsLetter)]).Trim();
        double? unit = text[digits.Length..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "M" or "MB" => 1e6,
            "MIB" => 1 << 20,
            "G" or "GB" => 1e9,
            "GIB" => 1 << 30,
            "T" or "TB" => 1e12,
            _ => null,
        };
        return unit is not null && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count * unit is >= 1 and < 1e15
            ? (long)(count * unit.Value)
            : throw new UserError(ExitCode.Usage, $"--memory is '{text}'; it must be a number of bytes, such as 8GB or 512MiB.");
    }
}
