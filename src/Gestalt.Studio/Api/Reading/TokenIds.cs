namespace Gestalt.Studio.Api.Reading;

/// <summary>Ids of tokens that a request gives instead of a text.</summary>
internal static class TokenIds
{
    /// <summary>Checks that a vocabulary has them.</summary>
    /// <exception cref="ApiException">One is none of its tokens.</exception>
    public static void Check(IReadOnlyList<int> ids, int vocabulary, string path)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary)
                throw ApiException.Bad($"{path}[{i}]", $"'{path}[{i}]' is {ids[i]}; the model's tokens are 0 to {vocabulary - 1}.", "invalid_value");
        }
    }
}
