using Npgsql;

namespace Gestalt.Store;

/// <summary>The tables of a store in PostgreSQL, and how they came to be what they are.</summary>
internal static class PostgresSchema
{
    /// <summary>Steps from one version of the tables to the next; the first from nothing. Add, never change.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE gestalt_documents (
            kind text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            created timestamptz NOT NULL,
            updated timestamptz NOT NULL,
            document text NOT NULL, -- as it was put: jsonb would sort members and refuse \u0000
            words text NOT NULL,    -- its strings, folded by Gestalt, so that search finds the same in every locale
            PRIMARY KEY (kind, id));
        CREATE INDEX gestalt_documents_updated ON gestalt_documents (kind, updated DESC);
        """,
    ];

    /// <summary>"gestalt": a lock that keeps two programs from making the tables at once.</summary>
    private const long LockKey = 0x67657374616C74;

    /// <summary>Brings the tables to the version that this Gestalt knows.</summary>
    /// <exception cref="StoreException">They are of a newer one.</exception>
    public static async Task PrepareAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false))
        {
            await RunAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellation).ConfigureAwait(false);
            await RunAsync(connection, "SET LOCAL client_min_messages = warning; CREATE TABLE IF NOT EXISTS gestalt_schema (version integer NOT NULL)", cancellation).ConfigureAwait(false);
            int version = await RunAsync(connection, "SELECT max(version) FROM gestalt_schema", cancellation).ConfigureAwait(false) as int? ?? 0;
            if (version > Steps.Length)
                throw new StoreException($"The tables in the database are of version {version}, this Gestalt knows up to {Steps.Length}. Use a newer Gestalt, or another database.");
            for (int step = version; step < Steps.Length; step++)
                await RunAsync(connection, $"{Steps[step]} INSERT INTO gestalt_schema VALUES ({step + 1})", cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }
        await IndexWordsAsync(connection, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets an index of three-letter pieces serve searches, where the database has the extension for it and lets us: search is right without, and slower.</summary>
    private static async Task IndexWordsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(
                connection,
                $"""
                SET client_min_messages = warning;
                SELECT pg_advisory_lock({LockKey});
                CREATE EXTENSION IF NOT EXISTS pg_trgm;
                CREATE INDEX IF NOT EXISTS gestalt_documents_words ON gestalt_documents USING gin (words gin_trgm_ops);
                """,
                cancellation).ConfigureAwait(false);
        }
        catch (PostgresException)
        {
            // Not installed, or not ours to add.
        }
        finally
        {
            await RunAsync(connection, "RESET client_min_messages; SELECT pg_advisory_unlock_all()", cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false);
    }
}
