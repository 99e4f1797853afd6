namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class EmbeddingTests
{
    [Fact]
    public void Embedding_and_its_gradient_agree_with_the_twin_where_tokens_repeat()
    {
        int[] ids = [3, 0, 3, 3, 1, 4];
        fixed (int* pinned = ids)
        {
            int* pointer = pinned;
            OperationCheck.Compare([], [new(5, 7)],
                (tape, _, p) => tape.Embedding(p[0], pointer, new Shape(2, 3)),
                (_, p) => [.. ids.SelectMany(id => p[0][(id * 7)..((id + 1) * 7)])]);
        }
    }
}
