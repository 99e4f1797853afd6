using System.Data;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Gestalt.Store;

/// <summary>A store in a PostgreSQL database: one table, made when it is first opened. Several programs may use it at once; each change is a transaction of its own.</summary>
/// <remarks>Search looks for parts of words; where the extension pg_trgm is there, an index serves it.</remarks>
public sealed class PostgresStore : IStore
{
    /// <summary>How many documents are fetched at a time: enough to make trips to the database cheap, few enough to stay small in memory.</summary>
    private const int Page = 200;

    /// <summary>Indexing the words of a document of many megabytes on a busy machine takes longer than Npgsql's usual 30 seconds.</summary>
    private const int CommandSeconds = 180;

    private const string Columns = "id, document, version, created, updated";

    private readonly NpgsqlDataSource _source;

    private PostgresStore(NpgsqlDataSource source) => _source = source;

    /// <summary>Opens the store of a database, and makes its tables if they are not there.</summary>
    /// <param name="connectionString">Where the database is, in Npgsql's form: <c>Host=localhost;Database=gestalt;Username=me</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">It is out of reach, refuses us, or its tables are of a newer version.</exception>
    public static async Task<PostgresStore> OpenAsync(string connectionString, CancellationToken cancellation = default)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.ApplicationName ??= "gestalt";
        if (!connectionString.Contains("Command Timeout", StringComparison.OrdinalIgnoreCase))
            builder.CommandTimeout = CommandSeconds;
        NpgsqlDataSource source = NpgsqlDataSource.Create(builder);
        var store = new PostgresStore(source);
        try
        {
            await PostgresSchema.PrepareAsync(source, cancellation).ConfigureAwait(false);
            return store;
        }
        catch (Exception problem)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            if (Explained(problem, $"The database '{builder.Database ?? builder.Username}' at {builder.Host}:{builder.Port} could not be opened", "Check its address, that it runs, and that the user may create tables") is { } explained)
                throw explained;
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoredDocument?> GetAsync(string kind, string id, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        return await AskAsync(async () =>
        {
            await using NpgsqlCommand command = Command($"SELECT {Columns} FROM gestalt_documents WHERE kind = $1 AND id = $2", kind, id);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            return await reader.ReadAsync(cancellation).ConfigureAwait(false) ? Document(kind, reader) : null;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StoredDocument> PutAsync(string kind, string id, string json, long? expectedVersion = null, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        byte[] document = StoreLimits.CheckDocument(json);
        string text = StoreLimits.Text(document);
        const string Insert = "INSERT INTO gestalt_documents AS d (kind, id, version, created, updated, document, words) SELECT $1, $2, 1, now, now, $3, $4 FROM (SELECT clock_timestamp() AS now) AS clock";
        const string Change = "version = d.version + 1, updated = greatest(clock_timestamp(), d.updated + interval '1 microsecond')";
        return await AskAsync(async () =>
        {
            string sql = expectedVersion switch
            {
                null => $"{Insert} ON CONFLICT (kind, id) DO UPDATE SET {Change}, document = excluded.document, words = excluded.words RETURNING version, created, updated",
                0 => $"{Insert} ON CONFLICT DO NOTHING RETURNING version, created, updated",
                _ => $"UPDATE gestalt_documents AS d SET {Change}, document = $3, words = $4 WHERE kind = $1 AND id = $2 AND version = $5 RETURNING version, created, updated",
            };
            await using NpgsqlCommand command = Command(sql, kind, id, text, SearchText.Of(document));
            if (expectedVersion is not (null or 0))
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = expectedVersion.Value });
            await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
            {
                if (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                    return new StoredDocument(kind, id, text, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));
            }
            StoredDocument? there = await GetAsync(kind, id, cancellation).ConfigureAwait(false);
            throw StoreConflictException.Of(kind, id, expectedVersion!.Value, there?.Version ?? 0);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string kind, string id, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        return await AskAsync(async () =>
        {
            await using NpgsqlCommand command = Command("DELETE FROM gestalt_documents WHERE kind = $1 AND id = $2", kind, id);
            return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) > 0;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> ListAsync(string kind, string? search = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        string[] patterns = [.. SearchText.Words(search).Select(Pattern)];
        foreach (string[] ids in (await IdsAsync(kind, patterns, cancellation).ConfigureAwait(false)).Chunk(Page))
        {
            // No connection is held while the caller works: it may want to write.
            foreach (StoredDocument document in await PageAsync(kind, ids, patterns, cancellation).ConfigureAwait(false))
                yield return document;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(string kind, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        return await AskAsync(async () =>
        {
            await using NpgsqlCommand command = Command("SELECT count(*) FROM gestalt_documents WHERE kind = $1", kind);
            return (long)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        }).ConfigureAwait(false);
    }

    /// <summary>Closes the connections.</summary>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private Task<List<string>> IdsAsync(string kind, string[] patterns, CancellationToken cancellation) => AskAsync(async () =>
    {
        await using NpgsqlCommand command = Command($"SELECT id FROM gestalt_documents WHERE kind = $1{Like(patterns, after: 1)} ORDER BY updated DESC, id DESC", [kind, .. patterns]);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var ids = new List<string>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            ids.Add(reader.GetString(0));
        return ids;
    });

    private Task<List<StoredDocument>> PageAsync(string kind, string[] ids, string[] patterns, CancellationToken cancellation) => AskAsync(async () =>
    {
        await using NpgsqlCommand command = Command(
            $"SELECT {Columns} FROM gestalt_documents JOIN unnest(${patterns.Length + 2}) WITH ORDINALITY AS wanted (wanted_id, place) ON id = wanted_id WHERE kind = $1{Like(patterns, after: 1)} ORDER BY place",
            [kind, .. patterns]);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var documents = new List<StoredDocument>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            documents.Add(Document(kind, reader));
        return documents;
    });

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<string> texts)
    {
        NpgsqlCommand command = _source.CreateCommand(sql);
        foreach (string text in texts)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    private static StoredDocument Document(string kind, IDataRecord row) => new(
        kind, row.GetString(0), row.GetString(1), row.GetInt64(2), ((NpgsqlDataReader)row).GetFieldValue<DateTimeOffset>(3), ((NpgsqlDataReader)row).GetFieldValue<DateTimeOffset>(4));

    /// <summary>A condition for each word: so, and not with ALL, an index can serve it.</summary>
    private static string Like(string[] patterns, int after) => string.Concat(patterns.Select((_, i) => $" AND words LIKE ${after + 1 + i}"));

    /// <summary>What LIKE takes for "contains this word".</summary>
    private static string Pattern(string word)
    {
        var pattern = new StringBuilder("%");
        foreach (char letter in word)
            pattern.Append(letter is '%' or '_' or '\\' ? "\\" : "").Append(letter);
        return pattern.Append('%').ToString();
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            if (Explained(problem, "The database did not do as asked", "Look into its log") is { } explained)
                throw explained;
            throw;
        }
    }

    private static StoreException? Explained(Exception problem, string what, string remedy) =>
        problem is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException
            ? new StoreException($"{what}: {(problem as PostgresException)?.MessageText ?? problem.Message}. {remedy}.", problem)
            : null;
}
