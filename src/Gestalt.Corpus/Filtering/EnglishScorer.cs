using System.Buffers;
using System.Collections.Frozen;

namespace Gestalt.Corpus;

/// <summary>
/// Scores how likely a text is English, from 0 to 1, by three signs: the share of words that are common English function words
/// against the share that are common in another European language, the share of letter trigrams that are among the 300
/// commonest of English, and the share of letters from other alphabets.
/// </summary>
/// <remarks>
/// Trigram profiles for language are those of Cavnar and Trenkle, "N-Gram-Based Text Categorization" (1994). The English
/// trigrams were counted over 20 MB of public-domain novels, where they make up 64 % of all trigrams. The threshold is that of FineWeb
/// for its fastText classifier (arXiv 2406.17557, section 3.3); the weights were chosen so that it separates (see docs/log/2026-11-corpus.md).
/// </remarks>
public static class EnglishScorer
{
    /// <summary>Documents below this score are not English.</summary>
    public const double Threshold = 0.65;

    /// <summary>Only this many leading characters are looked at: the verdict does not change behind them.</summary>
    private const int SampleCharacters = 20_000;

    private const double Bias = -6.5;
    private const double FunctionWordWeight = 16;
    private const double OtherWordWeight = 16;
    private const double TrigramWeight = 12;
    private const double OtherLetterWeight = 12;

    private const string EnglishWords =
        "the and to of a in he that was it his you with her had as for not at but she is on him be have all so by this which from what there were they we when " +
        "one if would up been an or who are them do could now will more your then into about their some can how our its has than only also these my us no out me did said very any where why because";

    /// <summary>Function words of other languages, without those that are English words too.</summary>
    private static readonly string[] OtherWords =
    [
        "der und das ist nicht ein eine ich sie den mit von zu auf für dem sich des im auch es wird sind wie bei oder nach werden aus einer wenn wir nur noch kann über hat",
        "le la les des est et que qui dans pour une du au pas sur plus ne par avec sont ce il je vous nous mais ou cette ses être fait elle son ont aux leur",
        "el los las es y que en un una por con para del se al lo como más pero sus le ya este sí porque esta entre cuando muy sin sobre también hay está su",
        "il che di è la per un una non con sono del della le dei si da gli nel alla ha anche come più ma lo questo se al ed era delle",
        "o que e do da em um para é com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito nos já está eu também",
        "de het een en van dat niet te zijn is op aan met voor er maar om hij dan zou wat mijn ook als bij naar kan uit nog heeft worden deze door",
        "och att det som en på är av för med den till inte om ett han var jag men sig från vi så kan när ska eller de har hade",
        "og det er en på til af at for ikke der jeg de med han den var et som har du vi kan men sig fra så eller være blev",
        "i w nie na się z do to że jest jak ale po co tak za od przez był tym czy dla tylko jego może już przy oraz są ma",
        "a se na je že v to s z do i o by jsem ale jako za si jak co tak po pro který nebo jsou být může",
        "ve bir bu da için ile de ne çok daha gibi ama var mi kadar olarak olan en sonra ben o olduğu değil",
        "ja on ei että se hän oli mutta niin kun tai ovat joka mitä kuin myös voi ole olla sen jos nyt",
        "az egy és nem hogy is ez van meg mint de csak ha volt már még ki azt vagy lehet el",
        "și de la în nu cu o pe este un din mai să care se pentru sunt ce au dar fi prin sau ca",
        "dan yang di untuk dengan ini itu dari pada adalah dalam tidak akan ke atau oleh juga bisa ada karena saya",
    ];

    private const string EnglishTrigrams =
        "_th the he_ nd_ _an and ed_ er_ _to ng_ ing to_ _he at_ _of of_ _in as_ her _ha is_ in_ re_ _a_ on_ _i_ _hi _be _wh _wa hat tha _co en_ _wi his _no " +
        "ll_ me_ it_ ly_ _it ut_ ere _yo es_ _sh you or_ was th_ for _fo _on _sa an_ _re ad_ _so _we ld_ ent le_ ith ve_ _ma st_ wit ver _as ou_ ter thi all " +
        "nt_ not ion ce_ ch_ _do _me _st se_ ot_ _al _bu id_ ow_ had she _ca _se _li ne_ _at _wo ght _mo hin ay_ one him oul _lo ome eve ry_ _s_ ave tio uld " +
        "nce _ho ear but hou out ess _pr _my im_ _di _fr _is _de rs_ our my_ aid ss_ ht_ igh _go hav om_ hen ers sai ted be_ res rea oth _su whi ugh ain ill " +
        "oun ate whe _fa et_ _mi _si te_ _le red now com ey_ man han cou _ch _pa ts_ con _la are wer ore int est ke_ _ar _ne ty_ und ell so_ _ou oug men tho " +
        "der by_ ati ich ove _fi tin ur_ ook _up een kin _by ive al_ ard ble rin sta nde ar_ _un ous ind ste fro hea ery hic rom _ev _mr ck_ own ons ir_ _tr " +
        "_ro per who ame _gr ned de_ wn_ wha _pe ant ine sel see _kn nte ide _fe old _bo ns_ _ba _po ds_ tur art rou _br lf_ tte _da som _ex hey rd_ ead eat " +
        "_ta str _or use tle sho _t_ pre ect we_ us_ _mu loo way mor ge_ ust any _ti no_ ake lin od_ wou sed ten if_ ood _if ast sti rie nin cha itt end ort " +
        "_sp elf lit ist";

    private static readonly FrozenSet<string> English = EnglishWords.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>For each word of another language, a bit for each of the languages.</summary>
    private static readonly FrozenDictionary<string, int> Others = BuildOthers();

    private static readonly bool[] CommonTrigrams = BuildTrigrams();

    /// <summary>Scores a text.</summary>
    /// <param name="text">Any text; an empty one scores 0.</param>
    public static double Score(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, SampleCharacters)];
        var counts = new Counts();
        Span<char> word = stackalloc char[MaximumWordLength];
        int length = 0;
        foreach (char c in text)
        {
            if (char.IsLetter(c))
            {
                counts.Letters++;
                if (c >= FirstOtherLetter)
                    counts.OtherLetters++;
                if (length < MaximumWordLength)
                    word[length++] = char.ToLowerInvariant(c);
            }
            else if (c is not ('\'' or '’') || length == 0)
            {
                counts.Add(word[..length]);
                length = 0;
            }
        }

        counts.Add(word[..length]);
        return counts.Score();
    }

    private const int MaximumWordLength = 40;

    /// <summary>Behind the Latin letters with accents.</summary>
    private const char FirstOtherLetter = '\u0250';

    private static FrozenDictionary<string, int> BuildOthers()
    {
        var masks = new Dictionary<string, int>();
        for (int language = 0; language < OtherWords.Length; language++)
        {
            foreach (string word in OtherWords[language].Split(' '))
            {
                if (!English.Contains(word))
                    masks[word] = masks.GetValueOrDefault(word) | (1 << language);
            }
        }

        return masks.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static bool[] BuildTrigrams()
    {
        var common = new bool[Letters * Letters * Letters];
        foreach (string trigram in EnglishTrigrams.Split(' '))
            common[(((Code(trigram[0]) * Letters) + Code(trigram[1])) * Letters) + Code(trigram[2])] = true;
        return common;
    }

    /// <summary>The letters a to z, the edge of a word, and everything else.</summary>
    private const int Letters = 28;

    private static int Code(char c) => c is >= 'a' and <= 'z' ? c - 'a' : c == '_' ? 26 : 27;

    private struct Counts
    {
        private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> EnglishLookup = English.GetAlternateLookup<ReadOnlySpan<char>>();
        private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> OtherLookup = Others.GetAlternateLookup<ReadOnlySpan<char>>();

        private Languages languages;
        private int words;
        private int english;
        private int trigrams;
        private int commonTrigrams;

        public int Letters;
        public int OtherLetters;

        public void Add(scoped ReadOnlySpan<char> word)
        {
            if (word.IsEmpty)
                return;
            words++;
            if (EnglishLookup.Contains(word))
                english++;
            else if (OtherLookup.TryGetValue(word, out int mask))
                languages.Add(mask);

            int before = Code('_');
            int here = Code(word[0]);
            for (int i = 1; i <= word.Length; i++)
            {
                int after = i < word.Length ? Code(word[i]) : Code('_');
                trigrams++;
                if (CommonTrigrams[(((before * EnglishScorer.Letters) + here) * EnglishScorer.Letters) + after])
                    commonTrigrams++;
                before = here;
                here = after;
            }
        }

        public readonly double Score()
        {
            if (words == 0)
                return 0;
            double sum = Bias
                + (FunctionWordWeight * english / words)
                - (OtherWordWeight * languages.Most / words)
                + (TrigramWeight * commonTrigrams / trigrams)
                - (OtherLetterWeight * OtherLetters / Letters);
            return 1 / (1 + Math.Exp(-sum));
        }
    }

    /// <summary>A counter for each of the other languages.</summary>
    [System.Runtime.CompilerServices.InlineArray(15)]
    private struct Languages
    {
        private int first;

        public readonly int Most
        {
            get
            {
                int most = 0;
                foreach (int count in this)
                    most = Math.Max(most, count);
                return most;
            }
        }

        public void Add(int mask)
        {
            for (; mask != 0; mask &= mask - 1)
                this[System.Numerics.BitOperations.TrailingZeroCount(mask)]++;
        }
    }
}
