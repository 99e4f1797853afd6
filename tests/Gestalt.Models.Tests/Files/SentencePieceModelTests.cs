using System.Globalization;
using System.Text.Json;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models.Tests.Files;

/// <summary>Whole models with vocabularies of SentencePiece, from GGUF to a Hugging Face folder and back: ids, weights and what goes around a sequence stay.</summary>
public sealed class SentencePieceModelTests
{
    private const string Sample = "  the then thethe \n\té <s> thé";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_goes_to_a_folder_and_back(bool addsBlank)
    {
        using var folder = new TemporaryFolder();
        string first = folder.File("first.gguf"), hub = folder.File("hub"), second = folder.File("second.gguf");
        Tokenizer tokenizer = Vocabulary(addsBlank);
        using (var model = new Transformer(new TransformerConfig
        {
            Layers = 1,
            Width = 32,
            Heads = 2,
            KeyValueHeads = 1,
            HeadWidth = 16,
            FeedForwardWidth = 64,
            Vocabulary = tokenizer.VocabularySize,
            Context = 64,
        }, new Device()))
        {
            model.Initialize(1);
            ModelFile.Save(first, model, tokenizer, new ModelFileOptions { Architecture = "llama", StartId = 1, StopIds = [2], Template = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}" });
        }
        using LoadedModel one = ModelFile.Load(first, new Device());
        ModelFile.SaveFolder(hub, one);
        using LoadedModel two = ModelFile.Load(hub, new Device());
        ModelFile.Save(second, two.Transformer, two.Tokenizer, ModelFileOptions.Like(two));
        using LoadedModel three = ModelFile.Load(second, new Device());
        int[] expected = tokenizer.Encode(Sample);
        foreach (LoadedModel model in (LoadedModel[])[one, two, three])
        {
            Assert.Equal(expected, model.Tokenizer.Encode(Sample));
            Assert.Equal(Sample, model.Tokenizer.DecodeText(expected));
            Assert.Equal((1, true), (model.StartId, model.AddsStart));
            Assert.Equal([2], model.StopIds);
            Assert.Equal(one.Template, model.Template);
            Assert.Null(one.Tokenizer.FirstDifference(model.Tokenizer));
        }
        foreach (Parameter parameter in one.Transformer.Parameters)
            Assert.True(parameter.Values.SequenceEqual(three.Transformer[parameter.Name].Values), parameter.Name);
        JsonElement settings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(hub, "tokenizer_config.json"))).RootElement;
        Assert.Equal(("<s>", "</s>", "<unk>"), (settings.GetProperty("bos_token").GetString(), settings.GetProperty("eos_token").GetString(), settings.GetProperty("unk_token").GetString()));
        using GgufFile file = GgufFile.Open(second);
        Assert.Equal("llama", file.Get("tokenizer.ggml.model").AsText());
        Assert.Equal(addsBlank, file.Get("tokenizer.ggml.add_space_prefix").AsFlag());
        Assert.Equal(0, file.Get("tokenizer.ggml.unknown_token_id").AsInteger());
    }

    /// <summary>Llama's layout: three special tokens, 256 bytes, then pieces whose scores fall.</summary>
    private static Tokenizer Vocabulary(bool addsBlank)
    {
        string[] pieces = ["▁", "t", "h", "e", "n", "th", "▁th", "▁the", "the", "he", "▁then", "▁▁"];
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")), .. pieces];
        return new StoredVocabulary
        {
            Model = "llama",
            Tokens = tokens,
            TokenTypes = [.. tokens.Select((_, id) => id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1)],
            Scores = [.. tokens.Select((_, id) => id < 259 ? 0f : 259 - id)],
            Flags = new Dictionary<string, bool> { ["add_space_prefix"] = addsBlank },
        }.ToTokenizer();
    }
}
