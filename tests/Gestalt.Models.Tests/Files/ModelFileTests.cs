using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models.Tests.Files;

public sealed unsafe class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    private string ModelPath => _folder.File("model.gguf");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("qwen3", "qwen3")]
    [InlineData("qwen3-untied", "qwen3")]
    [InlineData("gpt2", "gpt2")]
    [InlineData("gpt2-untied", "gpt2")]
    [InlineData("gestalt", "gestalt")]
    public void A_model_read_back_gives_the_same_logits_bit_for_bit(string kind, string architecture)
    {
        using Transformer model = SmallModels.Build(kind);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Name = "small", Metadata = new Dictionary<string, string> { ["gestalt.run"] = "é" } });
        using LoadedModel loaded = ModelFile.Load(ModelPath, SmallModels.Device);
        Assert.Equal(model.Config, loaded.Transformer.Config);
        Assert.Equal(architecture, loaded.Metadata["general.architecture"]);
        Assert.Equal("small", loaded.Metadata["general.name"]);
        Assert.Equal("é", loaded.Metadata["gestalt.run"]);
        Assert.False(loaded.IsAssistant);
        Assert.True(loaded.StartsWithEndOfText);
        foreach (Parameter parameter in model.Parameters)
            Assert.True(parameter.Values.SequenceEqual(loaded.Transformer[parameter.Name].Values), parameter.Name);
        Assert.Equal(SmallModels.Logits(model), SmallModels.Logits(loaded.Transformer));
    }

    [Theory]
    [InlineData("qwen3", TensorType.F16, 1e-3)]
    [InlineData("qwen3", TensorType.BF16, 1e-2)]
    [InlineData("qwen3", TensorType.Q8_0, 1e-2)]
    [InlineData("gpt2", TensorType.F16, 1e-3)]
    [InlineData("gpt2", TensorType.Q8_0, 1e-2)]
    public void A_smaller_type_rounds_each_matrix_once_and_nothing_else(string kind, TensorType type, double tolerance)
    {
        using Transformer model = SmallModels.Build(kind);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Type = type });
        using LoadedModel loaded = ModelFile.Load(ModelPath, SmallModels.Device);
        foreach (Parameter parameter in model.Parameters)
        {
            Parameter read = loaded.Transformer[parameter.Name];
            bool isKept = parameter.Role == ParameterRole.Vector || parameter.Name == "position_embd.weight";
            Assert.Equal(isKept, parameter.Values.SequenceEqual(read.Values));
            Rounded(type, parameter, isKept, read);
        }
        float[] expected = SmallModels.Logits(model), actual = SmallModels.Logits(loaded.Transformer);
        Assert.True(1 - Cosine(expected, actual) < tolerance, $"cosine {Cosine(expected, actual)}");
    }

    [Fact]
    public void Rows_that_are_no_blocks_are_stored_as_halves()
    {
        TransformerConfig config = SmallModels.Config("qwen3") with { FeedForwardWidth = 50 };
        using var model = new Transformer(config, SmallModels.Device);
        model.Initialize(1);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Type = TensorType.Q8_0 });
        ModelDescription description = ModelFile.Describe(ModelPath);
        Assert.Equal("F16", description.Tensors.Single(tensor => tensor.Name == "blk.0.ffn_down.weight").Type);
        Assert.Equal("Q8_0", description.Tensors.Single(tensor => tensor.Name == "blk.0.ffn_up.weight").Type);
        Assert.Equal("F32", description.Tensors.Single(tensor => tensor.Name == "blk.0.ffn_norm.weight").Type);
    }

    [Fact]
    public void A_qwen3_file_says_what_llama_cpp_asks_for()
    {
        using Transformer model = SmallModels.Build("qwen3");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Name = "small", Type = TensorType.BF16, IsAssistant = true });
        using GgufFile file = GgufFile.Open(ModelPath);
        SpecialTokens special = SmallModels.Tokenizer.Special;
        var expected = new Dictionary<string, object>
        {
            ["general.architecture"] = "qwen3",
            ["general.type"] = "model",
            ["general.name"] = "small",
            ["general.file_type"] = 32L,
            ["qwen3.block_count"] = 2L,
            ["qwen3.context_length"] = 48L,
            ["qwen3.embedding_length"] = 64L,
            ["qwen3.feed_forward_length"] = 96L,
            ["qwen3.attention.head_count"] = 4L,
            ["qwen3.attention.head_count_kv"] = 2L,
            ["qwen3.attention.key_length"] = 32L,
            ["qwen3.attention.value_length"] = 32L,
            ["qwen3.attention.layer_norm_rms_epsilon"] = (double)1e-5f,
            ["qwen3.rope.dimension_count"] = 32L,
            ["qwen3.rope.freq_base"] = 1_000_000.0,
            ["qwen3.vocab_size"] = (long)SmallModels.Tokenizer.VocabularySize,
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = "qwen2",
            ["tokenizer.ggml.bos_token_id"] = (long)special.EndOfText.Id,
            ["tokenizer.ggml.padding_token_id"] = (long)special.EndOfText.Id,
            ["tokenizer.ggml.eos_token_id"] = (long)special.MessageEnd.Id,
            ["tokenizer.ggml.eot_token_id"] = (long)special.MessageEnd.Id,
            ["tokenizer.ggml.add_bos_token"] = true,
            ["tokenizer.ggml.add_eos_token"] = false,
        };
        foreach ((string key, object value) in expected)
        {
            GgufValue stored = file.Get(key);
            Assert.Equal(value, value switch { string => stored.AsText(), long => stored.AsInteger(), double => stored.AsNumber(), _ => (object)stored.AsFlag() });
        }
        Assert.Equal(
            expected.Keys.Concat(["tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges", "tokenizer.chat_template"]).Order(),
            file.Metadata.Select(value => value.Key).Order());
        Assert.Equal("Ġ", file.Get("tokenizer.ggml.tokens").AsTexts()[32]);
        Assert.Contains("<|im_start|>", file.Get("tokenizer.chat_template").AsText());

        string[] block = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "attn_q_norm", "attn_k_norm", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"];
        IEnumerable<string> names = Enumerable.Range(0, 2).SelectMany(layer => block.Select(name => $"blk.{layer}.{name}.weight"));
        Assert.Equal(names.Concat(["token_embd.weight", "output_norm.weight"]).Order(), file.Tensors.Select(tensor => tensor.Name).Order());
        Assert.All(file.Tensors, tensor => Assert.Equal(tensor.Dimensions.Count == 1 ? TensorType.F32 : TensorType.BF16, tensor.Type));
        Assert.True(file.TryGetTensor("blk.1.attn_k.weight", out GgufTensor? key1));
        Assert.Equal([64L, 2 * 32L], key1.Dimensions);
    }

    [Fact]
    public void A_gpt2_file_keeps_queries_keys_and_values_as_one_and_always_has_a_head()
    {
        using Transformer model = SmallModels.Build("gpt2");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer);
        using GgufFile file = GgufFile.Open(ModelPath);
        string[] block = ["attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down"];
        IEnumerable<string> names = Enumerable.Range(0, 2).SelectMany(layer => block.SelectMany(name => new[] { $"blk.{layer}.{name}.weight", $"blk.{layer}.{name}.bias" }));
        Assert.Equal(
            names.Concat(["token_embd.weight", "position_embd.weight", "output_norm.weight", "output_norm.bias", "output.weight"]).Order(),
            file.Tensors.Select(tensor => tensor.Name).Order());
        Assert.True(file.TryGetTensor("blk.0.attn_qkv.weight", out GgufTensor? fused));
        Assert.Equal([64L, 192L], fused.Dimensions);
        Assert.Equal(model["blk.0.attn_k.weight"].Values[5], ((float*)fused.Data)[64 * 64 + 5]);
        Assert.True(file.TryGetTensor("blk.1.attn_qkv.bias", out GgufTensor? bias));
        Assert.Equal(model["blk.1.attn_v.bias"].Values[3], ((float*)bias.Data)[128 + 3]);
        Assert.Equal((double)1e-5f, file.Get("gpt2.attention.layer_norm_epsilon").AsNumber());
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("cl100k")]
    [InlineData("qwen2")]
    public void The_vocabulary_read_back_makes_the_same_ids(string name)
    {
        PreTokenizer rule = PreTokenizer.All.Single(rule => rule.Name == name);
        byte[] text = "It's 123456 small words, naïve and   東京\r\n\t too; \xff\xfe\0"u8.ToArray();
        Tokenizer tokenizer = BpeTrainer.Train([.. Enumerable.Repeat(text, 3)], 290, rule);
        using var model = new Transformer(SmallModels.Config("qwen3") with { Vocabulary = tokenizer.VocabularySize }, SmallModels.Device);
        model.Initialize(3);
        ModelFile.Save(ModelPath, model, tokenizer);
        Tokenizer read = ModelFile.LoadTokenizer(ModelPath);
        Assert.Equal(tokenizer.PreTokenizer, read.PreTokenizer);
        Assert.Equal(tokenizer.Encode(text), read.Encode(text));
        Assert.Equal(text, read.Decode(read.Encode(text)));
        Assert.Equal(tokenizer.Special, read.Special);
        Assert.Equal(tokenizer.Special.EndOfText, read.Special.EndOfText);
    }

    [Fact]
    public void The_real_gpt2_vocabulary_gives_the_expected_ids()
    {
        string path = SharedData.Require(Path.Combine("vocab", "ggml-vocab-gpt-2.gguf"));
        Tokenizer tokenizer = ModelFile.LoadTokenizer(path);
        string[] texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n");
        string[] expected = File.ReadAllLines(path + ".out");
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i].Trim(), string.Join(' ', tokenizer.Encode(texts[i])));
        Assert.True(expected.Length > 20);
    }

    [Fact]
    public void What_is_missing_or_odd_is_named()
    {
        Refuses("has no tensor 'blk.1.ffn_up.weight'", skip: "blk.1.ffn_up.weight");
        Refuses("has no tensor 'token_embd.weight'", skip: "token_embd.weight");
        Refuses("'blk.0.attn_q_norm.weight' of 31, where its configuration says 32", reshape: "blk.0.attn_q_norm.weight");
        Refuses("has a tensor 'blk.0.attn_sinks.weight', which a model of architecture 'qwen3' does not use", extra: "blk.0.attn_sinks.weight");
        Refuses("has a tensor 'rope_freqs.weight' of 4, where its configuration says 16", extra: "rope_freqs.weight");
        Refuses("metadata 'qwen3.block_count' is missing", without: "qwen3.block_count");
        Refuses("has a vocabulary that cannot be used", without: "tokenizer.ggml.merges");
        Refuses("architecture 'mamba'; llama, qwen2, qwen3, qwen3moe, gemma2, gemma3, phi3, gpt2, gestalt can be run", set: ("general.architecture", "mamba"));
        Refuses("of the kind 'rwkv', which is not known", set: ("tokenizer.ggml.model", "rwkv"));
        Refuses("pre-tokenizer 'guesswork', which is not known", set: ("tokenizer.ggml.pre", "guesswork"));
        Refuses("asks for qwen3.rope.scaling.type = spiral; none, linear and yarn can be run", set: ("qwen3.rope.scaling.type", "spiral"));
        Refuses("asks for qwen3.attention.sliding_window = 7", number: ("qwen3.attention.sliding_window", 7));
        Refuses("layers of 2000000000", number: ("qwen3.block_count", 2_000_000_000));
        Refuses("cannot be built", number: ("qwen3.attention.head_count_kv", 3));
        Refuses("context of 1000000000", number: ("qwen3.context_length", 1_000_000_000));
        Refuses("'qwen3.embedding_length' is 0", number: ("qwen3.embedding_length", 0));
    }

    [Fact]
    public void A_vocabulary_of_another_size_than_the_model_is_refused()
    {
        using var model = new Transformer(SmallModels.Config("qwen3") with { Vocabulary = 100 }, SmallModels.Device);
        Assert.Contains("320 tokens and the model 100", Assert.Throws<ArgumentException>(() => ModelFile.Save(ModelPath, model, SmallModels.Tokenizer)).Message);
    }

    [Fact]
    public void A_diverged_model_is_not_saved_over_a_good_one()
    {
        using Transformer model = SmallModels.Build("qwen3");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer);
        byte[] good = File.ReadAllBytes(ModelPath);
        model["blk.1.ffn_up.weight"].Values[70] = float.NaN;
        Assert.Contains("value 70 of tensor 'blk.1.ffn_up.weight' is NaN", Assert.Throws<ModelFileException>(() => ModelFile.Save(ModelPath, model, SmallModels.Tokenizer)).Message);
        Assert.Equal(good, File.ReadAllBytes(ModelPath));
        Assert.Equal(["model.gguf"], _folder.Names());
    }

    [Fact]
    public void A_description_tells_what_is_in_a_file()
    {
        using Transformer model = SmallModels.Build("qwen3");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Name = "small" });
        ModelDescription description = ModelFile.Describe(ModelPath);
        Assert.Equal(("GGUF 3", "qwen3", null), (description.Format, description.Architecture, description.Obstacle));
        Assert.Equal(model.Config, description.Config);
        Assert.Equal(model.Config.ParameterCount, description.ParameterCount);
        Assert.Equal(new FileInfo(ModelPath).Length, description.Bytes);
        Assert.Contains(KeyValuePair.Create("general.name", "small"), description.Metadata);
        Assert.Contains(KeyValuePair.Create("tokenizer.ggml.tokens", "String[320]"), description.Metadata);
        Assert.Equal([320L, 64L], description.Tensors.Single(tensor => tensor.Name == "token_embd.weight").Shape);
        Assert.Equal("F32", Assert.Single(description.Types).Type);

        using NativeFloats values = NativeFloats.Random(1, 256);
        SafetensorsTests.Sample(values).Write(_folder.File("x.safetensors"));
        Assert.Equal("safetensors", ModelFile.Describe(_folder.File("x.safetensors")).Format);
        Samples.Gguf(values).Write(_folder.File("toy.gguf"));
        Assert.Contains("architecture 'toy'", ModelFile.Describe(_folder.File("toy.gguf")).Obstacle);
        File.WriteAllText(_folder.File("readme.txt"), "Hello, I am not a model.");
        Assert.Contains("neither a GGUF nor a safetensors file", Assert.Throws<ModelFileException>(() => ModelFile.Describe(_folder.File("readme.txt"))).Message);
    }

    [Theory]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    [InlineData("gestalt")]
    public void Damaged_models_load_or_are_refused(string kind)
    {
        using Transformer model = SmallModels.Build(kind);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Type = TensorType.Q8_0 });
        byte[] original = File.ReadAllBytes(ModelPath);
        using (GgufFile file = GgufFile.Open(ModelPath))
        {
            var random = new Random(11);
            int header = (int)file.Tensors[0].Offset, refused = 0;
            for (int i = 0; i < 1000; i++)
            {
                // Half of the damage hits the first kilobyte, where the configuration is; the vocabulary is the larger part of the rest.
                File.WriteAllBytes(ModelPath, Mutations.Apply(random, original, i % 2 == 0 ? 1100 : header));
                try
                {
                    ModelFile.Load(ModelPath, SmallModels.Device).Dispose();
                }
                catch (ModelFileException)
                {
                    refused++;
                }
            }
            Assert.InRange(refused, 100, 999);
        }
    }

    private void Refuses(
        string complaint,
        string? skip = null,
        string? reshape = null,
        string? extra = null,
        string? without = null,
        (string Key, string Value)? set = null,
        (string Key, uint Value)? number = null)
    {
        using Transformer model = SmallModels.Build("qwen3");
        string whole = _folder.File("whole.gguf");
        ModelFile.Save(whole, model, SmallModels.Tokenizer);
        using (GgufFile file = GgufFile.Open(whole))
        {
            var writer = new GgufWriter();
            if (set is { } text)
                writer.SetText(text.Key, text.Value);
            if (number is { } size)
                writer.SetUInt32(size.Key, size.Value);
            foreach (GgufValue value in file.Metadata)
            {
                if (value.Key != without && !writer.Contains(value.Key))
                    writer.Copy(value);
            }
            foreach (GgufTensor tensor in file.Tensors.Where(tensor => tensor.Name != skip))
            {
                long[] shape = [.. tensor.Dimensions.Reverse()];
                if (tensor.Name == reshape)
                    shape[^1]--;
                writer.AddTensor(tensor.Name, TensorType.F32, (float*)tensor.Data, shape);
            }
            if (extra is not null)
                writer.AddTensor(extra, TensorType.F32, (float*)file.Tensors[0].Data, 4);
            writer.Write(ModelPath);
        }
        Assert.Contains(complaint, Assert.Throws<ModelFileException>(() => ModelFile.Load(ModelPath, SmallModels.Device)).Message);
    }

    private static void Rounded(TensorType type, Parameter parameter, bool isKept, Parameter read)
    {
        TensorType stored = isKept ? TensorType.F32 : type;
        var bytes = new byte[stored.ByteLength(parameter.Length)];
        using var back = new NativeFloats(parameter.Length);
        fixed (byte* target = bytes)
        {
            TensorConversion.FromFloat32(stored, parameter.Data, target, parameter.Length);
            TensorConversion.ToFloat32(stored, target, back.Data, parameter.Length);
        }
        Assert.True(back.Span.SequenceEqual(read.Values), parameter.Name);
    }

    private static double Cosine(float[] a, float[] b)
    {
        double dot = 0, first = 0, second = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += a[i] * (double)b[i];
            first += a[i] * (double)a[i];
            second += b[i] * (double)b[i];
        }
        return dot / Math.Sqrt(first * second);
    }
}
