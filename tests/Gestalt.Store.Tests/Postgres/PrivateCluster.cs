using System.Diagnostics;
using Gestalt.Store.Tests.Postgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(PrivateCluster))]

namespace Gestalt.Store.Tests.Postgres;

/// <summary>
/// A PostgreSQL server of our own, in a temporary folder and on a socket there, started when the first test asks for it and gone with the tests. A shell between us waits on a pipe: if the
/// tests are killed, the pipe closes and the server stops. PostgreSQL refuses to run as root: then it runs as the user "postgres".
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const string User = "gestalt";

    private readonly SemaphoreSlim _starting = new(1);
    private string? _folder;
    private Process? _server;
    private int _schemas;

    /// <summary>The address of a schema without tables. Skips the test if PostgreSQL is not installed.</summary>
    /// <param name="withExtensions">Whether pg_trgm can be found there.</param>
    public async Task<string> NewSchemaAsync(bool withExtensions = true)
    {
        string tools = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).OrderDescending().FirstOrDefault("")
            : "";
        Assert.SkipWhen(tools.Length == 0, "PostgreSQL is not installed: ./test --with postgres");
        await StartAsync(tools);
        string schema = $"test_{Interlocked.Increment(ref _schemas)}";
        await RunAsync($"CREATE SCHEMA {schema}");
        return $"{Address};Search Path={schema}{(withExtensions ? ",public" : "")}";
    }

    /// <summary>Runs a statement.</summary>
    public async Task<object?> RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            server.Dispose();
        }
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _starting.Dispose();
    }

    private string Address => $"Host={_folder};Database=postgres;Username={User}";

    private async Task StartAsync(string tools)
    {
        await _starting.WaitAsync();
        try
        {
            if (_server is not null)
                return;
            _folder = Directory.CreateTempSubdirectory("gestalt-pg-").FullName;
            string data = Path.Combine(_folder, "data");
            string[] other = [];
            if (Environment.UserName == "root")
            {
                other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
                await FinishAsync(Start(["chown", "postgres", _folder]));
            }
            await FinishAsync(Start([.. other, Path.Combine(tools, "initdb"), "-D", data, "-U", User, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]));
            string command = $"'{tools}/postgres' -D '{data}' -c listen_addresses= -c unix_socket_directories='{_folder}' -c fsync=off >'{_folder}/log' 2>&1 & server=$!; read -r _; kill -INT $server; wait $server";
            _server = Start([.. other, "/bin/sh", "-c", command]);
            for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
            {
                try
                {
                    await RunAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm");
                    return;
                }
                catch (NpgsqlException problem) when (watch.Elapsed < TimeSpan.FromSeconds(30) && problem is not PostgresException { SqlState: not "57P03" })
                {
                    // Not up yet.
                }
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task FinishAsync(Process process)
    {
        using (process)
        {
            string said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, said);
        }
    }
}
