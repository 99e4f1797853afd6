using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class TransformerInferenceTests
{
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
    public void Reading_allocates_nothing_managed_once_warm()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch batch = TinyModels.Batch(2, 9);
        using Tape tape = new(model.Device, recording: false);
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read()
        {
            for (int i = 0; i < 5; i++, tape.Reset())
            {
                model.Forward(tape, batch);
            }
        }
    }

    private static float[] AllLogits(Transformer model, TokenBatch batch)
    {
        using Tape tape = new(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }
}
