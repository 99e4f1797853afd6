namespace Gestalt.Text;

/// <summary>
/// GPT-2's way to print any byte as one character, in which <c>tokenizer.json</c> and GGUF files write their tokens: printable Latin-1 stands for itself, the other
/// 68 bytes are U+0100 onwards (a space is <c>Ġ</c>, a line feed <c>Ċ</c>).
/// </summary>
public static class ByteAlphabet
{
    private static readonly char[] Characters = BuildCharacters();
    private static readonly short[] Bytes = BuildBytes();

    /// <summary>Writes bytes in the alphabet, one character a byte.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes) =>
        string.Create(bytes.Length, bytes, static (characters, bytes) =>
        {
            for (int i = 0; i < characters.Length; i++)
            {
                characters[i] = Characters[bytes[i]];
            }
        });

    /// <summary>Reads a token written in the alphabet; false when it holds a character that is not part of it.</summary>
    public static bool TryToBytes(ReadOnlySpan<char> piece, out byte[] bytes)
    {
        bytes = new byte[piece.Length];
        for (int i = 0; i < piece.Length; i++)
        {
            if (piece[i] >= Bytes.Length || Bytes[piece[i]] < 0)
            {
                return false;
            }

            bytes[i] = (byte)Bytes[piece[i]];
        }

        return true;
    }

    private static bool StandsForItself(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static char[] BuildCharacters()
    {
        var characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            characters[value] = StandsForItself(value) ? (char)value : next++;
        }

        return characters;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
