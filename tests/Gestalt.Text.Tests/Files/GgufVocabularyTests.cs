using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

public sealed class GgufVocabularyTests
{
    /// <summary>Every vocabulary that lies there with texts and the ids that llama.cpp expects; to try others, name their folder in GESTALT_VOCABULARIES.</summary>
    public static TheoryData<string> Vocabularies => [.. Names()];

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Ids_equal_those_that_llama_cpp_expects(string name)
    {
        string path = Path.Combine(Folder() ?? SharedData.Path("vocab"), name);
        Tokenizer tokenizer = new GgufVocabulary(path).ToTokenizer();
        string[] texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n")[..^1];
        string[] expected = File.ReadAllText(path + ".out").TrimEnd('\n').Split('\n');
        Assert.Equal(expected.Length, texts.Length);
        Assert.True(texts.Length > 40);
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = [.. expected[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
            Assert.Equal(ids, tokenizer.Encode(texts[i]));
            if (tokenizer.Kind != TokenizerKind.WordPiece)
            {
                Assert.Equal(texts[i], tokenizer.DecodeText(ids));
            }
        }
    }

    private static string? Folder() => Environment.GetEnvironmentVariable("GESTALT_VOCABULARIES") ?? SharedData.Find("vocab");

    private static IEnumerable<string> Names() => Folder() is string folder
        ? Directory.GetFiles(folder, "*.gguf").Where(file => File.Exists(file + ".out")).Select(file => Path.GetFileName(file)).Order()
        : ["ggml-vocab-gpt-2.gguf", "ggml-vocab-llama-spm.gguf", "ggml-vocab-phi-3.gguf", "ggml-vocab-mpt.gguf", "ggml-vocab-refact.gguf", "ggml-vocab-deepseek-coder.gguf"];

    [Fact]
    public void A_real_vocabulary_survives_being_written_and_read()
    {
        var file = new GgufVocabulary(SharedData.Path("vocab/ggml-vocab-gpt-2.gguf"));
        Tokenizer tokenizer = file.ToTokenizer();
        Assert.Equal(file.Tokens, tokenizer.Tokens());
        Assert.Equal(file.Merges, tokenizer.Merges());
        Assert.Equal(file.TokenTypes, tokenizer.TokenTypes());
        Assert.Equal(50256, tokenizer.Special.EndOfText.Id);
        Assert.Equal("<|endoftext|>", Encoding.UTF8.GetString(tokenizer.TokenBytes(50256)));

        using var stream = new MemoryStream();
        TokenizerJson.Save(tokenizer, stream);
        Tokenizer read = TokenizerJson.Parse(stream.ToArray());
        Assert.Equal(tokenizer.Tokens(), read.Tokens());
        Assert.Equal(tokenizer.Merges(), read.Merges());
    }

    [Fact]
    public void Training_on_real_books_is_exact_and_does_not_depend_on_threads()
    {
        string[] books = Directory.GetFiles(SharedData.Path("books"), "*.txt");
        IEnumerable<ReadOnlyMemory<byte>> Documents() => books.Order().Take(3).Select(book => (ReadOnlyMemory<byte>)File.ReadAllBytes(book));
        Tokenizer one = BpeTrainer.Train(Documents(), 2048, threads: 1);
        Tokenizer two = BpeTrainer.Train(Documents().Reverse(), 2048, threads: 2);
        Assert.Equal(one.Merges(), two.Merges());
        byte[] book = File.ReadAllBytes(books[0]);
        Assert.Equal(book, one.Decode(one.Encode(book)));
        Assert.Equal(Naive.Encode(one, book[..3000]), one.Encode(book[..3000]));
    }
}
