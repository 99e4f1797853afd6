using System.Text;
using Gestalt.Inference;
using Gestalt.Text;

namespace Gestalt.Studio.Api.Writing;

/// <summary>Tokens as answers tell them: their text, their bytes (which text cannot hold where a token is half a letter), and how likely they were.</summary>
internal static class TokenAnswers
{
    /// <summary>Tokens of an answer.</summary>
    public static TokenAnswer[] Of(IReadOnlyList<GeneratedToken> tokens, Tokenizer tokenizer) =>
        [.. tokens.Select(token => Of(token.Id, token.LogProbability, tokenizer) with { TopLogprobs = [.. token.Likeliest.Select(likely => Of(likely.Id, likely.LogProbability, tokenizer))] })];

    /// <summary>A token's text; bytes that are no whole letter are replaced.</summary>
    public static string Text(int id, Tokenizer tokenizer) => Encoding.UTF8.GetString(tokenizer.TokenBytes(id));

    /// <summary>A token's bytes.</summary>
    public static int[] Bytes(int id, Tokenizer tokenizer) => [.. tokenizer.TokenBytes(id).ToArray().Select(value => (int)value)];

    private static TokenAnswer Of(int id, float logProbability, Tokenizer tokenizer) => new(Text(id, tokenizer), logProbability, Bytes(id, tokenizer)) { Id = id };
}
