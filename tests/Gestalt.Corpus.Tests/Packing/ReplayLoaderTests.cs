using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Corpus.Tests.Packing;

public sealed class ReplayLoaderTests
{
    private const int Length = 24;

    private static ReplayLoader Loader(LoaderState? state = null)
    {
        RenderedConversation[] conversations = [.. Enumerable.Range(0, 40).Select(i => new RenderedConversation([i + 1, i + 2, i + 3, i + 4], [false, false, true, true]))];
        var data = TokenDataset.FromDocuments(Enumerable.Range(0, 30).Select(i => Enumerable.Range(500 + (i * 20), 20).ToArray()), 2000, 0);
        return new ReplayLoader(new ConversationLoader(conversations, Length, 0, 3, state), new PackedLoader(data, Length, 4, state?.Beside), Length, share: 0.5, weight: 0.25f);
    }

    [Fact]
    public void The_first_rows_are_conversations_and_the_others_documents_of_less_weight()
    {
        var batch = new Batch(4, Length);
        Loader().Fill(batch.Rows);
        Assert.All(batch.Targets[..(2 * Length)], target => Assert.True(target < 500));
        Assert.All(batch.Weights[..(2 * Length)], weight => Assert.True(weight is 0 or 1));
        Assert.All(batch.Targets[(2 * Length)..], target => Assert.True(target >= 500 || target == 0));
        Assert.All(batch.Weights[(2 * Length)..], weight => Assert.Equal(0.25f, weight));
    }

    [Fact]
    public void A_restored_mixture_goes_on_with_the_same_bits()
    {
        ReplayLoader loader = Loader();
        var batch = new Batch(6, Length);
        for (int i = 0; i < 21; i++)
            loader.Fill(batch.Rows);
        ReplayLoader restored = Loader(JsonSerializer.Deserialize<LoaderState>(JsonSerializer.Serialize(loader.State)));
        for (int i = 0; i < 40; i++)
        {
            var expected = new Batch(6, Length);
            var actual = new Batch(6, Length);
            loader.Fill(expected.Rows);
            restored.Fill(actual.Rows);
            Assert.Equal(expected.ToString(), actual.ToString());
        }
    }
}
