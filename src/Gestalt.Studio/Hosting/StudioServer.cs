using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gestalt.Store;
using Gestalt.Studio.Api;
using Gestalt.Studio.Pages;
using Gestalt.Studio.Serving;
using Gestalt.Studio.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gestalt.Studio.Hosting;

/// <summary>
/// Models behind OpenAI's HTTP interface, and Studio, the web app that uses it. <see cref="StartAsync"/> listens; models load when they are first asked for.
/// </summary>
/// <example>
/// <code>
/// await using StudioServer server = await StudioServer.StartAsync(new StudioOptions { Models = ["model.gguf"] });
/// Console.WriteLine(server.Address); // http://127.0.0.1:8080/
/// </code>
/// </example>
public sealed class StudioServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IStore _store;
    private readonly Telemetry? _telemetry;

    private StudioServer(WebApplication app, IStore store, ModelPool pool, Telemetry? telemetry, Uri address) => (_app, _store, Pool, _telemetry, Address) = (app, store, pool, telemetry, address);

    /// <summary>Where the server answers.</summary>
    public Uri Address { get; }

    /// <summary>The models.</summary>
    public ModelPool Pool { get; }

    /// <summary>What the server is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="options">What is served, where, and within which limits.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="FileNotFoundException">A model or the certificate is not there.</exception>
    /// <exception cref="ArgumentException">Others could reach the server, and nobody needs a key.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static async Task<StudioServer> StartAsync(StudioOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var pool = new ModelPool(options);
        IStore store = await Stores.OpenAsync(options.Store, options.Warn, cancellation).ConfigureAwait(false);
        WebApplication? app = null;
        Telemetry? telemetry = null;
        try
        {
            await RequireKeysAsync(options, store, cancellation).ConfigureAwait(false);
            telemetry = Telemetry.FromEnvironment();
            app = Build(options, store, pool);
            await app.StartAsync(cancellation).ConfigureAwait(false);
            string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new StudioServer(app, store, pool, telemetry, new Uri(address));
        }
        catch
        {
            telemetry?.Dispose();
            if (app is not null)
                await app.DisposeAsync().ConfigureAwait(false);
            await pool.DisposeAsync().ConfigureAwait(false);
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops listening at once, lets running answers end within <see cref="RequestLimits.ShutdownTime"/>, then ends them.</summary>
    /// <param name="cancellation">Ends them now.</param>
    public Task StopAsync(CancellationToken cancellation = default) => _app.StopAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _telemetry?.Dispose();
        await Pool.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(StudioOptions options, IStore store, ModelPool pool)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "gestalt", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        if (options.CertificatePath is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Limits.ShutdownTime);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(pool);
        builder.Services.AddSingleton<KeyGuard>();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddSingleton(services => new PrometheusText(services.GetRequiredService<ServerMetrics>().Meter));
        ApiRoutes.AddTo(builder.Services);
        ToolEndpoints.AddTo(builder.Services);
        StudioPages.AddTo(builder.Services);
        WebApplication app = builder.Build();
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        ApiRoutes.Map(app);
        SignIn.Map(app, app.Services.GetRequiredService<KeyGuard>());
        ToolEndpoints.Map(app);
        StudioPages.Map(app);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, StudioOptions options)
    {
        RequestLimits limits = options.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTime;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTime;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.SlowestBytesPerSecond, limits.GraceTime);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.SlowestBytesPerSecond, limits.GraceTime);
        kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen =>
        {
            if (options.CertificatePath is not null)
                listen.UseHttps(Certificate(options));
        });
    }

    private static X509Certificate2 Certificate(StudioOptions options)
    {
        foreach (string? path in (string?[])[options.CertificatePath, options.CertificateKeyPath])
        {
            if (path is not null && !File.Exists(path))
                throw new FileNotFoundException($"there is no certificate file '{path}'.");
        }
        if (!options.CertificatePath!.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) && !options.CertificatePath.EndsWith(".p12", StringComparison.OrdinalIgnoreCase))
        {
            return options.CertificatePassword is null
                ? X509Certificate2.CreateFromPemFile(options.CertificatePath, options.CertificateKeyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(options.CertificatePath, options.CertificatePassword, options.CertificateKeyPath);
        }
        return X509CertificateLoader.LoadPkcs12FromFile(options.CertificatePath, options.CertificatePassword);
    }

    /// <summary>What others can reach needs a key, unless it is said that anyone may come.</summary>
    private static async Task RequireKeysAsync(StudioOptions options, IStore store, CancellationToken cancellation)
    {
        if (IPAddress.IsLoopback(options.Address))
            return;
        if (await store.CountAsync(ApiKeys.Kind, cancellation).ConfigureAwait(false) == 0)
        {
            if (!options.AllowsAnyone)
                throw new ArgumentException($"Others can reach {options.Address}, and there are no keys yet. Make one first (gestalt serve keys add NAME), or let anyone in with --anyone.", nameof(options));
            options.Warn?.Invoke($"anyone who can reach {options.Address} may use these models and read what is kept in the store.");
        }
        if (options.CertificatePath is null)
            options.Warn?.Invoke("what is sent is not encrypted, keys included. Give a --certificate, or put a server before this one that has one.");
    }

    /// <summary>Whoever started the server stops it: signals are the program's business.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
