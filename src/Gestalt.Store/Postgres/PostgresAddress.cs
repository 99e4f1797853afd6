using Npgsql;

namespace Gestalt.Store;

/// <summary>Tells the address of a database from the path of a folder.</summary>
internal static class PostgresAddress
{
    /// <summary>The address as Npgsql takes it; null if the text is the path of a folder.</summary>
    /// <exception cref="StoreException">It begins like an address and is none.</exception>
    public static string? Parse(string text)
    {
        if (text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase))
            return FromUri(text);
        if (!text.Contains('='))
            return null;
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0 } address ? address.ConnectionString : null;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException)
        {
            return text.Contains("Host=", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(text) ? throw Refuse(problem) : null;
        }
    }

    /// <summary>An address as libpq writes it: <c>postgresql://user:password@host:port/database?sslmode=require</c>; a socket's folder comes as <c>?host=/run/postgresql</c>.</summary>
    private static string FromUri(string text)
    {
        try
        {
            var uri = new Uri(text);
            var address = new NpgsqlConnectionStringBuilder();
            if (uri.Host.Length > 0)
                address.Host = Uri.UnescapeDataString(uri.Host);
            if (uri.Port > 0)
                address.Port = uri.Port;
            string[] who = uri.UserInfo.Split(':', 2);
            if (who[0].Length > 0)
                address.Username = Uri.UnescapeDataString(who[0]);
            if (who.Length > 1)
                address.Password = Uri.UnescapeDataString(who[1]);
            if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
                address.Database = Uri.UnescapeDataString(database);
            foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = option.Split('=', 2);
                string name = Uri.UnescapeDataString(parts[0]);
                address[Names.GetValueOrDefault(name, name)] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            }
            if (string.IsNullOrEmpty(address.Host))
                address.Host = "localhost";
            return address.ConnectionString;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException)
        {
            throw Refuse(problem);
        }
    }

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["user"] = "Username",
        ["dbname"] = "Database",
    };

    /// <summary>Never tells the address: it may hold a password.</summary>
    private static StoreException Refuse(Exception problem) =>
        new($"The address of the database cannot be read ({problem.GetType().Name}). Write it as postgresql://user@host:5432/database or Host=host;Port=5432;Database=database;Username=user.");
}
