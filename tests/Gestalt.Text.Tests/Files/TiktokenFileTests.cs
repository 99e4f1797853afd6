using System.Text;

namespace Gestalt.Text.Tests;

public sealed class TiktokenFileTests
{
    [Fact]
    public void A_trained_vocabulary_has_the_same_ids_by_ranks_as_by_merges()
    {
        Tokenizer trained = Samples.Tokenizer("cl100k");
        Tokenizer read = TiktokenFile.Parse(Encoding.ASCII.GetBytes(Ranks(trained)), PreTokenizer.Cl100k, [.. trained.Special]);
        Assert.Equal(trained.Merges(), read.Merges());
        Assert.Equal(trained.Tokens(), read.Tokens());
        Assert.Equal(trained.Special.MessageEnd, read.Special.MessageEnd);
        var random = new Random(14);
        for (int i = 0; i < 300; i++)
        {
            byte[] text = RandomText.Next(random, 30);
            Assert.Equal(trained.Encode(text), read.Encode(text));
        }
    }

    // tiktoken's own definition: join the leftmost neighbours whose bytes together are the token of the lowest id.
    [Fact]
    public void Ids_of_any_ranks_equal_joining_whatever_is_a_token()
    {
        var random = new Random(15);
        for (int round = 0; round < 40; round++)
        {
            var tokens = new List<string>(Enumerable.Range(0, 256).Select(value => ((char)value).ToString()));
            while (tokens.Count < 300)
            {
                string token = tokens[random.Next(2) == 0 ? 'a' + random.Next(3) : 256 + random.Next(tokens.Count - 255) - 1] + tokens['a' + random.Next(3)];
                if (!tokens.Contains(token))
                {
                    tokens.Add(token);
                }
            }

            Tokenizer tokenizer = TiktokenFile.Parse(Encoding.ASCII.GetBytes(Lines(tokens)), PreTokenizer.Gpt2);
            for (int i = 0; i < 30; i++)
            {
                string word = new([.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => (char)('a' + random.Next(3)))]);
                Assert.Equal(Join(tokens, word), tokenizer.Encode(word));
            }
        }
    }

    [Theory]
    [InlineData("YQ==", "Line 1")]
    [InlineData("YQ== 0\n!! 1", "Line 2")]
    [InlineData("YQ== x", "Line 1")]
    [InlineData("YQ== -5", "Line 1")]
    [InlineData("YQ== 0\nYg== 0", "Two tokens have the id 0")]
    [InlineData("YQ== 0\nYQ== 1", "there twice")]
    [InlineData("YQ== 2000000000", "The highest id")]
    [InlineData("YQ== 0", "no token for byte")]
    [InlineData("", "no token for byte")]
    public void A_damaged_file_is_refused(string content, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => TiktokenFile.Parse(Encoding.ASCII.GetBytes(content), PreTokenizer.Gpt2, new SpecialToken(5, "<x>"))).Message, StringComparison.Ordinal);

    private static string Ranks(Tokenizer tokenizer) => string.Concat(Enumerable.Range(0, tokenizer.VocabularySize)
        .Where(id => tokenizer.KindOf(id) == TokenKind.Normal)
        .Select(id => $"{Convert.ToBase64String(tokenizer.TokenBytes(id))} {id}\n"));

    private static string Lines(List<string> tokens) =>
        string.Concat(tokens.Select((token, id) => $"{Convert.ToBase64String(Encoding.Latin1.GetBytes(token))} {id}\r\n"));

    private static List<int> Join(List<string> tokens, string word)
    {
        int whole = tokens.IndexOf(word);
        if (whole >= 0)
        {
            return [whole];
        }

        Dictionary<string, int> ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        List<string> parts = [.. word.Select(c => c.ToString())];
        while (true)
        {
            int best = -1, lowest = int.MaxValue;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (ids.TryGetValue(parts[i] + parts[i + 1], out int id) && id < lowest)
                {
                    (best, lowest) = (i, id);
                }
            }

            if (best < 0)
            {
                return [.. parts.Select(part => ids[part])];
            }

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
