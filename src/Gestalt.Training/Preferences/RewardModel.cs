using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Training.Preferences;

/// <summary>
/// A Transformer that grades answers instead of writing them: one number, read from the last hidden state of an answer (arXiv 2203.02155). Only differences between answers to the same
/// prompt mean something.
/// </summary>
/// <remarks>Saved as <c>model.gguf</c>, the body, and <c>head.safetensors</c>, the vector that reads it.</remarks>
public sealed unsafe class RewardModel : IDisposable
{
    private const string BodyName = "model.gguf", HeadName = "head.safetensors", HeadTensor = "reward.weight";

    private readonly Tape _measuring;

    /// <summary>Puts a head of zeros on a model: all answers are worth the same.</summary>
    /// <param name="body">The model; the caller keeps it.</param>
    public RewardModel(Transformer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
        Head = new Parameter(body.Device, HeadTensor, new Shape(body.Config.Width), ParameterRole.Vector);
        Head.Allocate();
        _measuring = new Tape(body.Device, recording: false);
    }

    /// <summary>The model under the head.</summary>
    public Transformer Body { get; }

    /// <summary>What the last hidden state (C) is multiplied with.</summary>
    public Parameter Head { get; }

    /// <summary>Grades the answers of a batch.</summary>
    /// <param name="batch">The answers.</param>
    /// <param name="rewards">One for each row.</param>
    public void Grade(AnswerBatch batch, Span<double> rewards)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Read(_measuring.LastOfEach(Body.Hidden(_measuring, batch.Tokens)), rewards);
        _measuring.Reset();
    }

    /// <summary>Grades the answers of a batch, asks for the loss's derivatives, and adds the gradients of body and head.</summary>
    /// <param name="tape">Records.</param>
    /// <param name="batch">The answers.</param>
    /// <param name="rewards">One for each row; replaced by d(loss)/d(reward).</param>
    /// <param name="derive">Turns rewards into derivatives, in place, and returns the loss.</param>
    public double Learn(Tape tape, AnswerBatch batch, double[] rewards, Func<double[], double> derive)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(derive);
        tape.Reset();
        Tensor last = tape.LastOfEach(Body.Hidden(tape, batch.Tokens)); // (B,C)
        Read(last, rewards);
        double loss = derive(rewards);
        int width = Body.Config.Width;
        var gradient = new float[(int)last.Shape.Length];
        Span<float> head = Head.Values, headGradient = Head.GradientValues;
        ReadOnlySpan<float> hidden = last.Values;
        for (int row = 0; row < batch.Tokens.Rows; row++)
        {
            for (int c = 0; c < width; c++)
            {
                gradient[row * width + c] = (float)(rewards[row] * head[c]);
                headGradient[c] += (float)(rewards[row] * hidden[row * width + c]);
            }
        }

        tape.Backward(last, gradient);
        return loss;
    }

    /// <summary>Writes body and head into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="saveBody">Writes the body's file.</param>
    public void Save(string folder, Action<string> saveBody)
    {
        ArgumentNullException.ThrowIfNull(saveBody);
        Directory.CreateDirectory(folder);
        saveBody(Path.Combine(folder, BodyName));
        var writer = new SafetensorsWriter();
        writer.AddTensor(HeadTensor, TensorType.F32, Head.Data, Head.Length);
        writer.Write(Path.Combine(folder, HeadName));
    }

    /// <summary>Reads the head of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFileException">There is none, or it does not fit the body.</exception>
    public void LoadHead(string folder)
    {
        string path = Path.Combine(folder, HeadName);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.TryGetTensor(HeadTensor, out SafetensorsTensor? tensor) || tensor.Count != Head.Length)
            throw new ModelFileException(path, $"has no '{HeadTensor}' of {Head.Length} values, which a reward model of this width needs");
        tensor.Read(Head.Data);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _measuring.Dispose();
        Head.Dispose();
    }

    private void Read(Tensor last, Span<double> rewards)
    {
        int width = Body.Config.Width;
        ReadOnlySpan<float> hidden = last.Values, head = Head.Values;
        for (int row = 0; row < last.Shape[0]; row++)
        {
            double sum = 0;
            for (int c = 0; c < width; c++) sum += (double)hidden[row * width + c] * head[c];
            rewards[row] = sum;
        }
    }
}
