using Npgsql;

namespace Gestalt.Store.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("data")]
    [InlineData("/var/lib/gestalt")]
    [InlineData("C:\\Users\\me\\store")]
    [InlineData("odd=name/store")]
    [InlineData("./a=b;c=d")]
    [InlineData("Database=x")]
    public void Paths_are_folders(string path) => Assert.Null(PostgresAddress.Parse(path));

    [Theory]
    [InlineData("Host=h;Port=7;Database=d;Username=u;Password=p")]
    [InlineData("postgres://u:p@h:7/d")]
    [InlineData("PostgreSQL://u:p@h:7/d?sslmode=disable")]
    [InlineData("postgresql://h:7/d?user=u&password=p")]
    public void Addresses_are_databases(string text)
    {
        var address = new NpgsqlConnectionStringBuilder(PostgresAddress.Parse(text));
        Assert.Equal(("h", 7, "d", "u", "p"), (address.Host, address.Port, address.Database, address.Username, address.Password));
    }

    [Fact]
    public void A_socket_and_letters_that_mean_something_in_addresses_are_understood()
    {
        var address = new NpgsqlConnectionStringBuilder(PostgresAddress.Parse("postgresql://me%40home:a%2Fb%3Ac@localhost/my%20data?host=/run/postgresql&sslmode=require"));
        Assert.Equal(("/run/postgresql", "my data", "me@home", "a/b:c", SslMode.Require), (address.Host, address.Database, address.Username, address.Password, address.SslMode));
    }

    [Theory]
    [InlineData("postgresql://u:secret-word@h:port/d")]
    [InlineData("postgresql://u:secret-word@h/d?colour=red")]
    [InlineData("Host=h;Password=secret-word;Colour=red")]
    public void What_only_looks_like_an_address_is_refused_without_its_password(string text)
    {
        var refusal = Assert.Throws<StoreException>(() => PostgresAddress.Parse(text));
        Assert.DoesNotContain("secret-word", refusal.Message);
    }
}
