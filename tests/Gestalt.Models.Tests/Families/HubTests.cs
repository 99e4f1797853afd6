using System.Text.Json.Nodes;
using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Families;

/// <summary>Hugging Face folders: written, read, sharded, odd and hostile.</summary>
public sealed unsafe class HubTests : IDisposable
{
    private const int Length = 12;

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public static TheoryData<string, string> Folders => new()
    {
        { "llama", "llama" }, { "llama-linear", "llama" }, { "llama-yarn", "llama" }, { "mistral", "mistral" }, { "mixtral", "mixtral" }, { "qwen2", "qwen2" }, { "qwen3", "qwen3" },
        { "qwen3moe", "qwen3_moe" }, { "gemma3", "gemma3_text" }, { "phi3", "phi3" }, { "phi3-long", "phi3" }, { "gpt2", "gpt2" },
    };

    private string GgufPath => _folder.File("model.gguf");

    private string HubPath => _folder.File("folder");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_model_goes_to_a_folder_and_back_and_gives_the_same_logits(string name, string modelType)
    {
        using Transformer model = RandomModels.Build(name);
        using LoadedModel folder = ToFolder(model);
        Assert.Equal(modelType, Config()["model_type"]!.GetValue<string>());
        int[] tokens = RandomModels.Tokens(Length);
        float[] expected = RandomModels.Logits(model, tokens);
        TinyModels.AssertClose(expected, RandomModels.Logits(folder.Transformer, tokens), 1e-5f, "folder");

        string back = _folder.File("back.gguf");
        ModelFile.Save(back, folder.Transformer, folder.Tokenizer, new ModelFileOptions { KeepTypes = true, Architecture = folder.Metadata["general.architecture"] });
        using LoadedModel again = ModelFile.Load(back, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(model.Config, again.Transformer.Config);
        TinyModels.AssertClose(expected, RandomModels.Logits(again.Transformer, tokens), 1e-5f, "back");
    }

    [Fact]
    public void Names_and_order_are_those_of_Hugging_Face()
    {
        using Transformer model = RandomModels.Build("llama");
        using LoadedModel folder = ToFolder(model);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(HubPath, "model.safetensors"));
        string[] block = ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];
        IEnumerable<string> names = Enumerable.Range(0, 2).SelectMany(layer => block.Select(part => $"model.layers.{layer}.{part}.weight"));
        Assert.Equal(names.Concat(["model.embed_tokens.weight", "model.norm.weight"]).Order(StringComparer.Ordinal), file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));

        // Row 1 of a head is the second half's first in the file, its second neighbour in the model.
        Assert.True(file.TryGetTensor("model.layers.0.self_attn.q_proj.weight", out SafetensorsTensor? query));
        Assert.Equal(model["blk.0.attn_q.weight"].Values.Slice(256, 256), new ReadOnlySpan<float>(query.Data + (32 * 256 * 4), 256));
        Assert.Equal(model["blk.0.attn_q.weight"].Values.Slice(2 * 256, 256), new ReadOnlySpan<float>(query.Data + (1 * 256 * 4), 256));
    }

    [Fact]
    public void Gpt2_is_transposed_and_gemma_is_stored_as_its_distance_from_one()
    {
        using Transformer gpt2 = RandomModels.Build("gpt2");
        using (LoadedModel folder = ToFolder(gpt2))
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(HubPath, "model.safetensors")))
        {
            Assert.True(file.TryGetTensor("transformer.h.0.attn.c_attn.weight", out SafetensorsTensor? fused));
            Assert.Equal([256L, 768L], fused.Shape);
            Assert.Equal(gpt2["blk.0.attn_k.weight"].Values[(3 * 256) + 5], ((float*)fused.Data)[(5 * 768) + 256 + 3]);
        }

        Directory.Delete(HubPath, recursive: true);
        using Transformer gemma = RandomModels.Build("gemma3");
        using (LoadedModel folder = ToFolder(gemma))
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(HubPath, "model.safetensors")))
        {
            Assert.True(file.TryGetTensor("model.layers.1.pre_feedforward_layernorm.weight", out SafetensorsTensor? norm));
            Assert.Equal(gemma["blk.1.ffn_norm.weight"].Values[9] - 1, ((float*)norm.Data)[9]);
        }
    }

    [Fact]
    public void Shards_with_an_index_are_one_model()
    {
        using Transformer model = RandomModels.Build("qwen3");
        using LoadedModel whole = ToFolder(model);
        int[] tokens = RandomModels.Tokens(Length);
        float[] expected = RandomModels.Logits(whole.Transformer, tokens);
        var map = new JsonObject();
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(HubPath, "model.safetensors")))
        {
            for (int shard = 0; shard < 3; shard++)
            {
                var writer = new SafetensorsWriter();
                string name = $"model-{shard + 1:D5}-of-00003.safetensors";
                foreach (SafetensorsTensor tensor in file.Tensors.Where((_, i) => i % 3 == shard))
                {
                    writer.AddTensor(tensor.Name, TensorType.F32, (float*)tensor.Data, [.. tensor.Shape]);
                    map[tensor.Name] = name;
                }

                writer.Write(Path.Combine(HubPath, name));
            }
        }

        File.Delete(Path.Combine(HubPath, "model.safetensors"));
        File.WriteAllText(Path.Combine(HubPath, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        using LoadedModel shards = ModelFile.Load(HubPath, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(expected, RandomModels.Logits(shards.Transformer, tokens));
        Assert.Equal("Hugging Face folder", ModelFile.Describe(HubPath).Format);
        Assert.Equal(shards.Transformer.Config, ModelFile.Describe(HubPath).Config);

        File.WriteAllText(Path.Combine(HubPath, "model.safetensors.index.json"), """{"weight_map": {"a": "../../secret.safetensors"}}""");
        Assert.Contains("names the file '../../secret.safetensors', which is not one of this folder", Refusal());
    }

    [Fact]
    public void Llama3_factors_come_from_the_formula_and_go_back_into_it()
    {
        using Transformer model = RandomModels.Build("llama");
        ToFolder(model).Dispose();
        JsonObject config = Config();
        config["rope_theta"] = 500_000.0;
        config["rope_scaling"] = JsonNode.Parse("""{"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}""");
        File.WriteAllText(Path.Combine(HubPath, "config.json"), config.ToJsonString());
        using LoadedModel loaded = ModelFile.Load(HubPath, SmallModels.Device, LoadMode.Mapped);
        float[] factors = loaded.Transformer["rope_freqs.weight"].Values.ToArray();

        // Pair 0 turns 1,304 times in the old context, pair 31 never: left alone and stretched in full.
        Assert.Equal((1f, 32f), (factors[0], factors[31]));
        Assert.Contains(factors, factor => factor is > 1.01f and < 31.9f);
        string again = _folder.File("again");
        ModelFile.SaveFolder(again, loaded);
        Assert.Equal("llama", JsonNode.Parse(File.ReadAllText(Path.Combine(again, "config.json")))!["model_type"]!.GetValue<string>());
        JsonNode scaling = JsonNode.Parse(File.ReadAllText(Path.Combine(again, "config.json")))!["rope_scaling"]!;
        Assert.Equal((32.0, 8192), (scaling["factor"]!.GetValue<double>(), scaling["original_max_position_embeddings"]!.GetValue<int>()));
    }

    [Fact]
    public void Templates_and_ends_are_found()
    {
        using Transformer model = RandomModels.Build("qwen3");
        ToFolder(model).Dispose();
        File.WriteAllText(Path.Combine(HubPath, "generation_config.json"), """{"eos_token_id": [3, 7], "bos_token_id": 2}""");
        File.WriteAllText(Path.Combine(HubPath, "tokenizer_config.json"), """{"add_bos_token": true, "chat_template": [{"name": "tools", "template": "x"}, {"name": "default", "template": "{{ messages }}"}]}""");
        using LoadedModel loaded = ModelFile.Load(HubPath, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(("{{ messages }}", 2, true), (loaded.Template, loaded.StartId, loaded.AddsStart));
        Assert.Contains(3, loaded.StopIds);
        Assert.Contains(7, loaded.StopIds);
    }

    [Theory]
    [InlineData("model_type", "\"mamba\"", "type 'mamba'; llama, mistral")]
    [InlineData("attention_bias", "true", "attention_bias = true")]
    [InlineData("hidden_act", "\"relu\"", "hidden_act = relu")]
    [InlineData("num_hidden_layers", "1000000000", "layers of 1000000000")]
    [InlineData("num_hidden_layers", "3", "has no tensor 'model.layers.2.input_layernorm.weight'")]
    [InlineData("num_hidden_layers", "\"two\"", "'num_hidden_layers' is \"two\"; it has to be a whole number")]
    [InlineData("num_key_value_heads", "3", "cannot be built")]
    [InlineData("rope_theta", "-1", "cannot be built")]
    [InlineData("rope_scaling", "{\"rope_type\": \"dynamic\", \"factor\": 2}", "rope_scaling of type 'dynamic'")]
    [InlineData("layer_types", "[\"sliding_attention\"]", "lists layer 0 as sliding_attention")]
    public void What_cannot_be_run_is_refused_by_name(string key, string value, string complaint)
    {
        using Transformer model = RandomModels.Build("llama");
        ToFolder(model).Dispose();
        JsonObject config = Config();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(Path.Combine(HubPath, "config.json"), config.ToJsonString());
        Assert.Contains(complaint, Refusal());
    }

    [Fact]
    public void Files_that_are_missing_are_named()
    {
        using Transformer model = RandomModels.Build("qwen3");
        ToFolder(model).Dispose();
        File.Move(Path.Combine(HubPath, "tokenizer.json"), Path.Combine(HubPath, "aside"));
        Assert.Contains("has no tokenizer.json", Refusal());
        File.WriteAllText(Path.Combine(HubPath, "config.json"), "{");
        Assert.Contains("is not JSON", Refusal());
        File.Delete(Path.Combine(HubPath, "model.safetensors"));
        Assert.Contains("has neither model.safetensors nor", Refusal());
    }

    private LoadedModel ToFolder(Transformer model)
    {
        ModelFile.Save(GgufPath, model, SmallModels.Tokenizer);
        using LoadedModel gguf = ModelFile.Load(GgufPath, SmallModels.Device, LoadMode.Mapped);
        ModelFile.SaveFolder(HubPath, gguf);
        return ModelFile.Load(HubPath, SmallModels.Device, LoadMode.Mapped);
    }

    private JsonObject Config() => JsonNode.Parse(File.ReadAllText(Path.Combine(HubPath, "config.json")))!.AsObject();

    private string Refusal() => Assert.Throws<ModelFileException>(() => ModelFile.Load(HubPath, SmallModels.Device, LoadMode.Mapped)).Message;
}
