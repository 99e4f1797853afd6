using Gestalt.Inference;
using Gestalt.Inference.Constraints;
using Gestalt.Text;

namespace Gestalt.Studio.Api;

/// <summary>What the engine refuses, in the words of the interface.</summary>
internal static class Refusals
{
    /// <summary>Waits for something, and explains why it did not go well.</summary>
    /// <param name="work">It.</param>
    /// <param name="prompt">The parameter that holds the prompt.</param>
    /// <exception cref="ApiException">It did not.</exception>
    public static async ValueTask<T> ExplainAsync<T>(ValueTask<T> work, string prompt)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception problem) when (Explain(problem, prompt) is ApiException explained)
        {
            throw explained;
        }
    }

    /// <summary>The refusal that an exception of the engine means; null if it means none.</summary>
    /// <param name="problem">The exception.</param>
    /// <param name="prompt">The parameter that holds the prompt.</param>
    public static ApiException? Explain(Exception problem, string prompt) => problem switch
    {
        ContextLimitException limit => ApiException.Bad(
            prompt,
            limit.PromptTokens > limit.Context
                ? $"The prompt has {limit.PromptTokens} tokens, but the model's context holds {limit.Context}. Shorten the prompt: nothing is cut off by itself."
                : $"The prompt has {limit.PromptTokens} tokens and {limit.GeneratedTokens} more are asked for, but the model's context holds {limit.Context}. Shorten the prompt or ask for fewer tokens.",
            "context_length_exceeded"),
        ConstraintException constraint => ApiException.Bad("response_format", $"The schema cannot be held to: {constraint.Message}", "invalid_json_schema"),
        TemplateException template => ApiException.Bad(prompt, $"The model's template refuses this conversation: {template.Reason}", "invalid_conversation"),
        ObjectDisposedException => ApiException.Unavailable("The server is stopping."),
        ArgumentException argument and not ArgumentNullException => ApiException.Bad(ParameterOf(argument) ?? prompt, WithoutParameter(argument), "invalid_value"),
        NotSupportedException => ApiException.Bad(prompt, problem.Message, "unsupported_value"),
        _ => null,
    };

    private static string WithoutParameter(ArgumentException problem)
    {
        int at = problem.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return at < 0 ? problem.Message : problem.Message[..at];
    }

    /// <summary>Options of the sampler by the names that requests have for them.</summary>
    private static string? ParameterOf(ArgumentException problem) => problem.ParamName switch
    {
        "Temperature" => "temperature",
        "TopP" => "top_p",
        "TopK" => "top_k",
        "MinP" => "min_p",
        "TypicalP" => "typical_p",
        "RepetitionPenalty" => "repeat_penalty",
        "RepetitionWindow" => "repeat_last_n",
        "FrequencyPenalty" => "frequency_penalty",
        "PresencePenalty" => "presence_penalty",
        string name when name.StartsWith("LogitBias", StringComparison.Ordinal) => "logit_bias",
        _ => null,
    };
}
