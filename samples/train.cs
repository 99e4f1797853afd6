#:project ../src/Gestalt.Training/Gestalt.Training.csproj
#:property PublishAot=false
#:property Optimize=true

// Trains a tiny model on a text, in this process, and lets it go on writing:   dotnet run samples/train.cs book.txt model.gguf
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Optimizers;

const int Rows = 8, Context = 64;
byte[] text = File.ReadAllBytes(args[0]);
int steps = args.Length > 2 ? int.Parse(args[2]) : 300;

// Text becomes tokens; <|endoftext|> says where a document begins.
Tokenizer tokenizer = BpeTrainer.Train([text], 320);
int[] tokens = [tokenizer.Special.EndOfText, .. tokenizer.Encode(text)];

// A model begins as random numbers. Each step shows it some pieces of the text and moves every number a little to where the next token would have been likelier.
var device = new Device();
var model = new Transformer(TransformerConfig.Qwen3Shaped(layers: 2, width: 64, heads: 4, keyValueHeads: 2, headWidth: 16, feedForward: 160, tokenizer.VocabularySize, Context, tied: true), device);
model.Initialize(seed: 1);
using var optimizer = new Optimizer(device, model.Parameters, new OptimizerOptions(MatrixLearningRate: 0.02f, LearningRate: 0.005f, EmbeddingLearningRate: 0.01f));
var schedule = new LearningRateSchedule(steps, WarmUp: steps / 20, Decay: 0.4);
var random = new Random(1);
using var tape = new Tape(device);
using var batch = new TokenBatch(Rows, Context);
for (int step = 0; step < steps; step++)
{
    for (int row = 0; row < Rows; row++)
    {
        // The first row always reads the beginning, so that the model learns how texts begin.
        int start = row == 0 ? 0 : random.Next(tokens.Length - Context);
        tokens.AsSpan(start, Context).CopyTo(batch.Inputs[(row * Context)..]);
        tokens.AsSpan(start + 1, Context).CopyTo(batch.Targets[(row * Context)..]);
    }
    model.ZeroGradients();
    tape.Reset();
    Tensor loss = model.Loss(tape, batch);
    tape.Backward(loss);
    optimizer.Step(schedule.At(step), optimizer.GradientNorm());
    if (step % 50 == 0 || step == steps - 1)
        Console.Error.WriteLine(FormattableString.Invariant($"step {step}: loss {loss.Scalar:0.000}"));
}
ModelFile.Save(args[1], model, tokenizer);

using LanguageModel written = LanguageModel.Open(args[1]);
await foreach (string piece in written.Complete("", new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Context - 2 }))
    Console.Write(piece);
Console.WriteLine();
