namespace Gestalt.World.Naming;

/// <summary>Words that children spell: everyday ones, and the names of their world.</summary>
internal static class SpellingBook
{
    private const int Shortest = 4, Longest = 12;

    private const string Words =
        "strawberry raspberry blueberry banana orange apple cherry pepper carrot potato tomato butter bread cheese kettle teapot saucer spoon candle lantern window curtain mirror ladder hammer needle "
        + "button pocket jacket trousers blanket pillow cellar attic garden meadow orchard village harbour bridge river mountain valley forest thunder lightning rainbow winter summer autumn morning "
        + "evening midnight yesterday tomorrow teacher baker cobbler blacksmith librarian postman fiddle trumpet accordion umbrella bicycle wagon balloon letter parcel pencil paper blackboard lesson "
        + "grammar arithmetic geography recipe breakfast dinner supper pudding biscuit cinnamon vinegar mustard hedgehog squirrel rabbit sparrow butterfly grasshopper donkey goose parrot tortoise "
        + "little yellow purple silver golden happy hungry sleepy friendly curious careful wonderful different difficult beautiful necessary occurrence committee balcony assassin mississippi";

    /// <summary>Everyday words, each once, in the order of the alphabet.</summary>
    public static string[] Everyday { get; } = Sorted(Words.Split(' '));

    /// <summary>Names in small letters, each once, in the order of the alphabet.</summary>
    /// <param name="people">Whose surnames are spelled.</param>
    /// <param name="places">Whose names are.</param>
    public static string[] NamesOf(IReadOnlyList<Person> people, IReadOnlyList<Place> places) =>
        Sorted(people.Select(person => person.Surname).Concat(places.Select(place => place.Name)).Select(word => word.ToLowerInvariant()).Except(Everyday));

    private static string[] Sorted(IEnumerable<string> words) =>
        [.. words.Where(word => word.Length is >= Shortest and <= Longest && word.All(char.IsAsciiLetterLower)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
