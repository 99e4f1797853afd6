using System.Text;
using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Metrics;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Tests.Finetuning;

public sealed class ModelFinetuningTests : IDisposable
{
    private static readonly Tokenizer Vocabulary = BpeTrainer.Train(
        [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("user assistant what colour is the apple? it is red, said the cat.\n", 4)))], 290, PreTokenizer.Gpt2);

    private static readonly string[] Fruits = ["apple", "pear", "plum", "fig", "lime", "kiwi"];

    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-finetune-").FullName;
    private readonly WorkerPool _pool = new(2);

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, Trait("Speed", "Smoke")]
    [InlineData(false)]
    [InlineData(true)]
    public void Interrupted_and_resumed_gives_the_same_bits(bool adapter)
    {
        string model = Model();
        FinetuneRequest request = Request(model, "whole") with
        {
            Adapter = adapter ? new AdapterOptions { Rank = 2, Dropout = 0.2f, HasMagnitudes = true } : null,
            EmbeddingNoise = 5,
            Accumulation = 2,
            Steps = 8,
            SampleEvery = 1, // so that every step is reported
            SamplePrompt = "what colour is the fig?",
        };
        FinetuneOutcome whole = Run(request);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(request with { Folder = In("cut") }, new StopAt(3, stop), stop.Token));
        FinetuneOutcome resumed = Run(request with { Folder = In("cut") });
        Assert.Equal(Losses("whole"), Losses("cut"));
        foreach (string file in Directory.Exists(whole.Result) ? Directory.GetFiles(whole.Result) : [whole.Result])
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(In("cut"), Path.GetRelativePath(In("whole"), file))));
        Assert.Equal(whole.Training.Loss, resumed.Training.Loss);
    }

    [Fact]
    public void Documents_are_read_beside_conversations_and_gone_on_with_where_they_were()
    {
        string model = Model(), corpus = In("corpus");
        TokenDatasetWriter.Write(Enumerable.Range(0, 40).Select(i => new Document($"page {i}", null, $"the {Fruits[i % 6]} said: what is the cat? it is the colour red. it is said.")), Vocabulary, corpus, VocabularyStage.TrainingData, threads: 1);
        FinetuneRequest alone = Request(model, "alone") with { Steps = 12, LearningRate = 3e-3f, SampleEvery = 1, SamplePrompt = "what?" };
        FinetuneRequest beside = alone with { Folder = In("beside"), Documents = new DocumentReplay(corpus, 0.5) };
        FinetuneOutcome without = Run(alone), with = Run(beside);
        Assert.Equal((0.5, 2), (with.Options.Replay, with.Options.Rows));
        Assert.True(OfText(with.Result) < OfText(without.Result) - 0.3, $"{OfText(with.Result)} {OfText(without.Result)}"); // nats a token

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(beside with { Folder = In("cut") }, new StopAt(5, stop), stop.Token));
        Run(beside with { Folder = In("cut") });
        Assert.Equal(Losses("beside"), Losses("cut"));

        // An epoch of conversations is an epoch, whatever is read beside them.
        int steps = Run(alone with { Folder = In("epoch"), Steps = null, Rows = 1, Epochs = 1 }).Training.Steps;
        Assert.Equal(steps, Run(beside with { Folder = In("epoch-beside"), Steps = null, Rows = 2, Epochs = 1 }).Training.Steps);
        Assert.Contains("leaves no row of conversations", Assert.Throws<ArgumentException>(() => Run(beside with { Documents = new DocumentReplay(corpus, 0.9) })).Message, StringComparison.Ordinal);
        Tokenizer other = BpeTrainer.Train([Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("other words altogether, and other pieces of words.\n", 4)))], 275, PreTokenizer.Gpt2);
        Assert.Contains("another tokenizer", Assert.Throws<CorpusException>(() => Run(beside with { Model = Model(vocabulary: other) })).Message, StringComparison.Ordinal);

        float OfText(string file)
        {
            using LoadedModel loaded = ModelFile.Load(file, new Device(_pool));
            using TokenDataset data = TokenDataset.Open(corpus, VocabularyStage.TrainingData);
            using var batch = new TokenBatch(1, 128);
            new PackedLoader(data, 128, seed: 1).Fill(batch.AsRows());
            using Tape tape = new(loaded.Transformer.Device, recording: false);
            return loaded.Transformer.Loss(tape, batch).Scalar;
        }
    }

    [Theory]
    [InlineData(TensorType.F32, false)]
    [InlineData(TensorType.Q8_0, false)]
    [InlineData(TensorType.Q4_K, true)]
    public void An_adapter_learns_and_the_model_stays_as_it_is(TensorType type, bool magnitudes)
    {
        string model = Model(type, width: 256);
        byte[] before = File.ReadAllBytes(model);
        FinetuneOutcome outcome = Run(Request(model, "lora") with { Adapter = new AdapterOptions { Rank = 4, HasMagnitudes = magnitudes }, Steps = 25, LearningRate = 5e-3f });
        double[] losses = Losses("lora");
        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]} → {losses[^1]}");
        Assert.Equal(before, File.ReadAllBytes(model));

        // Merged into the decoded weights, it computes the same.
        using LoadedModel decoded = ModelFile.Load(model, new Device(_pool));
        using Adapter adapter = AdapterFile.Load(outcome.Result, decoded);
        decoded.Transformer.Adapter = adapter;
        float apart = Loss(decoded, outcome.Data);
        decoded.Transformer.Adapter = null;
        float plain = Loss(decoded, outcome.Data);
        adapter.Merge();
        Assert.Equal(apart, Loss(decoded, outcome.Data), 1e-5);
        Assert.True(apart < 0.8 * plain, $"{plain} → {apart}");
    }

    [Fact]
    public void Full_fine_tuning_writes_a_model_that_keeps_family_and_type_and_answers()
    {
        string model = Model(TensorType.BF16);
        FinetuneOutcome outcome = Run(Request(model, "full") with { Steps = 20, LearningRate = 3e-3f });
        using LoadedModel tuned = ModelFile.Load(outcome.Result, new Device(_pool), LoadMode.Mapped);
        Assert.Equal(ChatMl.Template, tuned.Template);
        Assert.Contains(Vocabulary.Special.MessageEnd.Id, tuned.StopIds);
        Assert.True(tuned.AddsStart);
        Assert.Equal(WeightFormat.BF16, tuned.Transformer["blk.0.attn_q.weight"].Stored!.Value.Format);
        double[] losses = Losses("full");
        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]} → {losses[^1]}");
    }

    [Fact]
    public void Packed_rows_give_the_losses_of_rows_apart()
    {
        using LoadedModel loaded = ModelFile.Load(Model(), new Device(_pool));
        TrainingConversations data = TrainingConversations.Read([new ConversationSource(Data())], new ConversationRenderer(loaded), context: null);
        double sum = 0, count = 0;
        foreach (RenderedConversation one in data.Rendered)
        {
            using TokenBatch alone = new(1, one.Ids.Length - 1);
            new ConversationLoader([one], one.Ids.Length - 1, 0, 1).Fill(alone.AsRows());
            using Tape tape = new(loaded.Transformer.Device, recording: false);
            sum += loaded.Transformer.Loss(tape, alone).Scalar * alone.WeightSum;
            count += alone.WeightSum;
        }

        var loader = new ConversationLoader(data.Rendered, 128, 0, 1);
        using TokenBatch packed = new(loader.RowsPerEpoch, 128);
        loader.Fill(packed.AsRows());
        Assert.True(loader.RowsPerEpoch < data.Rendered.Count / 2, "rows hold several conversations");
        using Tape together = new(loaded.Transformer.Device, recording: false);
        Assert.Equal(count, packed.WeightSum);
        Assert.Equal(sum / count, loaded.Transformer.Loss(together, packed).Scalar, 1e-5);
    }

    [Fact]
    public void What_cannot_be_learned_from_is_set_aside_with_file_and_line()
    {
        string good = Data(), bad = In("bad.jsonl");
        File.WriteAllLines(bad,
        [
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""",
            "nonsense",
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]}""",
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f"}}]}]}""",
            $$"""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{{new string('x', 500)}}"}]}""",
        ]);
        FinetuneRequest request = Request(Model(), "aside") with { Sources = [new ConversationSource(good), new ConversationSource(bad)], Steps = 1, Context = 128 };
        var told = new List<string>();
        FinetuneOutcome outcome = ModelFinetuning.Run(request, new Device(_pool), 0, null, told.Add, default);
        Assert.Equal([(2, "malformed"), (3, "malformed"), (4, "malformed"), (5, "too long")], outcome.Data.Aside.Select(one => (one.Line, one.Kind)));
        Assert.All(outcome.Data.Aside, one => Assert.Equal(bad, one.File));
        Assert.Contains(told, line => line.Contains("4 conversations were set aside (3 malformed, 1 too long)", StringComparison.Ordinal));
        Assert.Equal(4, File.ReadAllLines(Path.Combine(request.Folder, SetAside.ListName)).Length);
        Assert.Contains($"{bad}, line 2", Assert.Throws<CorpusException>(() => Run(request with { IsStrict = true })).Message, StringComparison.Ordinal);

        FinetuneOutcome cut = Run(request with { CutsLong = true, Folder = In("cut") });
        Assert.Equal(1, cut.Data.Cut);
        Assert.Equal(3, cut.Data.Aside.Count);
    }

    [Fact]
    public void A_mixture_reads_each_source_as_often_as_its_weight_says()
    {
        Directory.CreateDirectory(In("folder/deep"));
        File.WriteAllText(In("once.jsonl"), Line("once"));
        File.WriteAllText(In("folder/deep/half.jsonl"), Line("half a") + Line("half b"));
        File.WriteAllText(In("folder/notes.txt"), "no conversations");
        using LoadedModel loaded = ModelFile.Load(Model(), new Device(_pool));
        TrainingConversations data = TrainingConversations.Read([new ConversationSource(In("once.jsonl"), 3), new ConversationSource(In("folder"), 0.5)], new ConversationRenderer(loaded), null);
        Assert.Equal([1, 2], data.Counts.Select(count => count.Conversations));
        var loader = new ConversationLoader(data.Rendered, 64, 0, seed: 7, weights: data.Weights);
        var seen = new int[3];
        using TokenBatch row = new(1, 64);
        while (loader.Epochs < 4)
        {
            loader.Fill(row.AsRows());
            for (int i = 0; i < 3; i++)
            {
                ReadOnlySpan<int> ids = data.Rendered[i].Ids.AsSpan(0, data.Rendered[i].Ids.Length - 1);
                for (ReadOnlySpan<int> rest = row.Inputs; rest.IndexOf(ids) is >= 0 and int at; rest = rest[(at + ids.Length)..]) seen[i]++;
            }
        }

        Assert.Equal([12, 2, 2], seen);
        Assert.Throws<CorpusException>(() => TrainingConversations.Read([new ConversationSource(In("folder/*.txt"))], new ConversationRenderer(loaded), null));

        static string Line(string word) => $$"""{"messages": [{"role": "user", "content": "{{word}}"}, {"role": "assistant", "content": "yes, {{word}}"}]}""" + "\n";
    }

    [Fact]
    public void A_prompt_of_the_finished_model_is_what_training_showed_before_the_answer()
    {
        using LoadedModel loaded = ModelFile.Load(Model(), new Device(_pool));
        using LoadedModel foreign = loaded with { Template = "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}: {{ m.content | trim }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant: {% endif %}" };
        foreach (LoadedModel model in (LoadedModel[])[loaded with { Template = ChatMl.Template }, foreign])
        {
            var conversation = Conversation.Of(new Message(Roles.User, " What?"), new Message(Roles.Assistant, "That."), new Message(Roles.User, "And?"), new Message(Roles.Assistant, " This "));
            RenderedConversation ids = new ConversationRenderer(model).Render(conversation).Ids;
            using var engine = new Gestalt.Inference.Engine(model.Transformer);
            var generator = new Gestalt.Inference.TextGenerator(engine, model);
            int[] starts = [.. Enumerable.Range(1, ids.Ids.Length - 1).Where(i => ids.LossMask[i] && !ids.LossMask[i - 1])];
            Assert.Equal(generator.PromptIds(Conversation.Of(conversation.Messages[0])), ids.Ids[..starts[0]]);
            Assert.Equal(generator.PromptIds(Conversation.Of(conversation.Messages.Take(3))), ids.Ids[..starts[1]]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_says_which_tools_it_was_taught_now_and_before(bool adapter)
    {
        const string tools = """[{"type": "function", "function": {"name": "search"}}, {"type": "function", "function": {"name": "code"}}]""";
        string path = In("base.gguf");
        using (LoadedModel loaded = ModelFile.Load(Model(), new Device(_pool)))
            ModelFile.Save(path, loaded.Transformer, Vocabulary, ModelFileOptions.Like(loaded) with { Metadata = new Dictionary<string, string> { [ToolText.TaughtKey] = "calculator, search" } });
        ConversationFile.Write(In("told.jsonl"), [Conversation.Of(new Message(Roles.User, "what?"), new Message(Roles.Assistant, "that.")) with { Tools = tools }]);
        var request = new FinetuneRequest(path, [new ConversationSource(In("told.jsonl"))], In("told"), "told") { Rows = 1, Context = 128, Steps = 1, Adapter = adapter ? new AdapterOptions { Rank = 2 } : null };
        FinetuneOutcome outcome = Run(request);
        string file = adapter ? ModelFinetuning.Merge(request, outcome, _ => { }) : outcome.Result;
        using LoadedModel taught = ModelFile.Load(file, new Device(_pool));
        Assert.Equal("calculator, search, code", taught.Metadata[ToolText.TaughtKey]);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private FinetuneRequest Request(string model, string folder) => new(model, [new ConversationSource(Data())], In(folder), "tuned") { Rows = 2, Context = 128, WarmUp = 1 };

    private FinetuneOutcome Run(FinetuneRequest request, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        ModelFinetuning.Run(request, new Device(_pool), 0, progress, _ => { }, cancellation);

    private double[] Losses(string folder) => [.. MetricsLog.Read(In(folder)).Select(line => line.Loss)];

    private string Model(TensorType type = TensorType.F32, int width = 64, Tokenizer? vocabulary = null)
    {
        vocabulary ??= Vocabulary;
        string path = In($"{type}-{width}-{vocabulary.VocabularySize}.gguf");
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(2, width, 2, 1, 32, 256, vocabulary.VocabularySize, 256, tied: true), new Device(_pool));
        model.Initialize(1);
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Role == ParameterRole.Matrix))
            for (int i = 0; i < parameter.Length; i++) parameter.Values[i] += 0.02f * RandomBits.Uniform(9, (ulong)i);
        ModelFile.Save(path, model, vocabulary, new ModelFileOptions { Type = type, Name = "tiny-base" });
        return path;
    }

    private string Data()
    {
        string path = In("data.jsonl");
        ConversationFile.Write(path, Enumerable.Range(0, 24).Select(i => Conversation.Of(
            new Message(Roles.User, $"what colour is the {Fruits[i % 6]}?"), new Message(Roles.Assistant, $"it is {(i % 6 < 3 ? "red" : "green")}, said the cat."))));
        return path;
    }

    private static float Loss(LoadedModel model, TrainingConversations data)
    {
        var loader = new ConversationLoader(data.Rendered, 128, 0, 1);
        using TokenBatch batch = new(loader.RowsPerEpoch, 128);
        loader.Fill(batch.AsRows());
        using Tape tape = new(model.Transformer.Device, recording: false);
        return model.Transformer.Loss(tape, batch).Scalar;
    }

    /// <summary>Cancels when a step is reported.</summary>
    private sealed class StopAt(int step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step) stop.Cancel();
        }
    }
}
