namespace Gestalt.Kernels;

/// <summary>Where the values of a chunk (the keys, or the values, of one head in one page) lie.</summary>
/// <remarks>
/// <para>
/// Attention multiplies a few rows, the queries or their probabilities, with a page. So that a register of a page is used as it lies, with one word of each row copied to
/// all its lanes, a chunk keeps 32-bit or 16-bit words in the order of the products:
/// </para>
/// <list type="bullet">
/// <item>F32: rows, (tokens, D), for keys and values.</item>
/// <item>F16: keys (tokens / 16, D, 16), a value of 16 tokens in a register; values (tokens, D), as the sum runs over tokens.</item>
/// <item>Q8_0: keys (tokens / 16, D / 4, 16, 4), four values of 16 tokens; values (tokens / 4, D, 4), four tokens of 16 values. Keys have 128 added, which is what <c>vpdpbusd</c>, bytes
/// without sign times bytes with sign, wants of one factor. Behind the bytes the scales, (D / 32, tokens), in bfloat16.</item>
/// </list>
/// </remarks>
internal static class PageLayout
{
    /// <summary>Tokens whose keys lie side by side.</summary>
    public const int KeyLanes = 16;

    /// <summary>Bytes that are multiplied and added up together.</summary>
    public const int BytesPerWord = 4;

    private const int PageTokens = PagedShape.TokensPerPage;

    /// <summary>Place of a key's values 0 in a chunk of <see cref="CacheFormat.F16"/>; the following are <see cref="KeyLanes"/> further each.</summary>
    public static int HalfKey(int width, int token) => ((token / KeyLanes) * width * KeyLanes) + (token % KeyLanes);

    /// <summary>Place of a key's byte 0 in a chunk of <see cref="CacheFormat.Q8_0"/>; each following word of four is four times <see cref="KeyLanes"/> further.</summary>
    public static int ByteKey(int width, int token) => ((token / KeyLanes) * width * KeyLanes) + (token % KeyLanes * BytesPerWord);

    /// <summary>Place of a value's byte 0 in a chunk of <see cref="CacheFormat.Q8_0"/>; the following are <see cref="BytesPerWord"/> further each.</summary>
    public static int ByteValue(int width, int token) => ((token / BytesPerWord) * width * BytesPerWord) + (token % BytesPerWord);

    /// <summary>The scales of a chunk of <see cref="CacheFormat.Q8_0"/>, (D / 32, tokens).</summary>
    public static unsafe ushort* Scales(byte* chunk, int width) => (ushort*)(chunk + (PageTokens * width));
}
