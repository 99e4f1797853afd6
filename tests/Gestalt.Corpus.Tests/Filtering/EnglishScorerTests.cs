namespace Gestalt.Corpus.Tests.Filtering;

public sealed class EnglishScorerTests
{
    [Theory]
    [InlineData("All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.")]
    [InlineData("Mix the flour with two eggs and a little milk. Leave the dough for an hour, then bake it until it is brown.")]
    [InlineData("Hi all, my boat has a leak again. Has anybody tried the new tar from Olsen's shop? Thanks in advance!")]
    [InlineData(Samples.Prose)]
    public void English_scores_above_the_threshold(string text) => Assert.True(EnglishScorer.Score(text) >= EnglishScorer.Threshold, $"{EnglishScorer.Score(text)}");

    /// <summary>The first article of the Universal Declaration of Human Rights, and languages that nobody speaks.</summary>
    [Theory]
    [InlineData("Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.")]
    [InlineData("Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.")]
    [InlineData("Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.")]
    [InlineData("Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.")]
    [InlineData("Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade.")]
    [InlineData("Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.")]
    [InlineData("Alla människor är födda fria och lika i värde och rättigheter. De har utrustats med förnuft och samvete och bör handla gentemot varandra i en anda av broderskap.")]
    [InlineData("Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed, og de bør handle mod hverandre i en broderskabets ånd.")]
    [InlineData("Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.")]
    [InlineData("Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.")]
    [InlineData("Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.")]
    [InlineData("Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.")]
    [InlineData("Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.")]
    [InlineData("すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。")]
    [InlineData("Omnes homines liberi aequique dignitate atque iuribus nascuntur. Ratione conscientiaque praediti sunt et alii erga alios cum fraternitate se gerere debent.")]
    [InlineData("Ĉiuj homoj estas denaske liberaj kaj egalaj laŭ digno kaj rajtoj. Ili posedas racion kaj konsciencon, kaj devus konduti unu al alia en spirito de frateco.")]
    [InlineData("Vorin talka mesu dorandi kel fimara, sotu beli nanok ritavo den huli. Kanze mirot veldu sanari, topu lin gavedo.")]
    [InlineData("zxq vbn qwrt plmk jjhg wqz xcvb nmkl ghjk qwtr zzxp vbnq lkjh mnbv")]
    [InlineData("")]
    [InlineData("12345 67890 --- 55")]
    public void Other_languages_score_below_the_threshold(string text) => Assert.True(EnglishScorer.Score(text) < EnglishScorer.Threshold, $"{EnglishScorer.Score(text)}");

    [Fact]
    public void Real_books_are_english_in_every_part_that_is_prose()
    {
        string path = RealData.Path("books");
        int parts = 0;
        int english = 0;
        foreach (string book in Directory.GetFiles(path, "*.txt"))
        {
            string text = File.ReadAllText(book);
            for (int start = 0; start + 600 <= text.Length; start += 20_000)
            {
                parts++;
                english += EnglishScorer.Score(text.AsSpan(start, 600)) >= EnglishScorer.Threshold ? 1 : 0;
            }
        }

        Assert.True(english >= parts * 0.985, $"{english} of {parts}");
    }
}
