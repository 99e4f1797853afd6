using Gestalt.Os.Mcp;

namespace Gestalt.Os.Tests.Mcp;

public sealed class McpConfigurationTests
{
    [Fact]
    public void The_usual_shape_is_read_with_variables_and_without_what_is_disabled()
    {
        Environment.SetEnvironmentVariable("GESTALT_TEST_TOKEN", "t0k3n");
        IReadOnlyList<McpServerEntry> servers = McpConfiguration.Parse("""
            {
              // as other programs write it
              "mcpServers": {
                "files": { "command": "npx", "args": ["-y", "server", "${GESTALT_TEST_NONE:-/home}"], "env": { "TOKEN": "${GESTALT_TEST_TOKEN}" }, "cwd": "/tmp", "type": "stdio" },
                "web": { "url": "https://example.org/mcp", "headers": { "Authorization": "Bearer ${GESTALT_TEST_TOKEN}" } },
                "off": { "command": "x", "disabled": true },
              }
            }
            """, "mcp.json").Servers;
        Assert.Equal(["files", "web"], servers.Select(one => one.Name));
        Assert.Equal(("npx", "-y server /home", "t0k3n", "/tmp"), (servers[0].Command, string.Join(' ', servers[0].Arguments), servers[0].Environment["TOKEN"], servers[0].Folder));
        Assert.Equal((new Uri("https://example.org/mcp"), "Bearer t0k3n"), (servers[1].Address, servers[1].Headers["Authorization"]));
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "no object \"mcpServers\"")]
    [InlineData("""{"mcpServers":[]}""", "is Array, not Object")]
    [InlineData("""{"mcpServers":{"a":{}}}""", "neither \"command\" nor \"url\"")]
    [InlineData("""{"mcpServers":{"a":{"command":"x","url":"http://y"}}}""", "both")]
    [InlineData("""{"mcpServers":{"a":{"url":"file:///etc/passwd"}}}""", "not an address")]
    [InlineData("""{"mcpServers":{"a":{"command":["x"]}}}""", "is Array, not text")]
    [InlineData("""{"mcpServers":{"a":{"command":"x","args":[1]}}}""", "an argument of the server 'a' is Number")]
    [InlineData("""{"mcpServers":{"a":{"command":"${GESTALT_TEST_UNSET}"}}}""", "GESTALT_TEST_UNSET")]
    [InlineData("""{"mcpServers":{"a/b":{"command":"x"}}}""", "name")]
    [InlineData("""{"mcpServers":{"a":7}}""", "is no object")]
    public void What_is_none_is_refused_with_the_reason(string json, string reason)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => McpConfiguration.Parse(json, "mcp.json"));
        Assert.StartsWith("mcp.json", refusal.Message);
        Assert.Contains(reason, refusal.Message);
    }
}
