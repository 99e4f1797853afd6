using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gestalt.Corpus;
using Gestalt.Text;

namespace Gestalt.Training.Finetuning;

/// <summary>What came out of a source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Files">How many files.</param>
/// <param name="Conversations">How many conversations are learned from.</param>
/// <param name="LearnedTokens">How many of their tokens are learned.</param>
public sealed record SourceCount(ConversationSource Source, int Files, int Conversations, long LearnedTokens);

/// <summary>All conversations of a mixture, ready to be learned from; what cannot be is set aside with file, line and reason, and nothing vanishes otherwise.</summary>
public sealed class TrainingConversations
{
    private readonly List<RenderedConversation> _rendered = [];
    private readonly List<double> _weights = [];
    private readonly List<SetAside> _aside = [];
    private readonly List<SourceCount> _counts = [];
    private readonly List<string> _tools = [];

    private TrainingConversations()
    {
    }

    /// <summary>Ids and masks, in the order of sources, files and lines.</summary>
    public IReadOnlyList<RenderedConversation> Rendered => _rendered;

    /// <summary>How often each is read in an epoch.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>What is not learned from.</summary>
    public IReadOnlyList<SetAside> Aside => _aside;

    /// <summary>What came out of each source.</summary>
    public IReadOnlyList<SourceCount> Counts => _counts;

    /// <summary>Conversations with an answer that does not begin where the template's generation prompt ends.</summary>
    public int Unprompted { get; private set; }

    /// <summary>Conversations with an answer that no mark ends.</summary>
    public int Endless { get; private set; }

    /// <summary>Conversations that lost their end because they are too long.</summary>
    public int Cut { get; private set; }

    /// <summary>The names of all tools that conversations are told of, in the order in which they first occur.</summary>
    public IReadOnlyList<string> Tools => _tools;

    /// <summary>Tokens of the longest conversation.</summary>
    public int Longest { get; private set; }

    /// <summary>Identifies conversations, masks and weights, so that a checkpoint of others is refused.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int i = 0; i < _rendered.Count; i++)
            {
                hash.AppendData(MemoryMarshal.AsBytes(_rendered[i].Ids.AsSpan()));
                hash.AppendData(MemoryMarshal.AsBytes(_rendered[i].LossMask.AsSpan()));
                hash.AppendData(BitConverter.GetBytes(_weights[i]));
            }

            return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 16));
        }
    }

    /// <summary>Reads a mixture.</summary>
    /// <param name="sources">Where from.</param>
    /// <param name="renderer">Writes them in the model's form.</param>
    /// <param name="context">T: a conversation of more than T + 1 tokens is too long; null for any length.</param>
    /// <param name="cut">Whether what is too long loses its end instead of being set aside.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CorpusException">A source has no files, or nothing can be learned from.</exception>
    public static TrainingConversations Read(
        IEnumerable<ConversationSource> sources, ConversationRenderer renderer, int? context, bool cut = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(renderer);
        var all = new TrainingConversations();
        foreach (ConversationSource source in sources)
        {
            (int before, long learned) = (all._rendered.Count, 0);
            string[] files = FilesOf(source);
            foreach (string file in files)
            {
                foreach ((int line, PreparedConversation? prepared, SetAside? aside) in Prepared(file, renderer, cancellation))
                {
                    learned += all.Add(file, line, prepared, aside, source.Weight, context, cut);
                }
            }

            all._counts.Add(new SourceCount(source, files.Length, all._rendered.Count - before, learned));
        }

        return all._rendered.Count > 0
            ? all
            : throw new CorpusException($"there is no conversation to learn from{(all._aside.Count > 0 ? $": {all._aside.Count} were set aside, the first because of {all._aside[0]}" : "")}. "
                + "Each line must be {\"messages\": [{\"role\": \"user\", ...}, {\"role\": \"assistant\", ...}]}.");
    }

    private long Add(string file, int line, PreparedConversation? prepared, SetAside? aside, double weight, int? context, bool cut)
    {
        if (prepared is { Ids.Ids.Length: int tokens } && context is int most && tokens - 1 > most)
        {
            if (cut)
            {
                Cut++;
                (bool[] mask, int[] ids) = (prepared.Ids.LossMask[..(most + 1)], prepared.Ids.Ids[..(most + 1)]);
                prepared = prepared with { Ids = new RenderedConversation(ids, mask) };
                aside = mask.Contains(true) ? null : new SetAside(file, line, "too long", $"nothing of the {most} tokens that fit is an answer");
            }
            else
            {
                aside = new SetAside(file, line, "too long", $"it has {tokens} tokens, and {most + 1} fit into the context");
            }
        }

        if (aside is not null)
        {
            _aside.Add(aside);
            return 0;
        }

        _rendered.Add(prepared!.Ids);
        _weights.Add(weight);
        if (prepared.Tools.Count > 0) _tools.AddRange(prepared.Tools.Except(_tools));
        Longest = Math.Max(Longest, prepared.Ids.Ids.Length);
        Unprompted += prepared.FollowsPrompts ? 0 : 1;
        Endless += prepared.HasEnds ? 0 : 1;
        return prepared.Ids.LossMask.Count(learned => learned);
    }

    /// <summary>The conversations of a file, rendered by all processors, in their order.</summary>
    private static IEnumerable<(int Line, PreparedConversation? Prepared, SetAside? Aside)> Prepared(string file, ConversationRenderer renderer, CancellationToken cancellation)
    {
        using Stream stream = Open(file);
        foreach ((int, PreparedConversation?, SetAside?) one in ConversationFile.ReadAll(stream).AsParallel().AsOrdered().WithCancellation(cancellation).Select(Prepare))
        {
            yield return one;
        }

        (int, PreparedConversation?, SetAside?) Prepare((int Line, Conversation? Conversation, string? Problem) read)
        {
            string? problem = read.Problem ?? ConversationCheck.ProblemOf(read.Conversation!);
            if (problem is not null)
            {
                return (read.Line, null, new SetAside(file, read.Line, "malformed", problem));
            }

            try
            {
                PreparedConversation prepared = renderer.Render(read.Conversation!);
                return prepared.Ids.LossMask.Contains(true)
                    ? (read.Line, prepared, null)
                    : (read.Line, null, new SetAside(file, read.Line, "template", "the model's template leaves no answer to learn in it"));
            }
            catch (Exception refusal) when (refusal is TemplateException or ArgumentException)
            {
                return (read.Line, null, new SetAside(file, read.Line, "template", refusal.Message));
            }
        }
    }

    private static Stream Open(string file)
    {
        FileStream stream = File.OpenRead(file);
        return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static string[] FilesOf(ConversationSource source)
    {
        IReadOnlyList<string> found = InputFiles.Find([source.Path]);
        string[] files = File.Exists(source.Path) ? [.. found] : [.. found.Where(file => file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase))];
        return files.Length > 0 ? files : throw new CorpusException($"'{source.Path}' holds no .jsonl or .jsonl.gz files of conversations. Name the files, or another folder.");
    }
}
