using Gestalt.Inference;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>What an interrogation found out.</summary>
/// <param name="Facts">Facts and answers, in the order in which they were drawn.</param>
/// <param name="Options">How it was done.</param>
public sealed record InterrogationOutcome(IReadOnlyList<ProbedFact> Facts, InterrogationOptions Options)
{
    /// <summary>How many facts are known so well.</summary>
    public int Count(Knowledge knowledge) => Facts.Count(fact => fact.Judge(Options) == knowledge);
}

/// <summary>
/// Finds out what a model knows by asking it again and again. After the Llama 3 report (arXiv 2407.21783, section 4.3.6 on factuality): facts are drawn from a text, questions made, answers sampled
/// several times and judged by the text; where the model is consistently wrong it learns to decline, where it knows it keeps its answer. Departures: the judge is the answer key or a comparison of
/// strings where there is no model to ask; facts that the model already declines are declined again, so that the data can be learned from the base model on; and subjects of which the
/// model knows some things and others not get more conversations of both kinds (<see cref="InterrogationOptions.PerContrast"/>).
/// </summary>
public static class Interrogator
{
    /// <summary>Asks a model for facts.</summary>
    /// <param name="generator">The model.</param>
    /// <param name="source">What to ask, and what judges the answers.</param>
    /// <param name="options">How often, how warmly.</param>
    /// <param name="answered">Told of each answer as it ends, perhaps from another thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">There is nothing to ask.</exception>
    public static InterrogationOutcome Ask(TextGenerator generator, IFactSource source, InterrogationOptions options, Action? answered = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Samples, 1);
        IReadOnlyList<Probe> probes = source.Draw(options.Facts, Math.Max(options.Samples, Math.Max(options.PerFact, options.PerContrast)), options.Seed, cancellation);
        if (probes.Count == 0) throw new InvalidDataException("there is no fact to ask for in it. Give a text of some pages that names people, places, years.");
        List<int[]> prompts = [.. probes.SelectMany(probe => Enumerable.Range(0, options.Samples).Select(n => Prompt(generator, probe.Questions[n % probe.Questions.Count])))];
        var sampling = new GenerationOptions
        {
            Sampling = new SamplingOptions { Temperature = options.Temperature, Seed = options.Seed },
            MaxTokens = Room(generator, prompts, options.AnswerTokens),
        };
        TextGeneration[] answers = generator.AnswerAll(prompts, sampling, (_, _) => answered?.Invoke(), cancellation);
        (Probe, string)[] pairs = [.. answers.Select((answer, i) => (probes[i / options.Samples], answer.Text.Trim()))];
        IReadOnlyList<Verdict> verdicts = source.Judge(pairs, cancellation);
        return new InterrogationOutcome(
            [.. probes.Select((probe, i) => new ProbedFact(
                probe,
                [.. pairs.Skip(i * options.Samples).Take(options.Samples).Select(pair => pair.Item2)],
                [.. verdicts.Skip(i * options.Samples).Take(options.Samples)]))],
            options);
    }

    /// <summary>
    /// Writes what is to be learned: for each unknown fact refusals in several wordings, for each known one right answers in the model's own words. Both kinds in one shuffled order; of wavering
    /// facts nothing.
    /// </summary>
    /// <param name="outcome">What was found out.</param>
    /// <param name="source">Where the facts came from.</param>
    public static IReadOnlyList<Conversation> Write(InterrogationOutcome outcome, IFactSource source)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(source);
        InterrogationOptions options = outcome.Options;
        HashSet<string> Subjects(Knowledge knowledge) => [.. outcome.Facts.Where(fact => fact.Judge(options) == knowledge).Select(fact => fact.Probe.Subject)];
        HashSet<string> border = Subjects(Knowledge.Known);
        border.IntersectWith(Subjects(Knowledge.Unknown));
        var written = new List<Conversation>();
        foreach (ProbedFact fact in outcome.Facts)
        {
            Probe probe = fact.Probe;
            int most = Math.Min(probe.Questions.Count, border.Contains(probe.Subject) ? options.PerContrast : options.PerFact);
            switch (fact.Judge(options))
            {
                case Knowledge.Unknown:
                    for (int n = 0; n < most; n++) Add(probe.Questions[n], source.Refusal(probe, n));
                    break;
                case Knowledge.Known:
                    string[] right = [.. fact.Answers.Where((_, i) => fact.Verdicts[i] == Verdict.Right)];
                    for (int n = 0; n < most; n++) Add(probe.Questions[n], right[n % right.Length]);
                    break;
                default:
                    break;
            }
        }

        Conversation[] shuffled = [.. written.Distinct()];
        new Random(unchecked((int)options.Seed)).Shuffle(shuffled);
        return shuffled;

        void Add(string question, string answer) => written.Add(Conversation.Of(new Message(Roles.User, question), new Message(Roles.Assistant, answer)));
    }

    internal static int[] Prompt(TextGenerator generator, string question) => generator.PromptIds(Conversation.Of(new Message(Roles.User, question)));

    /// <summary>The tokens that an answer may have beside the longest prompt.</summary>
    internal static int Room(TextGenerator generator, IReadOnlyList<int[]> prompts, int wanted) =>
        Math.Max(1, Math.Min(wanted, generator.Engine.Context - prompts.Max(prompt => prompt.Length)));
}
