namespace Gestalt.Training.Optimizers;

/// <summary>How parameters are moved: Muon for hidden matrices, AdamW for everything else.</summary>
/// <param name="MatrixLearningRate">Peak rate of hidden matrices; with Muon, the root-mean-square size of one update of an entry.</param>
/// <param name="LearningRate">Peak rate of AdamW for vectors (gains, biases).</param>
/// <param name="EmbeddingLearningRate">Peak rate of AdamW for embeddings and head.</param>
/// <param name="UseMuon">Whether hidden matrices use Muon; otherwise AdamW at <paramref name="MatrixLearningRate"/>.</param>
/// <param name="Momentum">Muon's momentum.</param>
/// <param name="Beta1">AdamW's decay of the first moment.</param>
/// <param name="Beta2">AdamW's decay of the second moment.</param>
/// <param name="Epsilon">AdamW's floor of the denominator.</param>
/// <param name="WeightDecay">Decoupled decay of everything with two axes, per unit of learning rate.</param>
/// <param name="ClipNorm">Gradients of larger global norm are scaled down to it; 0 switches clipping off.</param>
public sealed record OptimizerOptions(
    float MatrixLearningRate,
    float LearningRate,
    float EmbeddingLearningRate,
    bool UseMuon = true,
    float Momentum = 0.95f,
    float Beta1 = 0.9f,
    float Beta2 = 0.95f,
    float Epsilon = 1e-8f,
    float WeightDecay = 0.1f,
    float ClipNorm = 1f)
{
    /// <summary>The same recipe at another peak rate of the matrices; the other rates keep their proportion.</summary>
    /// <param name="matrixLearningRate">The rate, above 0.</param>
    public OptimizerOptions AtRate(float matrixLearningRate)
    {
        float factor = matrixLearningRate / MatrixLearningRate;
        return this with { MatrixLearningRate = matrixLearningRate, LearningRate = LearningRate * factor, EmbeddingLearningRate = EmbeddingLearningRate * factor };
    }
}
