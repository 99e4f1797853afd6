using Gestalt.Inference.Embedding;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>A <see cref="LanguageModel"/> as .NET's vector stores know an embedding model.</summary>
internal sealed class ModelEmbeddingGenerator(LanguageModel model, Pooling pooling) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("gestalt", defaultModelId: model.Name, defaultModelDimensions: model.Engine.Model.Config.Width);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        int width = model.Engine.Model.Config.Width;
        if (options?.Dimensions is int wanted && wanted != width)
            throw new NotSupportedException($"This model's vectors have {width} numbers; {wanted} were asked for.");
        int[][] texts = [.. values.Select(model.Generator.PromptIds)];
        float[][] vectors = await Task.Run(() => model.Engine.Embed(texts, pooling, normalize: true, cancellationToken), cancellationToken).ConfigureAwait(false);
        long tokens = texts.Sum(text => (long)text.Length);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector) { ModelId = model.Name, CreatedAt = now }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => ModelServices.Find(serviceType, serviceKey, this, model, _metadata);

    public void Dispose()
    {
        // The model is its maker's.
    }
}
