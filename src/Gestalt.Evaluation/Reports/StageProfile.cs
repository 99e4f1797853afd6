namespace Gestalt.Evaluation.Reports;

/// <summary>A model as one stage of a life left it: the same questions, stories, problems and prompts after each stage, so that what a stage changed can be seen.</summary>
/// <param name="Stage">The stage's verb: <c>pretrain</c>, <c>finetune</c>, <c>prefer</c>, <c>reinforce</c>.</param>
/// <param name="Shares">Shares of right answers; the same names in the same order for each stage that was asked.</param>
/// <param name="Means">Means of what is no share.</param>
/// <param name="Answers">What the model said to the same prompts.</param>
public sealed record StageProfile(string Stage, IReadOnlyList<ProfileShare> Shares, IReadOnlyList<ProfileMean> Means, IReadOnlyList<PromptAnswer> Answers)
{
    /// <summary>Why the life went on without this stage's model; null where it went on with it.</summary>
    public string? Rejected { get; init; }

    /// <summary>The share of that name; null where it was not measured.</summary>
    /// <param name="name">Its name.</param>
    public Proportion? Share(string name) => Shares.FirstOrDefault(share => share.Name == name)?.Result;
}

/// <summary>How often a model is right at one kind of thing.</summary>
/// <param name="Name">What was asked.</param>
/// <param name="Meaning">One sentence on how it was asked and judged.</param>
/// <param name="Result">Right answers of how many, with the interval and what guessing reaches.</param>
public sealed record ProfileShare(string Name, string Meaning, Proportion Result);

/// <summary>A mean of something that is no share.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Meaning">One sentence on its scale.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProfileMean(string Name, string Meaning, double Mean, double Error);

/// <summary>What a model said to a prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Answer">What it said, calls of tools and their results among it.</param>
public sealed record PromptAnswer(string Prompt, string Answer);
