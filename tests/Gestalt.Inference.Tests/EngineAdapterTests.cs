using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Tests;

public sealed class EngineAdapterTests : IDisposable
{
    private readonly Transformer _model = SmallModel.Build();
    private readonly Adapter _one, _other;

    /// <summary>Keys and values in float32, as in the plain way.</summary>
    private static EngineOptions Exact => new() { CacheFormat = Gestalt.Kernels.CacheFormat.F32 };

    public EngineAdapterTests()
    {
        foreach (Parameter parameter in _model.Parameters) parameter.Trainable = false;
        (_one, _other) = (Random(1, magnitudes: false), Random(2, magnitudes: true));
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Requests_with_different_adapters_share_a_batch_and_each_gets_its_own_answer()
    {
        Adapter?[] adapters = [null, _one, _other, _one, null, _other];
        int[] prompt = SmallModel.RandomPrompt(new Random(3), 12); // the same for all: nothing remembered of one may serve another
        int[][] expected = [.. adapters.Select(adapter => Alone(adapter, prompt))];
        Assert.NotEqual(expected[0], expected[1]);
        Assert.NotEqual(expected[0], expected[2]);
        Assert.NotEqual(expected[1], expected[2]);

        using var engine = new Engine(_model, Exact);
        for (int round = 0; round < 2; round++)
        {
            int[][] answers = await Task.WhenAll(adapters.Select(async adapter =>
            {
                var ids = new List<int>();
                await foreach (int id in engine.Generate(prompt, Greedy(adapter)).ReadAsync(TestContext.Current.CancellationToken)) ids.Add(id);
                return ids.ToArray();
            }));
            Assert.Equal(expected, answers);
        }
    }

    [Fact]
    public void A_models_own_adapter_serves_all_requests_that_bring_none()
    {
        int[] prompt = SmallModel.RandomPrompt(new Random(4), 9);
        int[] expected = Alone(_one, prompt);
        _model.Adapter = _one;
        using var engine = new Engine(_model, Exact);
        Assert.Equal(expected, engine.GenerateAll([prompt], Greedy(null))[0].Ids);
        _model.Adapter = null;
    }

    [Fact]
    public void Guessing_ahead_does_not_change_what_an_adapter_writes()
    {
        int[] prompt = SmallModel.RandomPrompt(new Random(5), 9);
        using var engine = new Engine(_model, Exact with { LooksUpDrafts = true }) { AlwaysGuess = true };
        Assert.Equal(Alone(_other, prompt), engine.GenerateAll([prompt], Greedy(_other))[0].Ids);
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        using Transformer stranger = SmallModel.Build();
        using var engine = new Engine(stranger);
        Assert.Contains("another model", Assert.Throws<ArgumentException>(() => engine.GenerateAll([[1, 2]], Greedy(_one))).Message, StringComparison.Ordinal);
    }

    private static GenerationOptions Greedy(Adapter? adapter) => new() { Sampling = SamplingOptions.Greedy, MaxTokens = 16, Adapter = adapter };

    /// <summary>The continuation of the plainest way to run a model, with the adapter for everything.</summary>
    private int[] Alone(Adapter? adapter, int[] prompt)
    {
        _model.Adapter = adapter;
        int[] ids = SmallModel.Greedy(_model, prompt, 16);
        _model.Adapter = null;
        return ids;
    }

    private Adapter Random(int seed, bool magnitudes)
    {
        Adapter adapter = Adapter.Create(_model, new AdapterOptions { Rank = 3, HasMagnitudes = magnitudes }, (ulong)seed);
        var random = new Random(seed);
        foreach (LowRankUpdate update in adapter.Updates.Values)
            foreach (ref float value in update.Up.Values) value = 1.5f * ((2 * random.NextSingle()) - 1);
        adapter.Freeze();
        return adapter;
    }
}
