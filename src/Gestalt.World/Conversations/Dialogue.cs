namespace Gestalt.World;

/// <summary>One message of a dialogue.</summary>
/// <param name="Role">"system", "user" or "assistant".</param>
/// <param name="Content">What is said.</param>
public sealed record Turn(string Role, string Content);

/// <summary>What a dialogue is an example of.</summary>
public enum DialogueKind
{
    /// <summary>A question about a fact, and its answer.</summary>
    Fact,
    /// <summary>Several questions one after the other.</summary>
    FactsInTurn,
    /// <summary>A question to be answered with yes or no.</summary>
    YesNo,
    /// <summary>A question whose answer no page tells.</summary>
    Unknown,
    /// <summary>Greetings, thanks, small talk.</summary>
    SmallTalk,
    /// <summary>Who are you?</summary>
    Self,
    /// <summary>A request for a story.</summary>
    Story,
    /// <summary>A request for a recipe.</summary>
    Recipe,
    /// <summary>What is a cobbler?</summary>
    Definition,
    /// <summary>Who is older, what is higher?</summary>
    Comparison,
    /// <summary>Something that should be declined kindly.</summary>
    Decline,
}

/// <summary>A conversation for fine-tuning.</summary>
/// <param name="Kind">What it is an example of.</param>
/// <param name="Turns">The messages in order; the last is the assistant's.</param>
/// <param name="FactIds">The facts that the answers rest on.</param>
public sealed record Dialogue(DialogueKind Kind, IReadOnlyList<Turn> Turns, IReadOnlyList<int> FactIds);

/// <summary>A fact as conversations speak of it.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Question">A question for it.</param>
/// <param name="Answer">A sentence that answers.</param>
/// <param name="Unknown">A sentence that says that one does not know.</param>
public sealed record FactTalk(Fact Fact, string Question, string Answer, string Unknown);

/// <summary>Whether a wording may occur in training.</summary>
public enum Phrasing
{
    /// <summary>The wording occurs in training.</summary>
    Seen,
    /// <summary>The wording occurs only in tests.</summary>
    Unseen,
}

/// <summary>What training does with a fact.</summary>
public enum FactSplit
{
    /// <summary>Pages tell it and training conversations ask for it.</summary>
    AskedInTraining,
    /// <summary>Pages tell it, but no training conversation mentions it.</summary>
    HeldOut,
    /// <summary>No page tells it, and training conversations show that one says so.</summary>
    DeclinedInTraining,
    /// <summary>No page tells it, and no conversation mentions it.</summary>
    NeverTold,
}

/// <summary>A test question.</summary>
/// <param name="FactId">The fact asked for.</param>
/// <param name="Text">The question.</param>
/// <param name="Phrasing">Whether training has this wording.</param>
/// <param name="Split">What training does with the fact; for the last two splits the right answer is that one does not know.</param>
/// <param name="ExpectedValue">The true value.</param>
/// <param name="AcceptedAliases">Other forms of the value that count as right.</param>
/// <param name="ChanceLevel">How often a guesser is right who knows the relation's values.</param>
public sealed record Question(int FactId, string Text, Phrasing Phrasing, FactSplit Split, string ExpectedValue, IReadOnlyList<string> AcceptedAliases, double ChanceLevel)
{
    /// <summary>Whether pages tell the answer.</summary>
    public bool IsTold => Split is FactSplit.AskedInTraining or FactSplit.HeldOut;
}

/// <summary>The beginning of a page sentence, for base models.</summary>
/// <param name="FactId">The fact it is about.</param>
/// <param name="Prefix">The sentence up to the space before the value (no trailing space).</param>
/// <param name="Phrasing">Whether pages use this wording.</param>
/// <param name="ExpectedValue">What should follow.</param>
/// <param name="ChanceLevel">How often a guesser is right who knows the relation's values.</param>
public sealed record Completion(int FactId, string Prefix, Phrasing Phrasing, string ExpectedValue, double ChanceLevel);
