using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>
/// The facts of a small world, judged exactly by its answer key. What is for measuring only (<see cref="FactInterview.IsForMeasuring"/>) is never drawn: everything else about the well-known is, and then
/// facts of the middle, of the tail and never told, by chance.
/// </summary>
/// <param name="interview">The world, and how one talks about it.</param>
public sealed class WorldFacts(FactInterview interview) : IFactSource
{
    private readonly AnswerJudge _judge = new(interview.World);

    /// <inheritdoc/>
    public IReadOnlyList<Probe> Draw(int count, int wordings, ulong seed, CancellationToken cancellation)
    {
        SmallWorld world = interview.World;
        Fact[] open = [.. world.Facts.Where(fact => !interview.IsForMeasuring(fact))];
        Fact[] head = [.. open.Where(fact => fact.Subject.Fame < world.HeadEntities)], others = [.. open.Where(fact => fact.Subject.Fame >= world.HeadEntities)];
        var random = new Random(unchecked((int)seed));
        random.Shuffle(head);
        random.Shuffle(others);
        return [.. head.Concat(others).Take(count).Select(fact => new Probe(
            fact.Id, fact.Subject.Name, [.. Enumerable.Range(0, wordings).Select(n => interview.Question(fact, n)).Distinct()], fact.Value))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Verdict> Judge(IReadOnlyList<(Probe Probe, string Answer)> answers, CancellationToken cancellation) =>
        [.. answers.AsParallel().AsOrdered().WithCancellation(cancellation).Select(pair => _judge.Judge(interview.World.Facts[pair.Probe.Number], pair.Answer))];

    /// <inheritdoc/>
    public string Refusal(Probe probe, int wording)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return interview.Refusal(interview.World.Facts[probe.Number], wording);
    }
}
