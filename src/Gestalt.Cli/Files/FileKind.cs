using System.Buffers.Binary;

namespace Gestalt.Cli.Files;

/// <summary>What a file is, by its first bytes rather than by its name.</summary>
internal enum FileKind
{
    /// <summary>None of those below.</summary>
    Other,

    /// <summary>A GGUF model file.</summary>
    Gguf,

    /// <summary>A safetensors file: weights or a checkpoint.</summary>
    Safetensors,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>Tells kinds of files apart.</summary>
internal static class FileKinds
{
    /// <summary>Looks at the first bytes of a file.</summary>
    public static FileKind Of(string path)
    {
        Span<byte> head = stackalloc byte[9];
        using FileStream stream = File.OpenRead(path);
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (head[..read].StartsWith("GGUF"u8)) return FileKind.Gguf;
        // Safetensors: the header's length as 64-bit little endian, then the header, a JSON object.
        if (read == 9 && head[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(head) <= (ulong)stream.Length) return FileKind.Safetensors;
        ReadOnlySpan<byte> text = ((ReadOnlySpan<byte>)head[..read]).TrimStart(" \t\r\n\uFEFF"u8);
        return text.Length > 0 && text[0] == (byte)'{' ? FileKind.Json : FileKind.Other;
    }
}
