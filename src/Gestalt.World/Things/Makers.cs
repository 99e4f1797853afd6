using Gestalt.World.Naming;

namespace Gestalt.World.Things;

/// <summary>Opens the shops, writes the books, founds the festivals and lets things happen.</summary>
internal static class Makers
{
    public const int Shops = 260, Books = 260, Festivals = 60, Events = 120;

    public static List<Thing> Create(ref Dice dice, List<Person> people, List<Place> places, Func<Func<int, Entity>, Entity> add)
    {
        var names = new HashSet<string>();
        var things = new List<Thing>();
        for (int n = 0; n < Shops; n++)
        {
            string name = Unused(ref dice, (ref d) => "the " + d.Pick(NameStock.ShopAdjectives) + " " + d.Pick(NameStock.ShopNouns));
            Person owner = Grown(ref dice, 24);
            Make(EntityKind.Shop, name, owner, owner.Home, 0);
        }
        for (int n = 0; n < Books; n++)
        {
            string name = Unused(ref dice, (ref d) => "\"The " + d.Pick(NameStock.BookNouns) + " " + d.Pick(NameStock.BookTails) + "\"");
            Person author = Grown(ref dice, 30);
            Make(EntityKind.Book, name, author, null, author.BirthYear + dice.Between(22, author.Age));
        }
        for (int n = 0; n < Festivals; n++)
        {
            string name = Unused(ref dice, (ref d) => "the " + d.Pick(NameStock.FestivalFirst) + " " + d.Pick(NameStock.FestivalSecond));
            Make(EntityKind.Festival, name, null, n < Places.Geography.Towns ? places[(n * 5) % Places.Geography.Towns] : dice.Pick(places), 0);
        }
        for (int n = 0; n < Events; n++)
        {
            Place place = dice.Pick(places);
            string name = Unused(ref dice, (ref d) => d.Pick(ValueStock.EventNames) + " of " + place.Name);
            Make(EntityKind.Event, name, null, place, dice.Between(Math.Max(1610, place.Founded + 10), 2015));
        }
        return things;

        string Unused(ref Dice dice, Invent invent)
        {
            string name;
            do
            {
                name = invent(ref dice);
            }
            while (!names.Add(name));
            return name;
        }

        Person Grown(ref Dice dice, int age)
        {
            Person person;
            do
            {
                person = dice.Pick(people);
            }
            while (person.Age < age);
            return person;
        }

        void Make(EntityKind kind, string name, Person? person, Place? place, int year) =>
            things.Add((Thing)add(id => new Thing(id, kind, name, person, place, year)));
    }

    private delegate string Invent(ref Dice dice);
}

/// <summary>Numbers for books in the manner of ISBN-13, with its check digit, under a prefix that no real book has.</summary>
internal static class BookNumbers
{
    /// <summary>A number such as 970-12-3456-789-2 whose digits, weighted 1 and 3 in turn, sum to a multiple of ten.</summary>
    public static string Make(ref Dice dice)
    {
        Span<char> digits = stackalloc char[13];
        "970".CopyTo(digits);
        for (int n = 3; n < 12; n++)
        {
            digits[n] = (char)('0' + dice.Below(10));
        }
        digits[12] = (char)('0' + CheckDigit(digits[..12]));
        return $"{digits[..3]}-{digits[3..5]}-{digits[5..9]}-{digits[9..12]}-{digits[12..]}";
    }

    /// <summary>The digit that makes the weighted sum a multiple of ten.</summary>
    public static int CheckDigit(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int n = 0; n < digits.Length; n++)
        {
            sum += (digits[n] - '0') * (n % 2 == 0 ? 1 : 3);
        }
        return (10 - (sum % 10)) % 10;
    }
}
