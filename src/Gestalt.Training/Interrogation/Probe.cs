using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>A fact as an interrogation asks for it.</summary>
/// <param name="Number">Names it to the source that drew it.</param>
/// <param name="Subject">Whom or what it is about.</param>
/// <param name="Questions">The question in one wording or several.</param>
/// <param name="Expected">The answer that the text gives.</param>
public sealed record Probe(int Number, string Subject, IReadOnlyList<string> Questions, string Expected);

/// <summary>Facts that a model can be asked for, and what judges its answers: the small world by its answer key, or a person's own text.</summary>
public interface IFactSource
{
    /// <summary>Draws facts.</summary>
    /// <param name="count">How many; fewer come where there are fewer.</param>
    /// <param name="wordings">Wordings of each question, where the source has several.</param>
    /// <param name="seed">Draws the same facts again.</param>
    /// <param name="cancellation">Gives up.</param>
    IReadOnlyList<Probe> Draw(int count, int wordings, ulong seed, CancellationToken cancellation);

    /// <summary>Judges answers, in their order.</summary>
    /// <param name="answers">Facts, and what the model said when it was asked for them.</param>
    /// <param name="cancellation">Gives up.</param>
    IReadOnlyList<Verdict> Judge(IReadOnlyList<(Probe Probe, string Answer)> answers, CancellationToken cancellation);

    /// <summary>An answer that admits not to know.</summary>
    /// <param name="probe">What was asked for.</param>
    /// <param name="wording">Others are mostly put otherwise.</param>
    string Refusal(Probe probe, int wording);
}
