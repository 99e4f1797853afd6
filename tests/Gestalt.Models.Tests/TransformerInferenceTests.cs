using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class TransformerInferenceTests
{
    private const float Tolerance = 2e-5f;

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    [Trait("Speed", "Smoke")]
    public void Decoding_with_a_cache_gives_the_logits_of_reading_everything_at_once(string name)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        using TokenBatch whole = TinyModels.Batch(2, 12);
        float[] expected = AllLogits(model, whole);
        using KvCache cache = new(model.Config, model.Device, rows: 2, capacity: 14);
        using Tape tape = new(model.Device, recording: false);
        using TokenBatch step = new(2, 1);
        int vocabulary = model.Config.Vocabulary;
        foreach ((int from, int to) in ((int, int)[])[(0, 6), (6, 7), (7, 8), (8, 11), (11, 12)])
        {
            step.Resize(2, to - from);
            for (int row = 0; row < 2; row++)
            {
                whole.Inputs.Slice((row * 12) + from, to - from).CopyTo(step.Inputs[(row * (to - from))..]);
                step.SetLeftPadding(row, padding: 0, cache.Length);
            }

            tape.Reset();
            Span<float> logits = model.Forward(tape, step, cache).Values;
            Assert.Equal(2 * vocabulary, logits.Length);
            for (int row = 0; row < 2; row++)
            {
                TinyModels.AssertClose(expected.AsSpan(((row * 12) + to - 1) * vocabulary, vocabulary),
                    logits.Slice(row * vocabulary, vocabulary), Tolerance, $"row {row} after {to} tokens");
            }
        }

        Assert.Equal(12, cache.Length);
    }

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Left_padding_changes_nothing(string name)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        using TokenBatch alone = TinyModels.Batch(1, 7);
        float[] expected = AllLogits(model, alone)[^model.Config.Vocabulary..];
        using TokenBatch padded = TinyModels.Batch(2, 9, seed: 8);
        alone.Inputs.CopyTo(padded.Inputs[11..]);
        padded.SetLeftPadding(1, padding: 2);
        using KvCache cache = new(model.Config, model.Device, 2, 9);
        using Tape tape = new(model.Device, recording: false);
        Span<float> logits = model.Forward(tape, padded, cache).Values;
        TinyModels.AssertClose(expected, logits[model.Config.Vocabulary..], Tolerance, "the padded row");
    }

    [Fact]
    public void A_row_copied_into_a_running_batch_goes_on_as_if_it_had_always_been_there()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        int vocabulary = model.Config.Vocabulary;
        using TokenBatch tokens = TinyModels.Batch(1, 6);
        float[] expected = AllLogits(model, tokens)[^vocabulary..];

        using KvCache prompt = new(model.Config, model.Device, 1, 8);
        using KvCache running = new(model.Config, model.Device, 3, 12);
        Read(model, prompt, tokens.Inputs[..5], padding: 0);
        using TokenBatch others = TinyModels.Batch(3, 4, seed: 9);
        Read(model, running, others.Inputs, padding: 0);
        running.PadFront(3); // seven keys now: room for the five of the prompt
        running.CopyRow(1, prompt, 0, 5);
        running.DropFront(1);
        Assert.Equal(6, running.Length);

        using TokenBatch next = new(3, 1);
        next.Inputs[1] = tokens.Inputs[5];
        next.SetLeftPadding(0, padding: 2, running.Length);
        next.SetLeftPadding(1, padding: 1, running.Length);
        next.SetLeftPadding(2, padding: 2, running.Length);
        using Tape tape = new(model.Device, recording: false);
        TinyModels.AssertClose(expected, model.Forward(tape, next, running).Values.Slice(vocabulary, vocabulary), Tolerance, "the copied row");
    }

    [Fact]
    public void A_truncated_cache_forgets()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        int vocabulary = model.Config.Vocabulary;
        using TokenBatch tokens = TinyModels.Batch(1, 6);
        float[] expected = AllLogits(model, tokens)[^vocabulary..];
        using KvCache cache = new(model.Config, model.Device, 1, 8);
        Read(model, cache, tokens.Inputs[..5], padding: 0);
        Read(model, cache, [1, 2, 3], padding: 0);
        cache.Truncate(5);
        TinyModels.AssertClose(expected, Read(model, cache, tokens.Inputs[5..], padding: 0), Tolerance, "logits");
    }

    [Fact]
    public void Rotary_models_read_past_their_context_and_learned_positions_refuse()
    {
        using Transformer rotary = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch batch = TinyModels.Batch(1, 40);
        Assert.All(AllLogits(rotary, batch), z => Assert.True(float.IsFinite(z)));
        using Transformer learned = TinyModels.Random(TinyModels.Gpt2);
        ArgumentException error = Assert.Throws<ArgumentException>(() => AllLogits(learned, batch));
        Assert.Contains("learned context of 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_cache_a_recording_tape_and_other_rows_are_refused()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using KvCache cache = new(model.Config, model.Device, 2, 5);
        using TokenBatch batch = TinyModels.Batch(2, 6);
        using Tape tape = new(model.Device, recording: false);
        Assert.Contains("at most 5", Assert.Throws<ArgumentException>(() => model.Forward(tape, batch, cache)).Message, StringComparison.Ordinal);
        batch.Resize(1, 2);
        Assert.Contains("1 rows", Assert.Throws<ArgumentException>(() => model.Forward(tape, batch, cache)).Message, StringComparison.Ordinal);
        using Tape recording = new(model.Device);
        Assert.Throws<InvalidOperationException>(() => model.Forward(recording, batch, cache));
    }

    [Fact]
    public void Decoding_allocates_nothing_managed_once_warm()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using KvCache cache = new(model.Config, model.Device, 1, 30);
        using TokenBatch batch = new(1, 1);
        using Tape tape = new(model.Device, recording: false);
        Decode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Decode()
        {
            for (cache.Clear(); cache.Length < cache.Capacity; tape.Reset())
            {
                batch.SetLeftPadding(0, 0, cache.Length);
                model.Forward(tape, batch, cache);
            }
        }
    }

    private static float[] AllLogits(Transformer model, TokenBatch batch)
    {
        using Tape tape = new(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }

    private static float[] Read(Transformer model, KvCache cache, ReadOnlySpan<int> tokens, int padding)
    {
        using TokenBatch batch = new(cache.Rows, tokens.Length / cache.Rows);
        tokens.CopyTo(batch.Inputs);
        for (int row = 0; row < cache.Rows; row++)
        {
            batch.SetLeftPadding(row, padding, cache.Length);
        }

        using Tape tape = new(model.Device, recording: false);
        return model.Forward(tape, batch, cache).Values.ToArray();
    }
}
