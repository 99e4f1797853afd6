using Gestalt.Corpus;
using Gestalt.Tasks.Problems;
using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Gestalt.Training.Life;
using Gestalt.Training.Reinforcement;
using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>
/// Writes the conversations that fine-tuning learns from. With the small internet they follow docs/labelling.md and ask for its facts;
/// with the user's own text they are passages to be continued, and the small talk that every assistant needs.
/// </summary>
public static class ConversationStage
{
    /// <summary>Tokens of a conversation, roughly: to write no more of them than fine-tuning will read.</summary>
    private const double TokensPerConversation = 60;

    /// <summary>Of the conversations that need no tool, so many in a hundred are told of tools all the same: having one is no reason to call it.</summary>
    private const int ToldOfToolsPercent = 30;

    /// <summary>A passage that is given, and the one that is to follow, in characters: both fit in a context.</summary>
    private const int GivenCharacters = 160, FollowingCharacters = 420;

    private static readonly string[] Requests =
    [
        "Go on from here: {0}", "Continue this passage: {0}", "How does this go on? {0}", "Please continue: {0}", "What comes next? {0}", "Write the next lines: {0}",
    ];

    /// <summary>Where the conversations of a run lie.</summary>
    public static string PathIn(RunFolder run) => Path.Combine(run.Sft, "conversations.jsonl");

    /// <summary>Writes the conversations.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">What the life is about and how long fine-tuning is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Where they are.</returns>
    public static string Write(RunFolder run, LifePlan plan, CancellationToken cancellation)
    {
        Directory.CreateDirectory(run.Sft);
        int wanted = Math.Clamp((int)((double)plan.Finetune.Steps * plan.Finetune.TokensPerStep / TokensPerConversation), 500, 60_000);
        ulong seed = plan.Request.Seed;
        IEnumerable<Conversation> conversations = plan.Request.Data is null
            ? OfWorld(run, new Conversations(WorldStage.WorldOf(seed, plan.WorldBytes)), wanted, plan)
            : OfText(CorpusFolder.Open(run.Corpus), seed, wanted);
        ConversationFile.Write(PathIn(run), conversations.TakeWhile(_ => !cancellation.IsCancellationRequested));
        cancellation.ThrowIfCancellationRequested();
        return PathIn(run);
    }

    /// <summary>A dialogue of the world in the form that everything else reads.</summary>
    public static Conversation ToConversation(Dialogue dialogue) => new([.. dialogue.Turns.Select(turn => new Message(turn.Role, turn.Content))]);

    /// <summary>A request to go on with a text from somewhere in it, or null where the text is too short.</summary>
    internal static string? PassageFrom(string text, int start) =>
        Passage(text, start) is { } passage ? string.Format(System.Globalization.CultureInfo.InvariantCulture, Requests[0], passage.Given) : null;

    /// <summary>
    /// The world's dialogues, and among them those with tools and problems that a pupil works on. Which is which depends on the number alone; the lines are in the same order for any number of processors.
    /// </summary>
    private static IEnumerable<Conversation> OfWorld(RunFolder run, Conversations conversations, int wanted, LifePlan plan)
    {
        int toolPercent = plan.ToolPercent, problemPercent = plan.Reinforce?.Percent ?? 0;
        if (toolPercent + problemPercent == 0) return conversations.Training(wanted).Select(ToConversation);
        var withTools = new ToolDialogues(new ToolQuestions(conversations, RunTools.Of(run)));
        WorkedProblems problems = LifeProblems.Examples(plan.Request.Seed);
        return Enumerable.Range(0, wanted).AsParallel().AsOrdered().Select(number =>
        {
            var dice = new Dice(conversations.World.Seed ^ 0x31C5, (ulong)number);
            int throwOf = dice.Below(100);
            if (throwOf < toolPercent) return withTools.At(number);
            if (throwOf < toolPercent + problemPercent) return problems.At(number).ToConversation();
            Dialogue dialogue = conversations.TrainingAt(number);
            bool told = dialogue.Kind is not (DialogueKind.Fact or DialogueKind.FactsInTurn or DialogueKind.YesNo or DialogueKind.Unknown) && toolPercent > 0 && dice.Chance(ToldOfToolsPercent);
            return told ? ToConversation(dialogue) with { Tools = withTools.Named } : ToConversation(dialogue);
        });
    }

    private static IEnumerable<Conversation> OfText(CorpusFolder corpus, ulong seed, int wanted)
    {
        string[] documents = [.. corpus.Training().Select(document => document.Text).Where(text => text.Length > GivenCharacters + FollowingCharacters)];
        Dialogue[] talk = [.. new Conversations(WorldStage.WorldOf(seed, 2_000_000)).Training(4000).Where(d => d.Kind is DialogueKind.SmallTalk or DialogueKind.Self)];
        long characters = documents.Sum(text => (long)text.Length);
        var random = new Gestalt.Inference.Xoshiro256(seed);
        for (int i = 0; i < wanted; i++)
        {
            if (documents.Length == 0 || i % 2 == 0)
            {
                if (talk.Length > 0) yield return ToConversation(talk[i / 2 % talk.Length]);
                continue;
            }

            // A place anywhere in the text, long documents as often as they deserve.
            long place = (long)(random.NextDouble() * characters);
            int index = 0;
            while (place >= documents[index].Length) place -= documents[index++].Length;
            if (Passage(documents[index], (int)Math.Min(place, documents[index].Length - GivenCharacters - FollowingCharacters)) is not { } passage) continue;
            string request = Requests[(int)(random.NextDouble() * Requests.Length)];
            yield return Conversation.Of(new Message(Roles.User, string.Format(System.Globalization.CultureInfo.InvariantCulture, request, passage.Given)), new Message(Roles.Assistant, passage.Following));
        }
    }

    /// <summary>Two neighbouring pieces that begin and end between words, or null where the text has none here.</summary>
    private static (string Given, string Following)? Passage(string text, int start)
    {
        start = text.IndexOf(' ', start) + 1;
        int middle = start + GivenCharacters > text.Length ? -1 : text.IndexOf(' ', start + GivenCharacters);
        if (start == 0 || middle < 0) return null;
        int end = Math.Min(text.Length, middle + FollowingCharacters);
        int sentence = text.LastIndexOfAny(['.', '!', '?'], end - 1, end - middle);
        if (sentence > middle + FollowingCharacters / 3) end = sentence + 1;
        string given = text[start..middle].Trim(), following = text[middle..end].Trim();
        return given.Length > 0 && following.Length > 0 ? (given, following) : null;
    }
}
