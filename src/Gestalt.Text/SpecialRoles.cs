namespace Gestalt.Text;

/// <summary>The ids of the tokens that have a part to play, as a file gives them or their names tell.</summary>
internal sealed record SpecialRoles
{
    private static readonly string[] StartNames = ["<|begin_of_text|>", "<s>", "<bos>", "<|startoftext|>", "[CLS]", "<｜begin▁of▁sentence｜>"];
    private static readonly string[] EndNames = ["<|end_of_text|>", "</s>", "<eos>", "[SEP]", "<｜end▁of▁sentence｜>", "<|endoftext|>"];

    // llama.cpp's lists, in the order in which we prefer the names.
    private static readonly string[] EndOfTurnNames =
        ["<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|eot|>", "<EOT>", "<|endoftext|>", "<｜end▁of▁sentence｜>"];

    private static readonly string[] StopNames = ["<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|eom_id|>", "<|eot|>", "<EOT>"];
    private static readonly string[] PrefixNames = ["<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>"];
    private static readonly string[] SuffixNames = ["<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>"];
    private static readonly string[] MiddleNames = ["<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>"];
    private static readonly string[] PaddingNames = ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>"];
    private static readonly string[] RepositoryNames = ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<reponame>", "<REPO>"];
    private static readonly string[] FileNames = ["<|file_sep|>"];

    /// <summary>All names that make a token a special one, whatever type its file gives it.</summary>
    public static IReadOnlySet<string> TellingNames { get; } = new HashSet<string>(
        [.. EndOfTurnNames, .. StopNames, .. PrefixNames, .. SuffixNames, .. MiddleNames, .. PaddingNames, .. RepositoryNames, .. FileNames], StringComparer.Ordinal);

    /// <summary>The token before a sequence (BOS).</summary>
    public int? Start { get; init; }

    /// <summary>The token behind a sequence (EOS).</summary>
    public int? End { get; init; }

    /// <summary>The token behind a message (EOT).</summary>
    public int? EndOfTurn { get; init; }

    /// <summary>The token behind a message that is not the end of a turn (EOM).</summary>
    public int? EndOfMessage { get; init; }

    /// <summary>The token for what a vocabulary lacks.</summary>
    public int? Unknown { get; init; }

    /// <summary>The token between two texts.</summary>
    public int? Separator { get; init; }

    /// <summary>The token with which short sequences are filled up.</summary>
    public int? Padding { get; init; }

    /// <summary>The token in place of a word to guess.</summary>
    public int? Mask { get; init; }

    /// <summary>Before the text before a gap.</summary>
    public int? FillPrefix { get; init; }

    /// <summary>Before the text behind a gap.</summary>
    public int? FillSuffix { get; init; }

    /// <summary>Before what fills a gap.</summary>
    public int? FillMiddle { get; init; }

    /// <summary>Fills up a sequence with gaps.</summary>
    public int? FillPadding { get; init; }

    /// <summary>Before the name of a repository.</summary>
    public int? FillRepository { get; init; }

    /// <summary>Before the name of a file.</summary>
    public int? FillFile { get; init; }

    /// <summary>The tokens with which generating ends.</summary>
    public IReadOnlyList<int> Stops { get; init; } = [];

    /// <summary>Completes the roles by the names of tokens, and lists the tokens with which generating ends.</summary>
    public SpecialRoles Complete(Vocabulary vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Kind(id) is TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown)
            {
                ids.TryAdd(vocabulary.Piece(id), id);
            }
        }

        SpecialRoles complete = this with
        {
            Start = Start ?? First(StartNames),
            End = End ?? First(EndNames),
            EndOfTurn = EndOfTurn ?? First(EndOfTurnNames),
            EndOfMessage = EndOfMessage ?? First(["<|eom_id|>"]),
            FillPrefix = FillPrefix ?? First(PrefixNames),
            FillSuffix = FillSuffix ?? First(SuffixNames),
            FillMiddle = FillMiddle ?? First(MiddleNames),
            FillPadding = FillPadding ?? First(PaddingNames),
            FillRepository = FillRepository ?? First(RepositoryNames),
            FillFile = FillFile ?? First(FileNames),
        };
        IEnumerable<int?> stops =
        [
            complete.End, complete.EndOfTurn, complete.EndOfMessage, complete.FillPadding, complete.FillRepository, complete.FillFile,
            .. StopNames.Select(name => ids.TryGetValue(name, out int id) ? (int?)id : null),
        ];
        return complete with { Stops = [.. stops.OfType<int>().Distinct().Order()] };

        int? First(string[] names) => names.Where(ids.ContainsKey).Select(name => (int?)ids[name]).FirstOrDefault();
    }
}
