namespace Gestalt.World.Grammar;

/// <summary>Which facts a page tells: those of its subject, and a few from all over the valley.</summary>
internal sealed partial class Pen
{
    private Fact[] _shuffled = new Fact[16];
    private Fact[] _gathered = new Fact[64];
    private long _nextHeadFact;

    /// <summary>Tells the pen where in the round of well-attested facts this page starts.</summary>
    public void StartRound(long at) => _nextHeadFact = at;

    /// <summary>The facts about <paramref name="subject"/> that may be told, in random order; valid until the next call.</summary>
    public Span<Fact> Told(Entity subject)
    {
        Fact[] told = subject.Told;
        if (_shuffled.Length < told.Length)
        {
            _shuffled = new Fact[told.Length];
        }
        told.CopyTo(_shuffled, 0);
        Span<Fact> facts = _shuffled.AsSpan(0, told.Length);
        Dice.Shuffle(facts);
        return facts;
    }

    /// <summary>
    /// The next <paramref name="count"/> well-attested facts in the round that goes through all of them in a new order each time;
    /// valid until the next call.
    /// </summary>
    public ReadOnlySpan<Fact> FromAllOver(int count)
    {
        Fact[] head = World.HeadFacts;
        for (int n = 0; n < count; n++)
        {
            long at = _nextHeadFact++;
            _gathered[n] = head[Round.Position(World.Seed ^ 0x5EED, at, head.Length)];
        }
        return _gathered.AsSpan(0, count);
    }

    /// <summary>Writes one phrase about the fact on a sheet of its own and returns it.</summary>
    public string Sentence(Phrase phrase, Fact fact)
    {
        Subject = fact.Subject;
        SetValue(fact);
        return Sentence(phrase);
    }

    /// <summary>Writes one phrase on a sheet of its own and returns it.</summary>
    public string Sentence(Phrase phrase)
    {
        _length = 0;
        _blockStart = 0;
        NameAgain();
        Write(phrase);
        return new string(_text, 0, _length);
    }

    /// <summary>Sets a gap to the value of the subject's fact, if that may be told; otherwise to <paramref name="other"/>.</summary>
    public void SetFromFact(int slot, Entity subject, Relation relation, string other)
    {
        Fact? fact = Array.Find(subject.Told, fact => fact.Relation == relation);
        _slots[slot] = fact?.Value ?? other;
    }
}

/// <summary>Goes through a set again and again, each time in another order, without remembering anything.</summary>
internal static class Round
{
    /// <summary>Where step <paramref name="at"/> lands among <paramref name="count"/>: each run of that many steps visits each place once.</summary>
    public static int Position(ulong seed, long at, int count)
    {
        long round = at / count;
        uint step = (uint)(at % count);
        // A four-round Feistel network over the next power of four, walked until it lands inside (cycle walking).
        int half = 1;
        while (1L << (2 * half) < count)
        {
            half++;
        }
        uint mask = (1u << half) - 1;
        do
        {
            uint left = step >> half, right = step & mask;
            for (uint turn = 0; turn < 4; turn++)
            {
                uint mixed = (uint)Dice.Mix(seed + (((ulong)round << 20) ^ ((ulong)turn << 16) ^ right)) & mask;
                (left, right) = (right, left ^ mixed);
            }
            step = (left << half) | right;
        }
        while (step >= count);
        return (int)step;
    }
}
