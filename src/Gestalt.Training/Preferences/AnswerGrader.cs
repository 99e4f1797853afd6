using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Training.Preferences;

/// <summary>Grades answers with a reward model, many at a time.</summary>
/// <param name="model">The reward model.</param>
/// <param name="loaded">The file that its body came from, for the form in which it reads conversations.</param>
/// <param name="perPass">Answers of a forward pass.</param>
public sealed class AnswerGrader(RewardModel model, LoadedModel loaded, int perPass = 32)
{
    private readonly PairRenderer _renderer = new(loaded);

    /// <summary>Grades answers in their order. What is longer than the reward model's context is graded by what fits into it from the start.</summary>
    /// <param name="answers">Prompts with an answer each.</param>
    /// <param name="cancellation">Gives up.</param>
    public double[] Grade(IReadOnlyList<(Conversation Prompt, string Answer)> answers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        int context = model.Body.Config.Context, padding = Math.Max(0, loaded.Tokenizer.Special.EndOfText);
        RenderedAnswer[] rendered = [.. answers.Select(answer => Fit(_renderer.Render(answer.Prompt, answer.Answer), context))];
        var grades = new double[answers.Count];
        using var batch = new AnswerBatch();
        var rewards = new double[perPass];
        // Answers of like length share a pass, so that little of it is padding.
        foreach (int[] some in Enumerable.Range(0, rendered.Length).OrderBy(i => rendered[i].Ids.Length).Chunk(perPass))
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Fill([.. some.Select(i => rendered[i])], padding);
            model.Grade(batch, rewards);
            for (int i = 0; i < some.Length; i++) grades[some[i]] = rewards[i];
        }

        return grades;
    }

    private static RenderedAnswer Fit(RenderedAnswer answer, int context) =>
        answer.Ids.Length <= context ? answer : new RenderedAnswer(answer.Ids[..context], Math.Min(answer.Start, context - 1));
}
