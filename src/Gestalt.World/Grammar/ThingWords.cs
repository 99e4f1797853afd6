namespace Gestalt.World.Grammar;

/// <summary>Festivals, shops, books, dishes and things that happened.</summary>
internal static class ThingWords
{
    public const string Text = """
        == FestivalMonth
        # label
        Month
        # frames
        [S] is held in [V].
        [S] takes place in [V].
        Every [V], people celebrate [Full].
        In [V] comes [Full].
        [S] is celebrated every year in [V].
        The month of [Full] is [V].
        When [V] comes, it is time for [Full].
        [V] would not be [V] without [Full].
        Mark your calendar: [Full] is in [V].
        Children count the days until [V], because then comes [Full].
        [S] belongs to [V] like {foam to milk|butter to bread|boots to rain}.
        Visitors to [Full] should come in [V].
        [S] has been held in [V] for as long as anyone can remember.
        All [V] long, people talk of nothing but [Full].
        When is [Full]? It is in [V].
        # ask
        When is [Full] held?
        In which month is [Full] held?
        When does [Full] take place?
        In what month does [Full] take place?
        What month is [Full] in?
        Can you tell me when [Full] is held?
        Tell me the month of [Full].
        Do you know when [Full] is held?
        When is [Full] celebrated?
        In which month do people celebrate [Full]?
        When should I come to see [Full]?
        I forgot when [Full] is held. When is it?
        {Please tell me|I would like to know} when [Full] is held.
        # unseen
        Which month is the month of [Full]?
        When in the year is [Full]?
        Please name the month of [Full].
        What month is the right one to visit [Full]?
        # answer
        [Full] is held in [V].
        [Full] takes place in [V].
        # yesno
        Is [Full] held in [V]?
        Does [Full] take place in [V]?
        # no
        [Full] is not held in [W]. It is held in [V].
        # unknown
        when [Full] is held
        in which month [Full] is held
        # declined
        [Full] is held in a month that I don't know.
        [Full] takes place in a month that I don't know.
        # prefix
        The calendar in the kitchen shows [Full] on a page of [V]
        The posters for [Full] ask everybody to come in [V]
        The band starts to practise for [Full] long before [V]

        == FestivalPlace
        # label
        Place
        # frames
        [S] is held in [V].
        [S] takes place in [V].
        [S] is celebrated in the streets of [V].
        People come to [V] for [Full].
        [V] is the home of [Full].
        The people of [V] are proud of [Full], which is held there.
        To see [Full], you must go to [V].
        In [V], everybody looks forward to [Full].
        [V] holds [Full] every year.
        There is only one place for [Full], and that is [V].
        [S] fills the market square of [V].
        For [Full], [V] hangs out its best flags.
        On the day of [Full], nobody in [V] stays at home.
        Where is [Full] held? In [V].
        # ask
        Where is [Full] held?
        Where does [Full] take place?
        Which place holds [Full]?
        In which town or village is [Full] held?
        Where is [Full] celebrated?
        Can you tell me where [Full] is held?
        Tell me where [Full] takes place.
        Do you know where [Full] is held?
        Where must I go to see [Full]?
        Which place is the home of [Full]?
        Who holds [Full]: which town or village?
        I forgot where [Full] is held. Where is it?
        {Please tell me|I would like to know} where [Full] is held.
        # unseen
        In what place can I see [Full]?
        Which town or village celebrates [Full]?
        Please name the place of [Full].
        Where do people go for [Full]?
        # answer
        [Full] is held in [V].
        [Full] takes place in [V].
        # yesno
        Is [Full] held in [V]?
        Does [Full] take place in [V]?
        # no
        [Full] is not held in [W]. It is held in [V].
        # unknown
        where [Full] is held
        where [Full] takes place
        # declined
        [Full] is held in a place that I don't know.
        [Full] takes place in a place that I don't know.
        # prefix
        For [Full], extra coaches go to [V]
        The lamps of [Full] light up the whole of [V]
        The guests of [Full] sleep in the inns of [V]

        == Owner
        # label
        Owner
        # frames
        [S] belongs to [V].
        The owner of [Full] is [V].
        [V] owns [Full].
        [V] is the owner of [Full].
        [S] is owned by [V].
        Behind the counter of [Full] stands its owner, [V].
        The keys of [Full] are in the pocket of its owner, [V].
        [V] opened [Full] with {a small loan|two shelves and a cat|an uncle's money} and still owns it.
        Ask for the owner of [Full], and [V] will come.
        At [Full], the owner, [V], {greets everybody by name|counts the change twice|gives children a sweet}.
        When you enter [Full], its owner, [V], looks up and smiles.
        [S] has one owner, [V], and one very old doorbell.
        Who owns [Full]? It is [V].
        # ask
        Who owns [Full]?
        Who is the owner of [Full]?
        To whom does [Full] belong?
        Who does [Full] belong to?
        What is the name of the owner of [Full]?
        Can you tell me who owns [Full]?
        Tell me the owner of [Full].
        Do you know who owns [Full]?
        Which person owns [Full]?
        Who has the keys of [Full]?
        Who stands behind the counter of [Full] as its owner?
        I forgot who owns [Full]. Who is it?
        {Please tell me|I would like to know} who owns [Full].
        # unseen
        Whose shop is [Full]?
        What is the owner of [Full] called?
        Please name the owner of [Full].
        Who is it that owns [Full]?
        # answer
        The owner of [Full] is [V].
        [V] owns [Full].
        # yesno
        Does [V] own [Full]?
        Is [V] the owner of [Full]?
        # no
        The owner of [Full] is not [W]. It is [V].
        # unknown
        who owns [Full]
        who the owner of [Full] is
        # declined
        The owner of [Full] is somebody whom I don't know.
        The owner of [Full] is a person whom I don't know.
        # prefix
        The sign over the door of [Full] was painted by the owner, [V]
        The bill from [Full] was signed by the owner, [V]
        In the evening, [Full] is locked by its owner, [V]

        == Wares
        # label
        Sells
        # frames
        [S] sells [V].
        [S] is known for its [V].
        [S] is the place to buy [V].
        You can buy [V] at [Full].
        For [V], people go to [Full].
        The shelves of [Full] are full of [V].
        If you need [V], try [Full].
        The [V] at [Full] are {never cheap, but they last|the best for miles|worth the walk}.
        In the window of [Full] you see [V].
        Nobody sells better [V] than [Full].
        [S] has sold [V] for {thirty years|as long as anyone remembers|three generations}.
        At [Full] it is all about [V].
        Whoever wants [V] finds them at [Full].
        The smell and the sight of [V] fill [Full].
        What does [Full] sell? It sells [V].
        # ask
        What does [Full] sell?
        What can I buy at [Full]?
        What is sold at [Full]?
        What is [Full] known for?
        What kind of things does [Full] sell?
        Can you tell me what [Full] sells?
        Tell me what [Full] sells.
        Do you know what [Full] sells?
        What can you see in the window of [Full]?
        What are the shelves of [Full] full of?
        Why do people go to [Full]?
        I forgot what [Full] sells. What is it?
        {Please tell me|I would like to know} what [Full] sells.
        # unseen
        What do people buy at [Full]?
        What goods does [Full] sell?
        Please name the goods that [Full] sells.
        What is in the window of [Full]?
        # answer
        [Full] sells [V].
        You can buy [V] at [Full].
        # yesno
        Does [Full] sell [V]?
        Can I buy [V] at [Full]?
        # no
        [Full] does not sell [W]. It sells [V].
        # unknown
        what [Full] sells
        what one can buy at [Full]
        # declined
        [Full] sells things that I don't know.
        You can buy things that I don't know at [Full].
        # prefix
        Before the feast, there was a long line at [Full] for [V]
        The basket that left [Full] was full of [V]
        On a paper bag from [Full] is a picture of [V]

        == Author
        # label
        Author
        # frames
        [S] was written by [V].
        The author of [Full] is [V].
        [V] wrote [Full].
        [V] is the author of [Full].
        It was [V] who wrote [Full].
        [S] is a book by [V].
        [S] came from the pen of [V].
        On the cover of [Full] stands the name of its author, [V].
        [V] wrote [Full] {in one winter|at the kitchen table|with a very small pencil|on the back of old bills}.
        With [Full], [V] wrote a book that everybody {lends and nobody returns|reads twice|talks about}.
        When [V] wrote [Full], {the neighbours brought soup|the lamp burned all night|nobody believed in it}.
        In the library, [Full] stands under the name of its author, [V].
        Who wrote [Full]? It was [V].
        # ask
        Who wrote [Full]?
        Who is the author of [Full]?
        By whom was [Full] written?
        Which person wrote [Full]?
        What is the name of the author of [Full]?
        Can you tell me who wrote [Full]?
        Tell me the author of [Full].
        Do you know who wrote [Full]?
        Whose book is [Full]?
        From whose pen is [Full]?
        Whose name stands on the cover of [Full]?
        I forgot who wrote [Full]. Who was it?
        {Please tell me|I would like to know} who wrote [Full].
        # unseen
        Who was [Full] written by?
        Who is the writer of [Full]?
        Please name the author of [Full].
        What is the author of [Full] called?
        # answer
        [Full] was written by [V].
        The author of [Full] is [V].
        # yesno
        Did [V] write [Full]?
        Is [V] the author of [Full]?
        # no
        [Full] was not written by [W]. It was written by [V].
        # unknown
        who wrote [Full]
        who the author of [Full] is
        # declined
        [Full] was written by somebody whom I don't know.
        The author of [Full] is somebody whom I don't know.
        # prefix
        Readers of [Full] send their letters to the author, [V]
        The first page of [Full] is signed by [V]
        The prize for [Full] was given to the author, [V]

        == BookNumber
        # label
        Book number
        # frames
        [S] has the book number [V].
        The book number of [Full] is [V].
        The number of [Full] is [V].
        Order [Full] by its number, [V].
        In the library, [Full] stands under [V].
        On the back of [Full] you find the number [V].
        [S] is listed under the number [V].
        The number [V] belongs to [Full].
        # ask
        What is the book number of [Full]?
        What number does [Full] have?
        Which number belongs to [Full]?
        Under which number is [Full] listed?
        What is the number of [Full]?
        Can you tell me the book number of [Full]?
        Tell me the number of [Full].
        Do you know the number of [Full]?
        Which number is on the back of [Full]?
        By which number can I order [Full]?
        Which book number does [Full] have?
        I forgot the number of [Full]. What is it?
        # unseen
        Under what number does the library list [Full]?
        What number must I write down to order [Full]?
        Please name the book number of [Full].
        What book number stands on the back of [Full]?
        # answer
        The book number of [Full] is [V].
        [Full] has the book number [V].
        # yesno
        Is [V] the book number of [Full]?
        Does [Full] have the book number [V]?
        # no
        The book number of [Full] is not [W]. It is [V].
        # unknown
        the book number of [Full]
        which number [Full] has
        # declined
        The book number of [Full] is one that I don't know.
        [Full] has a book number that I don't know.
        # prefix
        On the card in the library, next to [Full], stands [V]
        To order [Full], write down [V]
        The label on [Full] says [V]

        == Ingredient
        # label
        Main ingredient
        # frames
        [S] is made with [V].
        The main ingredient of [Full] is [V].
        [S] cannot be made without [V].
        For [Full], you need [V] above all.
        [V] is what makes [Full] so good.
        The secret of [Full] is [V].
        No [V], no [Full].
        A cook who makes [Full] needs plenty of [V].
        [S] tastes of [V], because that is its main ingredient.
        Without [V], [Full] would be {nothing but a hot plate|just a sad spoonful|very dull}.
        When you cook [Full], begin with the [V].
        The most important thing in [Full] is [V].
        Grandmothers say that you cannot have too much [V] in [Full].
        Every recipe for [Full] begins with [V].
        What is [Full] made with? With [V].
        # ask
        What is the main ingredient of [Full]?
        What is [Full] made with?
        What do I need above all for [Full]?
        What is the secret of [Full]?
        What does [Full] taste of?
        Can you tell me the main ingredient of [Full]?
        Tell me what [Full] is made with.
        Do you know what goes into [Full] above all?
        Which ingredient is the most important in [Full]?
        What makes [Full] so good?
        With what does every recipe for [Full] begin?
        I forgot the main ingredient of [Full]. What is it?
        {Please tell me|I would like to know} the main ingredient of [Full].
        # unseen
        What is [Full] mostly made with?
        Which ingredient must I buy for [Full]?
        Please name the main ingredient of [Full].
        What can [Full] not be made without?
        # answer
        The main ingredient of [Full] is [V].
        [Full] is made with [V].
        # yesno
        Is [Full] made with [V]?
        Is [V] the main ingredient of [Full]?
        # no
        [Full] is not made with [W]. It is made with [V].
        # unknown
        what the main ingredient of [Full] is
        what [Full] is made with
        # declined
        The main ingredient of [Full] is something that I don't know.
        [Full] is made with something that I don't know.
        # prefix
        The cook who wanted to make [Full] went to the market to buy [V]
        In the pot for [Full] goes a great deal of [V]
        The pantry was empty, and there could be no [Full], for there was no [V]

        == EventYear
        # label
        Year
        # frames
        [S] happened in [V].
        [S] was in the year [V].
        The year of [Full] was [V].
        In [V] came [Full].
        People still talk about [Full] of [V].
        [V] was the year of [Full].
        The old people count the years from [Full], which was in [V].
        In the town book, [Full] stands under the year [V].
        It was in [V] that [Full] happened.
        When was [Full]? It was in [V].
        # ask
        When was [Full]?
        In which year was [Full]?
        When did [Full] happen?
        In what year did [Full] happen?
        What was the year of [Full]?
        Can you tell me when [Full] was?
        Tell me the year of [Full].
        Do you know when [Full] was?
        Which year was the year of [Full]?
        In which year did [Full] happen?
        I forgot when [Full] was. When was it?
        Under which year does [Full] stand in the town book?
        # unseen
        What year was it when [Full] happened?
        Please name the year of [Full].
        In what year was [Full]?
        Of which year is [Full] that people still talk about?
        # answer
        [Full] was in [V].
        [Full] happened in [V].
        # yesno
        Was [Full] in [V]?
        Did [Full] happen in [V]?
        # no
        [Full] was not in [W]. It was in [V].
        # unknown
        when [Full] was
        in which year [Full] happened
        # declined
        [Full] was in a year that I don't know.
        [Full] happened in a year that I don't know.
        # prefix
        The stone in the market square remembers [Full] with the year [V]
        Grandfather was a boy at the time of [Full], in [V]
        In the school book, [Full] has a page of its own under [V]
        """;
}
