using System.Text;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests;

/// <summary>A model of some thousand weights as a file, with a vocabulary of its own: for what a verb does with a model, not for what the model says.</summary>
internal static class TinyModelFile
{
    /// <summary>One layer of width 32, for a context of 128.</summary>
    public static TransformerConfig OneLayer(int vocabulary) => TransformerConfig.Qwen3Shaped(1, 32, 2, 1, 16, 64, vocabulary, 128, tied: true);

    /// <summary>Two layers of width 64.</summary>
    public static TransformerConfig TwoLayers(int vocabulary, int context) => TransformerConfig.Qwen3Shaped(2, 64, 4, 2, 16, 96, vocabulary, context, tied: true);

    /// <summary>Writes one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What its vocabulary is made of.</param>
    /// <param name="vocabulary">Tokens, as many as the text gives.</param>
    /// <param name="shape">Its shape, given how many tokens there are.</param>
    /// <param name="options">How it is saved.</param>
    /// <param name="change">What becomes of its first weights.</param>
    public static void Write(string path, string text, int vocabulary, Func<int, TransformerConfig> shape, ModelFileOptions? options = null, Action<Transformer>? change = null)
    {
        Tokenizer tokenizer = BpeTrainer.Train([Encoding.UTF8.GetBytes(text)], vocabulary, PreTokenizer.Qwen2);
        using var model = new Transformer(shape(tokenizer.VocabularySize), new Device(new WorkerPool(1)));
        model.Initialize(1);
        change?.Invoke(model);
        ModelFile.Save(path, model, tokenizer, options);
    }
}
