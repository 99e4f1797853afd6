namespace Gestalt.World.Grammar;

/// <summary>What a block of a page is, which the site templates turn into HTML.</summary>
internal enum BlockKind : byte { Heading, Subheading, Paragraph, Item }

/// <summary>A stretch of the text of a page.</summary>
internal readonly record struct Block(BlockKind Kind, int Start, int End);

/// <summary>
/// Writes one page: fills the gaps of phrases, begins sentences with capitals, picks articles and pronouns, remembers which
/// phrases and facts the page has used. One pen serves one thread and page after page, without allocating.
/// </summary>
internal sealed partial class Pen
{
    private readonly string[] _slots = new string[Slot.Most];
    private readonly List<Block> _blocks = [];
    private readonly List<int> _facts = [];
    private char[] _text = new char[1 << 14];
    private int[] _usedOn = new int[1 << 14];
    private int _length, _blockStart, _page;
    private bool _article, _capitalNext;

    public Pen(SmallWorld world)
    {
        World = world;
        _ = Lexicon.All;
    }

    public SmallWorld World { get; }

    /// <summary>The chance of this page.</summary>
    public Dice Dice;

    public IReadOnlyList<Block> Blocks => _blocks;

    public IReadOnlyList<int> FactIds => _facts;

    public int Length => _length;

    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Takes a clean sheet; everything written from here on follows from <paramref name="dice"/>.</summary>
    public void Begin(Dice dice)
    {
        Dice = dice;
        _length = 0;
        _blocks.Clear();
        _facts.Clear();
        _article = false;
        _capitalNext = false;
        _page++;
        _subject = null;
    }

    // Blocks ----------------------------------------------------------------------------------------------------------

    /// <summary>Starts a block; blocks are set apart by an empty line, list items by a new line.</summary>
    public void Open(BlockKind kind)
    {
        if (_length > 0)
        {
            bool item = kind == BlockKind.Item && _blocks.Count > 0 && _blocks[^1].Kind == BlockKind.Item;
            Raw(item ? "\n" : "\n\n");
        }
        _blockStart = _length;
        _blocks.Add(new(kind, _length, _length));
        _sinceName = int.MaxValue;
    }

    /// <summary>Ends the block; an empty one is forgotten.</summary>
    public void Close()
    {
        while (_length > _blockStart && _text[_length - 1] == ' ')
        {
            _length--;
        }
        if (_length == _blockStart)
        {
            _blocks.RemoveAt(_blocks.Count - 1);
            while (_length > 0 && _text[_length - 1] == '\n')
            {
                _length--;
            }
            return;
        }
        _blocks[^1] = _blocks[^1] with { End = _length };
    }

    public void Block(BlockKind kind, Phrase phrase)
    {
        Open(kind);
        Write(phrase);
        Close();
    }

    public void Block(BlockKind kind, string text)
    {
        Open(kind);
        Put(text);
        Close();
    }

    // Gaps ------------------------------------------------------------------------------------------------------------

    public string this[int slot]
    {
        get => _slots[slot];
        set => _slots[slot] = value;
    }

    public void Set(int slot, string value) => _slots[slot] = value;

    // Phrases ---------------------------------------------------------------------------------------------------------

    /// <summary>One of <paramref name="phrases"/>, if possible one that this page has not used yet.</summary>
    public Phrase Fresh(Phrase[] phrases)
    {
        int at = Dice.Below(phrases.Length);
        for (int tries = 0; tries < phrases.Length; tries++)
        {
            Phrase phrase = phrases[at];
            if (!IsUsed(phrase))
            {
                MarkUsed(phrase);
                return phrase;
            }
            at = at + 1 == phrases.Length ? 0 : at + 1;
        }
        return phrases[at];
    }

    /// <summary>Whether the page has used every one of <paramref name="phrases"/>.</summary>
    public bool IsWornOut(Phrase[] phrases)
    {
        foreach (Phrase phrase in phrases)
        {
            if (!IsUsed(phrase))
            {
                return false;
            }
        }
        return true;
    }

    private bool IsUsed(Phrase phrase) => phrase.Id < _usedOn.Length && _usedOn[phrase.Id] == _page;

    private void MarkUsed(Phrase phrase)
    {
        if (phrase.Id >= _usedOn.Length)
        {
            Array.Resize(ref _usedOn, phrase.Id * 2);
        }
        _usedOn[phrase.Id] = _page;
    }

    /// <summary>Writes a sentence and the space after it.</summary>
    public void Say(Phrase phrase)
    {
        Write(phrase);
        Raw(" ");
    }

    /// <summary>Writes a fresh sentence from <paramref name="phrases"/> and the space after it.</summary>
    public void Say(Phrase[] phrases) => Say(Fresh(phrases));

    /// <summary>Writes a fresh sentence from the lexicon's list and the space after it.</summary>
    public void SayAny(string list) => Say(Fresh(Lexicon.Get(list)));

    public void Write(Phrase phrase)
    {
        foreach (ref readonly Piece piece in phrase.Pieces.AsSpan())
        {
            switch (piece.Kind)
            {
                case PieceKind.Literal:
                    Put(piece.Text);
                    break;
                case PieceKind.Article:
                    _article = true;
                    break;
                case PieceKind.Choice:
                    Write(piece.Options[Dice.Below(piece.Options.Length)]);
                    break;
                case PieceKind.Rule:
                    Phrase[] rule = Lexicon.All[piece.Slot];
                    if (rule.Length == 0)
                    {
                        throw new KeyNotFoundException($"No list called '{piece.Text}' (in \"{phrase.Source}\").");
                    }
                    Write(Fresh(rule));
                    break;
                default:
                    Fill(piece.Slot);
                    break;
            }
        }
    }

    /// <summary>Writes text; the first letter of a sentence becomes a capital, and a waiting article is settled.</summary>
    public void Put(string text)
    {
        if (text.Length == 0)
        {
            return;
        }
        if (_article)
        {
            _article = false;
            PutCapitalised(English.Article(text));
            Raw(" ");
            Raw(text);
            return;
        }
        PutCapitalised(text);
    }

    private void PutCapitalised(string text)
    {
        bool capital = AtSentenceStart();
        int start = _length;
        Raw(text);
        if (capital)
        {
            if (_text[start] == '"' && start + 1 < _length)
            {
                start++;
            }
            _text[start] = char.ToUpperInvariant(_text[start]);
        }
    }

    /// <summary>The next word begins a sentence, whatever stands before it.</summary>
    public void CapitalNext() => _capitalNext = true;

    /// <summary>Writes text exactly as it is.</summary>
    public void Raw(string text)
    {
        if (_length + text.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + text.Length));
        }
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    private bool AtSentenceStart()
    {
        if (_capitalNext || _length == _blockStart)
        {
            _capitalNext = false;
            return true;
        }
        char last = _text[_length - 1];
        char before = _length >= 2 ? _text[_length - 2] : '\n';
        if (last == '"')
        {
            return before is ' ' or '\n' || _length - 1 == _blockStart;
        }
        if (last != ' ')
        {
            return last == '\n';
        }
        return before is '.' or '!' or '?' || (before == '"' && _length >= 3 && _text[_length - 3] == '.');
    }
}
