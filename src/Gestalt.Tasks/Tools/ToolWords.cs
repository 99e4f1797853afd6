using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>Words to spell, count in and turn round: everyday ones, and the names of the world.</summary>
internal static class ToolWords
{
    private const string Everyday =
        "strawberry raspberry blueberry banana orange apple cherry pepper carrot potato tomato butter bread cheese kettle teapot saucer spoon candle lantern window curtain mirror ladder hammer needle "
        + "button pocket jacket trousers blanket pillow cellar attic garden meadow orchard village harbour bridge river mountain valley forest thunder lightning rainbow winter summer autumn morning "
        + "evening midnight yesterday tomorrow teacher baker cobbler blacksmith librarian postman fiddle trumpet accordion umbrella bicycle wagon balloon letter parcel pencil paper blackboard lesson "
        + "grammar arithmetic geography recipe breakfast dinner supper pudding biscuit cinnamon vinegar mustard hedgehog squirrel rabbit sparrow butterfly grasshopper donkey goose parrot tortoise "
        + "little yellow purple silver golden happy hungry sleepy friendly curious careful wonderful different difficult beautiful necessary occurrence committee balcony assassin mississippi";

    /// <summary>The words, each once, in the order of the alphabet.</summary>
    /// <param name="world">Whose people and places give their names.</param>
    public static string[] Of(SmallWorld world) =>
    [
        .. Everyday.Split(' ').Concat(world.People.Select(person => person.Surname)).Concat(world.Places.Select(place => place.Name)).Select(word => word.ToLowerInvariant())
            .Where(word => word.Length is >= 4 and <= 12 && word.All(char.IsAsciiLetterLower)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}
