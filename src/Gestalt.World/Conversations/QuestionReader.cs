using Gestalt.World.Grammar;

namespace Gestalt.World;

/// <summary>What a question asks for.</summary>
/// <param name="Fact">The fact; where it is asked of somebody or something that does not exist, a fact of that kind (with the id −1) whose value is right of nobody.</param>
/// <param name="IsOfStranger">Whether nobody and nothing in the world bears the name.</param>
public sealed record AskedFact(Fact Fact, bool IsOfStranger)
{
    /// <summary>Whether the only right answer is that one does not know: no page tells it.</summary>
    public bool IsUntold => IsOfStranger || Fact.Tier == Attestation.NeverTold;

    /// <summary>Whether very many pages tell it, so that one who has read them should know it.</summary>
    public bool IsWellTold => !IsOfStranger && Fact.Tier == Attestation.WellAttested;
}

/// <summary>
/// Understands questions about facts of the small world, in every wording that its grammar has, those of tests included, whatever their case, punctuation and greeting. It is the way back from a person's question to the
/// answer key: what it does not recognise for certain, it leaves alone.
/// </summary>
public sealed class QuestionReader
{
    /// <summary>Longer names nobody bears.</summary>
    private const int MostNameWords = 6;

    /// <summary>Stands for the name while wordings are taken apart: letters, since everything else is dropped on the way.</summary>
    private const string Mark = "qqnameqq";

    private const string Please = " please";

    private static readonly string[] Greetings = ["hello ", "hi ", "excuse me ", "i have question "];

    private readonly SmallWorld _world;
    private readonly (string Before, string After, Relation Relation)[] _wordings;
    private readonly ILookup<string, Entity> _byName;
    private readonly Dictionary<(int Subject, Relation Relation), Fact> _facts = [];
    private readonly Dictionary<Relation, Fact> _examples = [];

    /// <summary>Learns the names and wordings of a world.</summary>
    /// <param name="world">The world.</param>
    public QuestionReader(SmallWorld world)
    {
        ArgumentNullException.ThrowIfNull(world);
        _world = world;
        // The wording that says most comes first, so that none is taken for a shorter one that it contains.
        _wordings =
        [
            .. Enum.GetValues<Relation>().SelectMany(WordingsOf).Distinct().OrderByDescending(wording => wording.Before.Length + wording.After.Length),
        ];
        _byName = world.Entities.ToLookup(entity => AnswerJudge.Plain(entity.Name), StringComparer.Ordinal);
        foreach (Fact fact in world.Facts)
        {
            _facts.TryAdd((fact.Subject.Id, fact.Relation), fact);
            _examples.TryAdd(fact.Relation, fact);
        }
    }

    /// <summary>The fact that a question asks for; null where it asks for none, or in words that are not known.</summary>
    /// <param name="question">The question as a person wrote it.</param>
    public AskedFact? Read(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        string plain = AnswerJudge.Plain(question);
        foreach (string greeting in Greetings)
            if (plain.StartsWith(greeting, StringComparison.Ordinal)) plain = plain[greeting.Length..];
        if (plain.EndsWith(Please, StringComparison.Ordinal)) plain = plain[..^Please.Length];
        return Match(plain, question);
    }

    private AskedFact? Match(string plain, string question)
    {
        foreach ((string before, string after, Relation relation) in _wordings)
        {
            if (plain.Length <= before.Length + after.Length || !plain.StartsWith(before, StringComparison.Ordinal) || !plain.EndsWith(after, StringComparison.Ordinal)) continue;
            string name = plain[before.Length..^after.Length].Trim();
            if (_byName[name].Any())
            {
                // A name may be borne by things of several kinds; the one that has such a fact is meant.
                foreach (Entity entity in _byName[name])
                    if (_facts.TryGetValue((entity.Id, relation), out Fact? fact)) return new AskedFact(fact, IsOfStranger: false);
            }
            else if (_examples.TryGetValue(relation, out Fact? like) && NameIn(question, name, mayBeLower: like.Subject.Kind == EntityKind.Dish) is string written)
            {
                return new AskedFact(like with { Id = -1, Subject = new Entity(-1, like.Subject.Kind, written, like.Subject.Gender) }, IsOfStranger: true);
            }
        }

        return null;
    }

    /// <summary>The name as the question wrote it; null where it is too long for one, or has no capital letter where such names have: then it is something else.</summary>
    private static string? NameIn(string question, string plain, bool mayBeLower)
    {
        string[] words = question.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int first = 0; first < words.Length; first++)
        {
            for (int count = 1; count <= MostNameWords && first + count <= words.Length; count++)
            {
                string name = string.Join(' ', words[first..(first + count)]).Trim('?', '.', ',', '!', ' ');
                if (name.EndsWith("'s", StringComparison.Ordinal)) name = name[..^2];
                if (AnswerJudge.Plain(name) == plain && (mayBeLower || name.Any(char.IsUpper))) return name;
            }
        }

        return null;
    }

    private static IEnumerable<(string Before, string After, Relation Relation)> WordingsOf(Relation relation)
    {
        RelationGrammar grammar = RelationGrammar.Of(relation);
        foreach (Phrase phrase in grammar.Questions.Concat(grammar.UnseenQuestions))
        {
            foreach (string text in Written(phrase))
            {
                string plain = AnswerJudge.Plain(text);
                int at = plain.IndexOf(Mark, StringComparison.Ordinal);
                // A wording that names the subject twice, or not at all, could not be told from others.
                if (at >= 0 && plain.LastIndexOf(Mark, StringComparison.Ordinal) == at) yield return (plain[..at], plain[(at + Mark.Length)..], relation);
            }
        }
    }

    /// <summary>All ways to write a phrase, with the mark in place of the name.</summary>
    private static IEnumerable<string> Written(Phrase phrase)
    {
        IEnumerable<string> texts = [""];
        foreach (Piece piece in phrase.Pieces)
        {
            string[] ends = piece.Kind switch
            {
                PieceKind.Literal => [piece.Text],
                PieceKind.Choice => [.. piece.Options.SelectMany(Written)],
                PieceKind.Slot when piece.Slot == Slot.Full || piece.Slot == Slot.Subject => [Mark],
                PieceKind.Slot when piece.Slot == Slot.FullPossessive || piece.Slot == Slot.SubjectPossessive => [Mark + "'s"],
                PieceKind.Slot when piece.Slot == Slot.He => [.. Pronouns(English.He)],
                PieceKind.Slot when piece.Slot == Slot.Him => [.. Pronouns(English.Him)],
                PieceKind.Slot when piece.Slot == Slot.His => [.. Pronouns(English.His)],
                _ => [],
            };
            texts = [.. texts.SelectMany(begin => ends.Select(end => begin + end))];
        }

        return texts;
    }

    private static IEnumerable<string> Pronouns(Func<Gender, string> of) => Enum.GetValues<Gender>().Select(of);
}
