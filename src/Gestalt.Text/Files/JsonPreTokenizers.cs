using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reads how a <c>tokenizer.json</c> cuts text into words.</summary>
internal sealed class JsonPreTokenizers
{
    private const string Supported =
        "ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit, BertPreTokenizer, Metaspace and a Sequence of these are";

    private readonly List<SplitStep> _steps = [];
    private readonly List<TextNormalizer> _normalizers = [];

    private JsonPreTokenizers(JsonElement root)
    {
        if (!JsonFields.TryMember(root, "pre_tokenizer", out JsonElement preTokenizer))
        {
            return;
        }

        foreach (JsonElement part in JsonFields.Parts(preTokenizer, "pretokenizers"))
        {
            Add(part);
        }
    }

    /// <summary>The steps, of which there may be none.</summary>
    public IReadOnlyList<SplitStep> Steps => _steps;

    /// <summary>What they do to the text, which comes behind the normalizers.</summary>
    public IReadOnlyList<TextNormalizer> Normalizers => _normalizers;

    /// <summary>Whether text becomes bytes.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether a blank is put before the text that decoding drops again.</summary>
    public bool PrependsMark { get; private set; }

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">One is not supported.</exception>
    public static JsonPreTokenizers Read(JsonElement root) => new(root);

    private void Add(JsonElement part)
    {
        string type = JsonFields.TypeOf(part);
        switch (type)
        {
            case "ByteLevel":
                AddByteLevel(part);
                break;
            case "Split":
                _steps.Add(new SplitStep(JsonFields.Pattern(part), Behavior(JsonFields.Text(part, "behavior")), JsonFields.Flag(part, "invert")));
                break;
            case "Digits":
                _steps.Add(new SplitStep(@"\p{N}", JsonFields.Flag(part, "individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                break;
            case "Punctuation":
                _steps.Add(new SplitStep(PreTokenizer.PunctuationCharacter, Behavior(JsonFields.TextOrNull(part, "behavior") ?? "Isolated")));
                break;
            case "Whitespace":
                _steps.Add(new SplitStep(@"\w+|[^\w\s]+", SplitBehavior.Removed, IsInverted: true));
                break;
            case "WhitespaceSplit":
                _steps.Add(new SplitStep(@"\s", SplitBehavior.Removed));
                break;
            case "BertPreTokenizer":
                _steps.AddRange(PreTokenizer.Bert.Steps);
                break;
            case "CharDelimiterSplit":
                _steps.Add(new SplitStep($@"\x{{{(int)Delimiter(part):X}}}", SplitBehavior.Removed));
                break;
            case "Metaspace":
                AddMetaspace(part);
                break;
            default:
                throw JsonFields.Invalid($"The pre_tokenizer {Vocabulary.Shorten(type)} is not supported. {Supported}.");
        }
    }

    private static char Delimiter(JsonElement part) => JsonFields.Text(part, "delimiter") is [char only] ? only : throw JsonFields.Invalid("The delimiter of CharDelimiterSplit is not one character.");

    private void AddByteLevel(JsonElement part)
    {
        IsByteLevel = true;
        if (JsonFields.Flag(part, "add_prefix_space", otherwise: true))
        {
            if (_steps.Count > 0)
            {
                throw JsonFields.Invalid("ByteLevel adds a blank (add_prefix_space) to each word that other pre_tokenizers have cut, which is not supported. It is when ByteLevel comes first.");
            }

            _normalizers.Add(new BlankNormalizer(BlankPrefix.WhenMissing, replaces: false));
        }

        if (JsonFields.Flag(part, "use_regex", otherwise: true))
        {
            _steps.AddRange(PreTokenizer.Gpt2.Steps);
        }
    }

    private void AddMetaspace(JsonElement part)
    {
        if (JsonFields.TextOrNull(part, "replacement") is not (null or "▁"))
        {
            throw JsonFields.Invalid("Metaspace has another replacement than ▁, which is not supported.");
        }

        BlankPrefix prefix = JsonFields.TextOrNull(part, "prepend_scheme") switch
        {
            "always" => BlankPrefix.WhenMissing,
            "first" => BlankPrefix.FirstWhenMissing,
            "never" => BlankPrefix.Never,
            null => JsonFields.Flag(part, "add_prefix_space", otherwise: true) ? BlankPrefix.WhenMissing : BlankPrefix.Never,
            string other => throw JsonFields.Invalid($"Metaspace has the prepend_scheme {Vocabulary.Shorten(other)}; always, first and never are supported."),
        };
        PrependsMark = prefix != BlankPrefix.Never;
        if (_steps is [{ Pattern: @"\s", Behavior: SplitBehavior.Removed }] && prefix == BlankPrefix.WhenMissing)
        {
            _steps.Clear();
            _normalizers.Add(new WordBlankNormalizer());
        }
        else if (_steps.Count > 0)
        {
            throw JsonFields.Invalid("Metaspace behind another pre_tokenizer than WhitespaceSplit is not supported.");
        }
        else
        {
            _normalizers.Add(new BlankNormalizer(prefix));
        }

        if (JsonFields.Flag(part, "split", otherwise: true))
        {
            _steps.Add(new SplitStep("▁", SplitBehavior.MergedWithNext));
        }
    }

    private static SplitBehavior Behavior(string name) => Enum.TryParse(name, out SplitBehavior behavior) && Enum.IsDefined(behavior) && !char.IsAsciiDigit(name[0])
        ? behavior
        : throw JsonFields.Invalid($"The behavior {Vocabulary.Shorten(name)} of a pre_tokenizer is not known; {string.Join(", ", Enum.GetNames<SplitBehavior>())} are.");
}
