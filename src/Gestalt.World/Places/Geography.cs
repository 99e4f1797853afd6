using Gestalt.World.Naming;

namespace Gestalt.World.Places;

/// <summary>Lays out the valley: a lake, rivers that end in it, mountains, towns and villages.</summary>
internal static class Geography
{
    public const int Towns = 14, Villages = 86, RiverCount = 18, MountainCount = 26;

    public sealed record Map(List<Water> Waters, List<Entity> Mountains, List<Place> Places);

    public static Map Create(ref Dice dice, Func<Func<int, Entity>, Entity> add)
    {
        string[] rivers = Shuffled(ref dice, NameStock.Rivers);
        var waters = new List<Water> { (Water)add(id => new Water(id, "the Long Lake", 0, null)) };
        for (int n = 0; n < RiverCount; n++)
        {
            // A third of the rivers reach the lake, the others join a river that does: always one of lower rank.
            Water mouth = n < RiverCount / 3 ? waters[0] : waters[1 + dice.Below(n)];
            string name = "the " + rivers[n];
            waters.Add((Water)add(id => new Water(id, name, mouth.Rank + 1, mouth)));
        }

        var mountains = new List<Entity>();
        foreach (string peak in Shuffled(ref dice, NameStock.Mountains).AsSpan(0, MountainCount))
        {
            mountains.Add(add(id => new Entity(id, EntityKind.Mountain, "Mount " + peak)));
        }

        var taken = new HashSet<string>();
        var places = new List<Place>();
        string[] beginnings = Shuffled(ref dice, NameStock.PlaceBeginnings);
        for (int n = 0; n < Towns + Villages; n++)
        {
            // The first forty places begin differently, so that no two well-known ones sound alike.
            string name;
            do
            {
                string beginning = n < beginnings.Length ? beginnings[n] : dice.Pick(beginnings);
                name = beginning + dice.Pick(NameStock.PlaceEndings);
            }
            while (!taken.Add(name));
            EntityKind kind = n < Towns ? EntityKind.Town : EntityKind.Village;
            int founded = dice.Between(kind == EntityKind.Town ? 1104 : 1350, kind == EntityKind.Town ? 1420 : 1790);
            Water river = waters[1 + (n < Towns ? n : dice.Below(RiverCount))];
            Entity mountain = dice.Pick(mountains);
            places.Add((Place)add(id => new Place(id, kind, name, founded, river, mountain)));
        }
        return new(waters, mountains, places);
    }

    internal static string[] Shuffled(ref Dice dice, string[] words)
    {
        string[] copy = [.. words];
        dice.Shuffle(copy.AsSpan());
        return copy;
    }
}
