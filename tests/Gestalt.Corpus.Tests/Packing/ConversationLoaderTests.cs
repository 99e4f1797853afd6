using Gestalt.Text;

namespace Gestalt.Corpus.Tests.Packing;

public sealed class ConversationLoaderTests
{
    private const int Padding = 0;

    /// <summary>Conversations of distinct ids; the second half of each is the assistant's.</summary>
    private static RenderedConversation[] Conversations(int count, int seed = 1)
    {
        var dice = new Random(seed);
        int next = 1;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int length = dice.Next(4, 40);
            return new RenderedConversation([.. Enumerable.Range(0, length).Select(_ => next++)], [.. Enumerable.Range(0, length).Select(i => i >= length / 2)]);
        })];
    }

    [Fact]
    public void Each_epoch_learns_every_answer_exactly_once_and_nothing_else()
    {
        RenderedConversation[] conversations = Conversations(300);
        IEnumerable<int> answers = conversations.SelectMany(c => c.Ids.Where((_, i) => c.LossMask[i]));
        var loader = new ConversationLoader(conversations, 64, Padding, 5);
        Assert.Equal(0, loader.Cut);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var batch = new Batch(loader.RowsPerEpoch, 64);
            loader.Fill(batch.Rows);
            Assert.Equal(answers, batch.Targets.Where((_, i) => batch.Weights[i] == 1).Order());
            Assert.All(batch.Weights, weight => Assert.True(weight is 0 or 1));
            for (int i = 0; i < batch.Inputs.Length; i++)
            {
                if (batch.Targets[i] == Rows.NoTarget)
                    continue;
                Assert.Equal(batch.Inputs[i] + 1, batch.Targets[i]);
                Assert.Equal(i % 64 - batch.Positions[i], batch.KeyStart[i]);
            }

            Assert.Equal(300, batch.Positions.Where((_, i) => batch.Targets[i] != Rows.NoTarget).Count(position => position == 0));
            Assert.True(batch.Targets.Count(target => target == Rows.NoTarget) < batch.Targets.Length * 0.05, "too much padding");
        }
    }

    [Fact]
    public void A_restored_loader_goes_on_with_the_same_bits()
    {
        RenderedConversation[] conversations = Conversations(100);
        var loader = new ConversationLoader(conversations, 50, Padding, 7);
        var batch = new Batch(4, 50);
        for (int i = 0; i < 33; i++)
            loader.Fill(batch.Rows);
        var restored = new ConversationLoader(conversations, 50, Padding, 0, loader.State);
        for (int i = 0; i < 100; i++)
        {
            var expected = new Batch(4, 50);
            var actual = new Batch(4, 50);
            loader.Fill(expected.Rows);
            restored.Fill(actual.Rows);
            Assert.Equal(expected.ToString(), actual.ToString());
        }
    }

    [Fact]
    public void A_conversation_longer_than_a_row_keeps_its_beginning_and_is_counted()
    {
        var longOne = new RenderedConversation([.. Enumerable.Range(1, 100)], [.. Enumerable.Range(0, 100).Select(i => i is >= 5 and < 10 or >= 90)]);
        var loader = new ConversationLoader([longOne], 20, Padding, 1);
        Assert.Equal(1, loader.Cut);
        var batch = new Batch(1, 20);
        loader.Fill(batch.Rows);
        Assert.Equal(Enumerable.Range(1, 20), batch.Inputs);
        Assert.Equal([6, 7, 8, 9, 10], batch.Targets.Where((_, i) => batch.Weights[i] == 1));
    }

    [Fact]
    public void Conversations_without_anything_to_learn_are_passed_over_and_none_at_all_is_refused()
    {
        var silent = new RenderedConversation([1, 2, 3], [false, false, false]);
        var onlyFirst = new RenderedConversation([4], [true]);
        var empty = new RenderedConversation([], []);
        var useful = new RenderedConversation([7, 8, 9], [false, false, true]);
        var loader = new ConversationLoader([silent, onlyFirst, empty, useful], 8, Padding, 1);
        Assert.Equal(1, loader.RowsPerEpoch);
        var batch = new Batch(1, 8);
        loader.Fill(batch.Rows);
        Assert.Equal([7, 8, Padding], batch.Inputs[..3]);
        Assert.Contains("none of the 3", Assert.Throws<CorpusException>(() => new ConversationLoader([silent, onlyFirst, empty], 8, Padding, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_other_conversations_is_refused()
    {
        LoaderState state = new ConversationLoader(Conversations(10), 50, Padding, 1).State;
        Assert.Throws<CorpusException>(() => new ConversationLoader(Conversations(10, seed: 2), 50, Padding, 1, state));
    }
}
