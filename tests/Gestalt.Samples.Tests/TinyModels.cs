using System.Text;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Optimizers;

namespace Gestalt.Samples.Tests;

/// <summary>Two tiny models, trained until they know a short text by heart: they are sure of each token, so that a rounding does not decide.</summary>
public sealed class TinyModels : IDisposable
{
    private const int Context = 64, Rows = 4, Steps = 120;

    public const string Text = "The cat sat on the mat in 東京 and it's 1234 o'clock — 🦊🦊!\nThen the fox said: “Who'll sing?”  The cat sang, and the moon came up over the hill.\n\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-samples").FullName;
    private readonly Dictionary<(string Shape, PreTokenizer Rule), (Transformer Model, Tokenizer Tokenizer)> _models = [];

    public string Folder => _folder;

    /// <summary>A file of one of the models.</summary>
    /// <param name="shape"><c>qwen3</c> or <c>gpt2</c>.</param>
    /// <param name="type">How weights are stored.</param>
    /// <param name="rule">How text is cut into words.</param>
    /// <param name="isAssistant">Whether the file says that it answers.</param>
    public string File(string shape, TensorType type, PreTokenizer? rule = null, bool isAssistant = false)
    {
        rule ??= PreTokenizer.Qwen2;
        if (!_models.TryGetValue((shape, rule), out (Transformer Model, Tokenizer Tokenizer) trained))
            _models[(shape, rule)] = trained = Train(shape, rule);
        string path = Path.Combine(_folder, $"{shape}-{type}-{rule.Name.GetHashCode(StringComparison.Ordinal):x}-{isAssistant}.gguf");
        if (!System.IO.File.Exists(path))
            ModelFile.Save(path, trained.Model, trained.Tokenizer, new ModelFileOptions { Type = type, IsAssistant = isAssistant });
        return path;
    }

    public void Dispose()
    {
        foreach ((Transformer model, _) in _models.Values)
            model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static (Transformer, Tokenizer) Train(string shape, PreTokenizer rule)
    {
        byte[] text = Encoding.UTF8.GetBytes(Text);
        Tokenizer tokenizer = BpeTrainer.Train([text, text], 290, rule);
        int[] tokens = [tokenizer.Special.EndOfText, .. tokenizer.Encode(string.Concat(Enumerable.Repeat(Text, 3)))];
        // Widths that do not divide into 32 are part of the test: such rows end in numbers that no register holds whole.
        TransformerConfig config = shape == "gpt2"
            ? TransformerConfig.Gpt2(2, 48, 4, tokenizer.VocabularySize, Context)
            : TransformerConfig.Qwen3Shaped(2, 64, 4, 2, 24, 80, tokenizer.VocabularySize, context: 2048, tied: false);
        var device = new Device();
        var model = new Transformer(config, device);
        model.Initialize(seed: 1);
        using var optimizer = new Optimizer(device, model.Parameters, new OptimizerOptions(0.01f, 0.005f, 0.01f, UseMuon: false));
        using var tape = new Tape(device);
        using var batch = new TokenBatch(Rows, Context);
        var random = new Random(1);
        for (int step = 0; step < Steps; step++)
        {
            for (int row = 0; row < Rows; row++)
            {
                int start = row == 0 ? 0 : random.Next(tokens.Length - Context);
                tokens.AsSpan(start, Context).CopyTo(batch.Inputs[(row * Context)..]);
                tokens.AsSpan(start + 1, Context).CopyTo(batch.Targets[(row * Context)..]);
            }
            model.ZeroGradients();
            tape.Reset();
            Tensor loss = model.Loss(tape, batch);
            tape.Backward(loss);
            optimizer.Step(Math.Min(1, (step + 1) / 10f), optimizer.GradientNorm());
        }
        return (model, tokenizer);
    }
}
