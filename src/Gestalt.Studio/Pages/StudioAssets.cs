using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Pages;

/// <summary>
/// Style sheets, modules and drawings of the pages. They are resources of the assembly, so that there is nothing to deploy and nothing to fetch. All of them lie below one folder that is
/// named after what they say together: modules can import each other by relative names, a browser may keep each for ever, and a new version of Gestalt is another folder.
/// </summary>
public static class StudioAssets
{
    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, byte[]> Files = Read();

    /// <summary>What all assets say, in sixteen hexadecimal digits.</summary>
    public static string Version { get; } = Digest();

    /// <summary>The names of all assets, such as <c>shell/studio.css</c>.</summary>
    public static IEnumerable<string> Names => Files.Keys;

    /// <summary>Where a browser finds an asset.</summary>
    /// <param name="name">Its name, such as <c>shell/studio.css</c>.</param>
    /// <exception cref="ArgumentException">There is no such asset.</exception>
    public static string Url(string name) => Files.ContainsKey(name)
        ? $"/{Prefix}{Version}/{name}"
        : throw new ArgumentException($"There is no asset '{name}'; it must be a resource of this assembly named '{Prefix}{name}'.", nameof(name));

    /// <summary>Answers a request for an asset: compressed where the browser can, to be kept for a year; 404 for names and versions that are not these.</summary>
    /// <param name="version">The folder that was asked for.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="request">Tells which compression the browser knows.</param>
    internal static IResult Answer(string version, string name, HttpRequest request)
    {
        if (version != Version || !Files.TryGetValue(name, out byte[]? content)) return Results.NotFound();
        IHeaderDictionary headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = "Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        // Small enough to pack when asked: the largest takes under a millisecond, once for each browser and version.
        if (request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            content = Packed(content);
        }
        return Results.Bytes(content, ContentType(name));
    }

    private static byte[] Packed(byte[] content)
    {
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, packed, out int length, quality: 5, window: 22) ? packed[..length] : throw new InvalidOperationException("Brotli could not pack into the length that it named itself.");
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        string other => throw new InvalidOperationException($"'{name}' is an asset of a kind ({other}) that has no content type here."),
    };

    private static FrozenDictionary<string, byte[]> Read()
    {
        Assembly assembly = typeof(StudioAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/').ToLowerInvariant(), name =>
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        });
    }

    private static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, byte[] content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}\0{content.Length}\0"));
            hash.AppendData(content);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
