using System.Runtime.InteropServices;
using System.Text;

namespace Gestalt.Text;

/// <summary>Text as code points and back. A byte that is part of no character is a number above all code points, so that it comes back as it was.</summary>
internal static class CodePoints
{
    private const int FirstByte = 0x110000;

    /// <summary>The code points of a text.</summary>
    public static List<int> Of(ReadOnlySpan<byte> utf8)
    {
        var codePoints = new List<int>(utf8.Length);
        while (!utf8.IsEmpty)
        {
            int codePoint = Utf8.Decode(utf8, out int length);
            codePoints.Add(codePoint == Utf8.Invalid ? FirstByte + utf8[0] : codePoint);
            utf8 = utf8[length..];
        }

        return codePoints;
    }

    /// <summary>The text of code points.</summary>
    public static ReadOnlySpan<byte> ToUtf8(List<int> codePoints)
    {
        var bytes = new List<byte>(codePoints.Count + codePoints.Count / 4);
        Span<byte> buffer = stackalloc byte[4];
        foreach (int codePoint in codePoints)
        {
            if (codePoint >= FirstByte)
            {
                bytes.Add((byte)(codePoint - FirstByte));
            }
            else
            {
                bytes.AddRange(buffer[..new Rune(codePoint).EncodeToUtf8(buffer)]);
            }
        }

        return CollectionsMarshal.AsSpan(bytes);
    }

    /// <summary>Whether a number is a code point and not a byte that is part of none.</summary>
    public static bool IsCharacter(int codePoint) => codePoint < FirstByte;
}
