using System.Text;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Studio.Tests;

/// <summary>A model small enough to be made in the blink of an eye: it babbles, in every form that is asked of it.</summary>
internal static class TinyModel
{
    private static readonly Lazy<Tokenizer> Vocabulary = new(() => BpeTrainer.Train(
        [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat, and the cat saw the moon — 東京 too.\n{\"name\": \"moon\"}\n", 4)))], 290, PreTokenizer.Gpt2));

    public static Tokenizer Tokenizer => Vocabulary.Value;

    /// <summary>Writes a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="context">Tokens that a sequence may have.</param>
    /// <param name="seed">Another seed is another model.</param>
    /// <param name="width">The width, for models that shall take some time.</param>
    public static string Write(string path, int context = 1024, int seed = 1, int width = 32)
    {
        TransformerConfig config = TransformerConfig.Qwen3Shaped(2, width, 4, 2, width / 4, width * 3 / 2, Tokenizer.VocabularySize, context, tied: false);
        using var pool = new WorkerPool(2);
        using var model = new Transformer(config, new Device(pool));
        var random = new Random(seed);
        foreach (Parameter parameter in model.Parameters)
        {
            float reach = parameter.Role == ParameterRole.Embedding ? 1 : 2.5f / MathF.Sqrt(parameter.Shape.Width);
            foreach (ref float value in parameter.Values)
                value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + (reach * ((2 * random.NextSingle()) - 1));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ModelFile.Save(path, model, Tokenizer, new ModelFileOptions { IsAssistant = true, Name = Path.GetFileNameWithoutExtension(path) });
        return path;
    }
}
