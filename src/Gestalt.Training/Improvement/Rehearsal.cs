using Gestalt.Inference;
using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Interrogation;
using Gestalt.World;

namespace Gestalt.Training.Improvement;

/// <summary>
/// Asks a model what people of its world would ask, and logs what it says, so that the loop can be tried before there is anybody to talk with: facts that pages tell and facts that none does, strangers, stories, small talk.
/// What is for measuring only (<see cref="FactInterview.IsForMeasuring"/>) is never asked.
/// </summary>
public static class Rehearsal
{
    private const int AnswerTokens = 200;

    /// <summary>Of a hundred questions: about facts that pages tell, about facts of the well-known that none tells, about strangers; the others ask for no fact.</summary>
    private const int Told = 35, NeverTold = 35, Strangers = 15;

    /// <summary>Dialogues and strangers from this number on are neither learned nor measured.</summary>
    private const int FirstUnused = 20_000_000;

    /// <summary>The questions.</summary>
    /// <param name="conversations">How one talks about the world.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Draws them.</param>
    public static IReadOnlyList<string> Questions(Conversations conversations, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(conversations);
        var interview = new FactInterview(conversations);
        var random = new Random(unchecked((int)seed));
        Fact[] open = [.. conversations.World.Facts.Where(fact => fact.Subject.Fame < conversations.World.HeadEntities && !interview.IsForMeasuring(fact))];
        Fact[] told = Shuffled(fact => fact.Tier == Attestation.WellAttested), untold = Shuffled(fact => fact.Tier == Attestation.NeverTold);
        int first = FirstUnused + (int)(seed % 1000 * 10_000);
        IEnumerator<string> talk = Enumerable.Range(first, int.MaxValue - first).Select(conversations.TrainingAt)
            .Where(dialogue => dialogue.Kind is (DialogueKind.SmallTalk or DialogueKind.Self or DialogueKind.Story or DialogueKind.Definition or DialogueKind.YesNo or DialogueKind.Comparison) && dialogue.Turns[0].Role == Roles.User)
            .Select(dialogue => dialogue.Turns[0].Content).GetEnumerator();
        (int knows, int unknown) = (0, 0);
        return
        [
            .. Enumerable.Range(0, count).Select(number => random.Next(100) switch
            {
                < Told when told.Length > 0 => interview.Question(told[knows % told.Length], wording: knows++),
                < Told + NeverTold when untold.Length > 0 => interview.Question(untold[unknown % untold.Length], wording: unknown++),
                < Told + NeverTold + Strangers => interview.AskOfStranger(first + number).Question,
                _ => talk.MoveNext() ? talk.Current : "Hello!",
            }),
        ];

        Fact[] Shuffled(Func<Fact, bool> wanted)
        {
            Fact[] all = [.. open.Where(wanted)];
            random.Shuffle(all);
            return all;
        }
    }

    /// <summary>Asks, each question in a conversation of its own, greedily.</summary>
    /// <param name="generator">The model.</param>
    /// <param name="name">Its name in the log.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="answered">Told of each answer as it ends, perhaps from another thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The answers, to be logged.</returns>
    public static IReadOnlyList<LoggedAnswer> Ask(TextGenerator generator, string name, IReadOnlyList<string> questions, Action? answered = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0) return [];
        List<int[]> prompts = [.. questions.Select(question => Interrogator.Prompt(generator, question))];
        var options = new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Interrogator.Room(generator, prompts, AnswerTokens) };
        TextGeneration[] answers = generator.AnswerAll(prompts, options, (_, _) => answered?.Invoke(), cancellation);
        return
        [
            .. questions.Zip(answers, (question, answer) => LoggedAnswer.Now(name, "ask", answer.Reason == FinishReason.Stop ? AnswerEnd.Stop : AnswerEnd.Length,
                Conversation.Of(new Message(Roles.User, question), new Message(Roles.Assistant, answer.Text)))),
        ];
    }
}
