using Gestalt.World.Grammar;

namespace Gestalt.World;

/// <summary>
/// What an interview about any fact of the small world needs: questions in the wordings of training, and ways to say that one does not know. It knows which facts are only for measuring, so that nobody
/// teaches what is tested. Not for several threads at once.
/// </summary>
/// <param name="conversations">The conversations of the world, which say what is held out.</param>
public sealed class FactInterview(Conversations conversations)
{
    private readonly Pen _pen = new(conversations.World);
    private readonly DialogueWriter _writer = new(conversations);

    /// <summary>The world that is talked about.</summary>
    public SmallWorld World { get; } = conversations.World;

    /// <summary>
    /// Whether the fact is for measuring only: half of the told ones that no training conversation mentions, and half of the never-told ones about the head that none declines. The other halves may be
    /// interrogated about: who would teach that something is known although no conversation asked for it needs such facts.
    /// </summary>
    public bool IsForMeasuring(Fact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return conversations.SplitOf(fact) is FactSplit.HeldOut or FactSplit.NeverTold && IsKeptBack(fact);
    }

    /// <summary>Whether the fact can be told apart from those that were interrogated about: those that measure, and those that conversations ask for, in other wordings.</summary>
    public bool IsTested(Fact fact) => IsForMeasuring(fact) || conversations.SplitOf(fact) == FactSplit.AskedInTraining;

    /// <summary>A question about the fact as training conversations ask it.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="wording">Which: equal numbers give equal questions, others mostly others.</param>
    public string Question(Fact fact, int wording)
    {
        Begin(0x1A5C, fact, wording);
        return DialogueWriter.Ask(_pen, fact);
    }

    /// <summary>A sentence or two that admit not to know the fact, by its name.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="wording">Which: equal numbers give equal sentences, others mostly others.</param>
    public string Refusal(Fact fact, int wording)
    {
        Begin(0xDE11, fact, wording);
        return DialogueWriter.DontKnow(_pen, fact);
    }

    /// <summary>A question, in a wording that no training conversation has, about somebody or something that no page knows.</summary>
    /// <param name="number">Which stranger.</param>
    /// <returns>What the question is about, with the value of a real fact of its relation (which is not right for a stranger), and the question.</returns>
    public (Fact Nobody, string Question) AskOfStranger(int number)
    {
        Fact like = conversations.Asked[Round.Position(World.Seed ^ 0x57A6, number, conversations.Asked.Length)];
        Begin(0x57A7, like, number);
        Fact nobody = like with { Id = -1, Subject = _writer.Stranger(_pen, like.Subject) };
        return (nobody, _pen.Sentence(_pen.Fresh(RelationGrammar.Of(like.Relation).UnseenQuestions), nobody));
    }

    private bool IsKeptBack(Fact fact) => new Dice(World.Seed ^ 0x3EA5, (ulong)fact.Id).Chance(50);

    private void Begin(ulong purpose, Fact fact, int wording) => _pen.Begin(new Dice(World.Seed ^ purpose, ((ulong)(uint)fact.Id << 32) | (uint)wording));
}
