using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Files;

/// <summary>A real trained model, of somebody else's making, through our Transformer: what is wrong with rotary positions, grouped queries or any matrix shows here.</summary>
public sealed class Llama2ModelTests
{
    private const int BeginningOfStory = 1;

    [Fact]
    public void A_real_model_gives_the_logits_of_its_own_program()
    {
        var original = new Llama2Model(SharedData.Require("stories260K.bin"));
        using Transformer model = original.ToTransformer();
        int[] story = Continue(model, 60, greedy: false);
        double[][] expected = original.Logits(story);
        float[] actual = Logits(model, story);
        for (int t = 0; t < story.Length; t++)
        {
            for (int id = 0; id < original.Vocabulary; id++)
                Assert.Equal(expected[t][id], actual[t * original.Vocabulary + id], 2e-3);
        }
    }

    [Fact]
    public void A_real_model_continues_greedily_as_its_own_program_does()
    {
        var original = new Llama2Model(SharedData.Require("stories260K.bin"));
        using Transformer model = original.ToTransformer();
        int[] story = Continue(model, 120, greedy: true);
        double[][] logits = original.Logits(story);
        for (int t = 0; t + 1 < story.Length; t++)
            Assert.Equal(Array.IndexOf(logits[t], logits[t].Max()), story[t + 1]);
        Assert.Equal(story, Continue(model, 120, greedy: true));
    }

    [Fact]
    public void A_real_model_believes_its_own_stories_only_with_its_rotary_pairs_in_place()
    {
        var original = new Llama2Model(SharedData.Require("stories260K.bin"));
        using Transformer model = original.ToTransformer(), unpermuted = original.ToTransformer(permute: false);
        int[] story = Continue(model, 200, greedy: false);
        double loss = Loss(model, story), wrong = Loss(unpermuted, story);
        // What a model draws costs itself less than any other model, chance (ln 512) included; one whose pairs are mixed up is another model.
        Assert.True(loss < Math.Log(512) - 1, $"{loss:F2} nats a token");
        Assert.True(wrong > loss + 0.5, $"{loss:F2} nats a token in the right order, {wrong:F2} in the wrong one");
    }

    [Fact]
    public void A_real_model_converted_to_gguf_gives_its_own_programs_greedy_ids()
    {
        string path = SharedData.Require("stories260K.bin");
        using var folder = new TemporaryFolder(inMemory: true);
        string gguf = folder.File("stories.gguf");
        using (LoadedModel source = Llama2CFile.Load(path, tokenizerPath: null, SmallModels.Device))
            ModelFile.Save(gguf, source.Transformer, source.Tokenizer, ModelFileOptions.Like(source));
        using LoadedModel converted = ModelFile.Load(gguf, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(("llama", 1, true), (converted.Metadata["general.architecture"], converted.StartId, converted.AddsStart));
        Assert.Equal([2], converted.StopIds);
        int[] story = Continue(converted.Transformer, 120, greedy: true);
        double[][] logits = new Llama2Model(path).Logits(story);
        for (int t = 0; t + 1 < story.Length; t++)
            Assert.Equal(Array.IndexOf(logits[t], logits[t].Max()), story[t + 1]);
    }

    [Fact]
    public void A_damaged_llama2c_file_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("stories260K.bin"));
        using var folder = new TemporaryFolder(inMemory: true);
        var random = new Random(3);
        foreach (int length in (int[])[0, 27, 28, 1000, bytes.Length / 2])
            Assert.Throws<ModelFileException>(() => Open(bytes[..length]));
        for (int i = 0; i < 300; i++)
        {
            try
            {
                Open(Mutations.Apply(random, bytes, 28));
            }
            catch (ModelFileException)
            {
                // Refused in our own words; a model with other numbers in its weights is one all the same.
            }
        }

        void Open(byte[] content)
        {
            File.WriteAllBytes(folder.File("damaged.bin"), content);
            Llama2CFile.Load(folder.File("damaged.bin"), null, SmallModels.Device).Dispose();
        }
    }

    private static int[] Continue(Transformer model, int length, bool greedy)
    {
        List<int> tokens = [BeginningOfStory];
        var random = new Random(5);
        using var cache = new PagedCache(model.Config, CacheFormat.F32, PagedCache.BytesFor(model.Config, CacheFormat.F32, length, piece: 1));
        using CachedSequence sequence = cache.Begin([]);
        using var tape = new Tape(model.Device, recording: false);
        using var batch = new RaggedBatch(model.Config, cache);
        while (tokens.Count < length)
        {
            tape.Reset();
            batch.Clear();
            Assert.True(cache.TryReserve(sequence, 1));
            batch.Add(sequence, [tokens[^1]], logits: 1);
            float[] logits = model.Forward(tape, batch)!.Values.ToArray();
            float highest = logits.Max();
            double[] weights = [.. logits.Select(logit => Math.Exp(logit - highest))];
            double left = random.NextDouble() * weights.Sum();
            int drawn = Array.FindIndex(weights, weight => (left -= weight) < 0);
            tokens.Add(greedy ? Array.IndexOf(logits, highest) : drawn);
        }
        return [.. tokens];
    }

    private static float[] Logits(Transformer model, int[] tokens)
    {
        using var batch = new TokenBatch(1, tokens.Length);
        tokens.CopyTo(batch.Inputs);
        using var tape = new Tape(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }

    private static double Loss(Transformer model, int[] tokens)
    {
        using var batch = new TokenBatch(1, tokens.Length - 1);
        tokens.AsSpan(..^1).CopyTo(batch.Inputs);
        tokens.AsSpan(1..).CopyTo(batch.Targets);
        var losses = new float[batch.Count];
        model.Losses(batch, losses);
        return losses.Average();
    }
}
