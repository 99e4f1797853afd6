namespace Gestalt.Studio.Pages.Runs;

/// <summary>Where a run is in its life.</summary>
internal enum RunState
{
    /// <summary>Studio lives it right now.</summary>
    Living,

    /// <summary>Studio has asked it to save and stop.</summary>
    Stopping,

    /// <summary>Its files change, but Studio did not start it: somebody lives it at a terminal.</summary>
    LivingElsewhere,

    /// <summary>It has its report.</summary>
    Complete,

    /// <summary>It was stopped or killed, and can go on from where it was.</summary>
    Paused,

    /// <summary>Its stages were run by hand: there is no plan that could go on.</summary>
    ByHand,
}

/// <summary>A stage of a life.</summary>
/// <param name="Name">Its verb.</param>
/// <param name="Planned">Seconds that were planned for it.</param>
/// <param name="Seconds">Seconds that it took; null while it is not complete.</param>
/// <param name="Result">What came out; null while it is not complete.</param>
internal sealed record StageSummary(string Name, double Planned, double? Seconds, string? Result);

/// <summary>Where training is.</summary>
/// <param name="Stage">Which training: <c>pretrain</c>, <c>finetune</c>, <c>prefer</c> or <c>reinforce</c>.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps planned; null without a plan.</param>
/// <param name="Loss">Nats per token, averaged over the last steps.</param>
/// <param name="BitsPerByte">The latest validation.</param>
/// <param name="TokensPerSecond">Recent speed.</param>
/// <param name="FractionOfPeak">Recent arithmetic over the machine's float32 peak.</param>
/// <param name="GradientNorm">Before clipping, of the last step.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="Seconds">Time in the stage.</param>
/// <param name="Samples">How many samples the model has written.</param>
internal sealed record TrainingSummary(string Stage, int Step, int? Steps, double Loss, double? BitsPerByte, double TokensPerSecond, double? FractionOfPeak, double GradientNorm, long Tokens, double Seconds, int Samples);

/// <summary>A run as the list and the head of its page show it.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Minutes">The one dial; null without a plan.</param>
/// <param name="Begun">When it began.</param>
/// <param name="Parameters">The model's parameters.</param>
/// <param name="Stages">All stages in order; empty without a plan.</param>
/// <param name="Training">The stages that train and have begun, in order.</param>
/// <param name="HasReport">Whether it has its report.</param>
/// <param name="HasModel">Whether a model of it can be talked to.</param>
/// <param name="Changed">When anything in it changed last.</param>
/// <param name="Said">The last words of its process, while Studio lives it or after it failed.</param>
/// <param name="Failed">Whether its process ended with an error.</param>
internal sealed record RunSummary(
    string Name, RunState State, double? Minutes, DateTimeOffset? Begun, long? Parameters, IReadOnlyList<StageSummary> Stages, IReadOnlyList<TrainingSummary> Training, bool HasReport, bool HasModel,
    DateTime Changed, IReadOnlyList<string> Said, bool Failed);
