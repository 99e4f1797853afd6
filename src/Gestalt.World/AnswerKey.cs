using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gestalt.World.Grammar;

namespace Gestalt.World;

/// <summary>
/// Everything that can be known about a crawl of the small internet: what is true, what each page states and deserves, and how often
/// each fact was told. Add the pages as they stream past, then write the key beside them.
/// </summary>
/// <param name="world">The world that the pages are about.</param>
public sealed class AnswerKey(SmallWorld world)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly int[] _statements = new int[world.Facts.Count];
    private readonly int[] _pagesStating = new int[world.Facts.Count];
    private readonly long[] _textOfGenre = new long[Enum.GetValues<Genre>().Length];
    private readonly int[] _pagesOfGenre = new int[Enum.GetValues<Genre>().Length];
    private readonly int[] _pagesOfReason = new int[Enum.GetValues<DropReason>().Length];
    private readonly HashSet<int> _onThisPage = [];
    private StreamWriter? _pageFile;

    /// <summary>The world that the pages are about.</summary>
    public SmallWorld World { get; } = world;

    /// <summary>Pages added.</summary>
    public int Pages { get; private set; }

    /// <summary>Pages to be kept among them.</summary>
    public int KeptPages { get; private set; }

    /// <summary>Bytes of UTF-8 in the texts of the kept pages.</summary>
    public long KeptTextBytes { get; private set; }

    /// <summary>How often the kept pages state the fact.</summary>
    public int Statements(int factId) => _statements[factId];

    /// <summary>How many kept pages state the fact.</summary>
    public int PagesStating(int factId) => _pagesStating[factId];

    /// <summary>Bytes of kept text of a genre.</summary>
    public long TextBytes(Genre genre) => _textOfGenre[(int)genre];

    /// <summary>Pages of a genre.</summary>
    public int PagesOf(Genre genre) => _pagesOfGenre[(int)genre];

    /// <summary>Pages to be dropped for a reason.</summary>
    public int PagesDropped(DropReason reason) => _pagesOfReason[(int)reason];

    /// <summary>Counts a page.</summary>
    public void Add(Page page)
    {
        Pages++;
        _pagesOfGenre[(int)page.Genre]++;
        _pagesOfReason[(int)page.Reason]++;
        if (page.Fate != Fate.Drop)
        {
            KeptPages++;
            int bytes = Encoding.UTF8.GetByteCount(page.Text);
            KeptTextBytes += bytes;
            _textOfGenre[(int)page.Genre] += bytes;
            _onThisPage.Clear();
            foreach (int fact in page.FactIds)
            {
                _statements[fact]++;
                if (_onThisPage.Add(fact))
                {
                    _pagesStating[fact]++;
                }
            }
        }
        _pageFile?.WriteLine(JsonSerializer.Serialize(new
        {
            index = page.Index,
            url = page.Url,
            genre = Name(page.Genre),
            fate = Name(page.Fate),
            reason = page.Reason == DropReason.None ? null : Name(page.Reason),
            copy_of = page.CopyOf,
            facts = page.FactIds,
            personal = page.PersonalData,
            text = page.Text,
        }, Json));
    }

    /// <summary>From now on, <see cref="Add"/> also writes each page's line to pages.jsonl in <paramref name="folder"/>; <see cref="Write"/> finishes it.</summary>
    public void WritePagesTo(string folder)
    {
        Directory.CreateDirectory(folder);
        _pageFile = new StreamWriter(Path.Combine(folder, "pages.jsonl.new"), append: false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
    }

    /// <summary>Writes entities.jsonl, facts.jsonl and key.json to <paramref name="folder"/>, each beside its place and then renamed into it.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        if (_pageFile is not null)
        {
            _pageFile.Dispose();
            _pageFile = null;
            File.Move(Path.Combine(folder, "pages.jsonl.new"), Path.Combine(folder, "pages.jsonl"), overwrite: true);
        }
        WriteLines(Path.Combine(folder, "entities.jsonl"), World.Entities.Select(entity => JsonSerializer.Serialize(new
        {
            id = entity.Id,
            kind = Name(entity.Kind),
            name = entity.Name,
            gender = entity.Gender == Gender.Neuter ? null : Name(entity.Gender),
            fame = entity.Fame == int.MaxValue ? (int?)null : entity.Fame,
            facts = entity.FactIds,
        }, Json)));
        WriteLines(Path.Combine(folder, "facts.jsonl"), World.Facts.Select(fact => JsonSerializer.Serialize(new
        {
            id = fact.Id,
            subject = fact.Subject.Name,
            subject_id = fact.Subject.Id,
            relation = Name(fact.Relation),
            value = fact.Value,
            value_id = fact.ValueEntity?.Id,
            tier = Name(fact.Tier),
            statements = _statements[fact.Id],
            pages = _pagesStating[fact.Id],
        }, Json)));
        WriteLines(Path.Combine(folder, "key.json"), [JsonSerializer.Serialize(Summary(), new JsonSerializerOptions(Json) { WriteIndented = true })]);
    }

    /// <summary>How often the well-attested facts were stated: least, mean, most, and mean per megabyte of kept text.</summary>
    public (int Least, double Mean, int Most, double PerMegabyte) WellAttested()
    {
        int[] counts = [.. World.HeadFacts.Select(fact => _statements[fact.Id])];
        double mean = counts.Average();
        return (counts.Min(), mean, counts.Max(), KeptTextBytes == 0 ? 0 : mean / (KeptTextBytes / 1e6));
    }

    private object Summary()
    {
        (int least, double mean, int most, double perMegabyte) = WellAttested();
        return new
        {
            seed = World.Seed,
            well_attested_facts = World.HeadFacts.Length,
            well_attested_entities = World.HeadEntities,
            pages = Pages,
            kept_pages = KeptPages,
            kept_text_bytes = KeptTextBytes,
            statements_per_well_attested_fact = new { least, mean, most, per_megabyte = perMegabyte },
            genres = Enum.GetValues<Genre>().ToDictionary(Name, PagesOf),
            dropped = Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).ToDictionary(Name, PagesDropped),
            relations = World.Relations.Select(info => new
            {
                relation = Name(info.Relation),
                label = RelationGrammar.Of(info.Relation).Label,
                facts = info.Facts,
                values = info.Values.Count,
                chance_uniform = info.UniformChance,
                chance_majority = info.MajorityChance,
            }),
            format = "gestalt-world-1",
        };
    }

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static void WriteLines(string path, IEnumerable<string> lines)
    {
        string beside = path + ".new";
        File.WriteAllLines(beside, lines, new UTF8Encoding(false));
        File.Move(beside, path, overwrite: true);
    }
}
