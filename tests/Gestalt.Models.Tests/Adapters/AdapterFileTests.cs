using System.Text.Json.Nodes;
using Gestalt.Models.Tests.Families;
using Gestalt.Models.Tests.Files;

namespace Gestalt.Models.Tests.Adapters;

/// <summary>Adapters as PEFT folders and GGUF files: written, read, for models in other layouts, and damaged.</summary>
public sealed class AdapterFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public static TheoryData<string, bool> Families => new()
    {
        { "llama", false }, { "llama", true }, { "mistral", false }, { "qwen2", false }, { "qwen3", true }, { "gemma3", false }, { "phi3", false }, { "phi3", true }, { "gpt2", false }, { "gpt2", true },
    };

    private string Peft => _folder.File("adapter");

    private string Gguf => _folder.File("adapter.gguf");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void An_adapter_goes_into_a_folder_and_back_and_computes_the_same(string family, bool magnitudes)
    {
        using LoadedModel model = Loaded(family);
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 3, Alpha = 5, HasMagnitudes = magnitudes });
        float[] expected = Logits(model, adapter);
        AdapterFile.Save(Peft, adapter, model);
        Assert.True(AdapterFile.IsOne(Peft));
        using Adapter again = AdapterFile.Load(Peft, model);
        Assert.Equal(magnitudes, again.Options.HasMagnitudes);
        Assert.Equal(adapter.Updates.Count, again.Updates.Count);
        TinyModels.AssertClose(expected, Logits(model, again), 1e-5f, family);
        if (magnitudes)
        {
            Assert.Contains("DoRA", Assert.Throws<ArgumentException>(() => AdapterFile.Save(Gguf, adapter, model)).Message, StringComparison.Ordinal);
            return;
        }

        AdapterFile.Save(Gguf, adapter, model);
        Assert.True(AdapterFile.IsOne(Gguf));
        using Adapter gguf = AdapterFile.Load(Gguf, model);
        TinyModels.AssertClose(expected, Logits(model, gguf), 1e-5f, family);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    [InlineData("gpt2")]
    public void An_adapter_trained_on_one_layout_of_a_model_serves_the_other(string family)
    {
        using LoadedModel model = Loaded(family);
        ModelFile.SaveFolder(_folder.File("hub"), model);
        using LoadedModel hub = ModelFile.Load(_folder.File("hub"), SmallModels.Device);
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 2, Layers = AdapterLayers.Query | AdapterLayers.Key | AdapterLayers.Down });
        float[] expected = Logits(model, adapter);
        AdapterFile.Save(Peft, adapter, model);
        AdapterFile.Save(Gguf, adapter, model);
        using Adapter peft = AdapterFile.Load(Peft, hub), gguf = AdapterFile.Load(Gguf, hub);
        TinyModels.AssertClose(expected, Logits(hub, peft), 1e-5f, "PEFT");
        TinyModels.AssertClose(expected, Logits(hub, gguf), 1e-5f, "GGUF");
    }

    [Fact]
    public void Names_and_settings_are_those_of_PEFT_and_of_llama_cpp()
    {
        using LoadedModel model = Loaded("llama");
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 3, Alpha = 6, Layers = AdapterLayers.Query | AdapterLayers.Down });
        AdapterFile.Save(Peft, adapter, model);
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Peft, "adapter_model.safetensors")))
        {
            Assert.True(file.TryGetTensor("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", out SafetensorsTensor? down));
            Assert.Equal([3L, 256], down.Shape);
            Assert.True(file.TryGetTensor("base_model.model.model.layers.0.mlp.down_proj.lora_B.weight", out SafetensorsTensor? up));
            Assert.Equal([256L, 3], up.Shape);
            Assert.Equal(8, file.Tensors.Count);
        }

        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Peft, "adapter_config.json")))!;
        Assert.Equal("LORA", (string?)config["peft_type"]);
        Assert.Equal((3, 6, "none", false), ((int)config["r"]!, (int)config["lora_alpha"]!, (string)config["bias"]!, (bool)config["use_dora"]!));
        Assert.Equal(["down_proj", "q_proj"], config["target_modules"]!.AsArray().Select(target => (string)target!));

        AdapterFile.Save(Gguf, adapter, model);
        using GgufFile gguf = GgufFile.Open(Gguf);
        Assert.Equal(("adapter", "lora", "llama"), (gguf.Get("general.type").AsText(), gguf.Get("adapter.type").AsText(), gguf.Get("general.architecture").AsText()));
        Assert.Equal(6, gguf.Get("adapter.lora.alpha").AsNumber());
        Assert.True(gguf.TryGetTensor("blk.1.attn_q.weight.lora_a", out GgufTensor? a));
        Assert.Equal([256L, 3], a.Dimensions);
        Assert.True(gguf.TryGetTensor("blk.1.attn_q.weight.lora_b", out GgufTensor? b));
        Assert.Equal([3L, 256], b.Dimensions);
    }

    [Fact]
    public void Scales_of_single_modules_and_rank_stabilised_ones_are_heeded()
    {
        using LoadedModel model = Loaded("qwen3");
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 4, Alpha = 8, Layers = AdapterLayers.Query | AdapterLayers.Value });
        AdapterFile.Save(Peft, adapter, model);
        Change(json =>
        {
            json["use_rslora"] = true;
            json["alpha_pattern"] = new JsonObject { ["layers.1.self_attn.v_proj"] = 3 };
        });
        using Adapter changed = AdapterFile.Load(Peft, model);
        Assert.Equal(4f, changed.Updates[model.Transformer["blk.0.attn_v.weight"]].Scale);
        Assert.Equal(1.5f, changed.Updates[model.Transformer["blk.1.attn_v.weight"]].Scale);
    }

    [Fact]
    public void What_an_adapter_cannot_do_here_is_refused_by_name()
    {
        using LoadedModel model = Loaded("qwen3"), other = Loaded("llama");
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 2 });
        AdapterFile.Save(Peft, adapter, model);
        Refused(json => json["peft_type"] = "PREFIX_TUNING", "PREFIX_TUNING");
        Refused(json => json["bias"] = "all", "bias");
        Refused(json => json["modules_to_save"] = new JsonArray("lm_head"), "lm_head");
        Refused(json => json["alpha_pattern"] = new JsonObject { ["layers.[01].*"] = 3 }, "alpha_pattern");
        Refused(json => json["use_dora"] = true, "lora_magnitude_vector");
        Refused(json => json["r"] = "many", "'r'");

        AdapterFile.Save(Gguf, adapter, model);
        Assert.Contains("qwen3", Assert.Throws<ModelFileException>(() => AdapterFile.Load(Gguf, other)).Message, StringComparison.Ordinal);
        Assert.Contains("no adapter", Assert.Throws<ModelFileException>(() => AdapterFile.Load(_folder.File("nowhere"), model)).Message, StringComparison.Ordinal);

        void Refused(Action<JsonObject> change, string named)
        {
            string before = File.ReadAllText(Path.Combine(Peft, "adapter_config.json"));
            Change(change);
            Assert.Contains(named, Assert.Throws<ModelFileException>(() => AdapterFile.Load(Peft, model)).Message, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(Peft, "adapter_config.json"), before);
        }
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused()
    {
        using LoadedModel model = Loaded("qwen3");
        using Adapter adapter = AdapterTests.Randomly(model.Transformer, new AdapterOptions { Rank = 2 });
        AdapterFile.Save(Peft, adapter, model);
        string path = Path.Combine(Peft, "adapter_model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), float.NaN);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("not finite", Assert.Throws<ModelFileException>(() => AdapterFile.Load(Peft, model)).Message, StringComparison.Ordinal);
    }

    private void Change(Action<JsonObject> change)
    {
        string path = Path.Combine(Peft, "adapter_config.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static LoadedModel Loaded(string family) => new()
    {
        Transformer = RandomModels.Build(family),
        Tokenizer = SmallModels.Tokenizer,
        Metadata = new Dictionary<string, string> { ["general.architecture"] = RandomModels.All[family].Architecture, ["general.name"] = family },
    };

    private static float[] Logits(LoadedModel model, Adapter adapter)
    {
        model.Transformer.Adapter = adapter;
        float[] logits = RandomModels.Logits(model.Transformer, RandomModels.Tokens(12));
        model.Transformer.Adapter = null;
        return logits;
    }
}
