using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Training.Preferences;

/// <summary>Grades answers with a reward model from a folder, many at a time.</summary>
public sealed class AnswerGrader : IDisposable
{
    private const int PerPass = 32;

    private readonly LoadedModel _body;
    private readonly RewardModel _model;
    private readonly PairRenderer _renderer;

    /// <summary>Opens a reward model.</summary>
    /// <param name="folder">Where <see cref="RewardModel.Save"/> has put it.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="ModelFileException">There is none, or its head does not fit its body.</exception>
    public AnswerGrader(string folder, Device device)
    {
        _body = ModelFile.Load(Path.Combine(folder, "model.gguf"), device);
        _model = new RewardModel(_body.Transformer);
        _renderer = new PairRenderer(_body);
        try
        {
            _model.LoadHead(folder);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Grades answers in their order. What is longer than the reward model's context is graded by what fits into it from the start.</summary>
    /// <param name="answers">Prompts with an answer each.</param>
    /// <param name="cancellation">Gives up.</param>
    public double[] Grade(IReadOnlyList<(Conversation Prompt, string Answer)> answers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        int context = _model.Body.Config.Context, padding = Math.Max(0, _body.Tokenizer.Special.EndOfText);
        RenderedAnswer[] rendered = [.. answers.Select(answer => Fit(_renderer.Render(answer.Prompt, answer.Answer), context))];
        var grades = new double[answers.Count];
        using var batch = new AnswerBatch();
        var rewards = new double[PerPass];
        // Answers of like length share a pass, so that little of it is padding.
        foreach (int[] some in Enumerable.Range(0, rendered.Length).OrderBy(i => rendered[i].Ids.Length).Chunk(PerPass))
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Fill([.. some.Select(i => rendered[i])], padding);
            _model.Grade(batch, rewards);
            for (int i = 0; i < some.Length; i++) grades[some[i]] = rewards[i];
        }

        return grades;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _body.Dispose();
    }

    private static RenderedAnswer Fit(RenderedAnswer answer, int context) =>
        answer.Ids.Length <= context ? answer : new RenderedAnswer(answer.Ids[..context], Math.Min(answer.Start, context - 1));
}
