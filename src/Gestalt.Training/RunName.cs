using System.Globalization;

namespace Gestalt.Training;

/// <summary>Names for runs that nobody named: a date, and two words that are easier to remember than a number.</summary>
public static class RunName
{
    private static readonly string[] Manners =
        ["quiet", "bright", "patient", "curious", "gentle", "brave", "merry", "early", "amber", "silver", "hazel", "misty", "sunny", "wandering", "humble", "nimble"];

    private static readonly string[] Beings =
        ["otter", "heron", "maple", "lantern", "harbour", "sparrow", "willow", "badger", "comet", "meadow", "walnut", "robin", "lighthouse", "orchard", "finch", "river"];

    /// <summary>A name that no folder in <paramref name="runs"/> has.</summary>
    /// <param name="runs">The folder of runs.</param>
    public static string New(string runs)
    {
        string date = DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        while (true)
        {
            string name = $"{date}-{Manners[Random.Shared.Next(Manners.Length)]}-{Beings[Random.Shared.Next(Beings.Length)]}";
            if (!Directory.Exists(Path.Combine(runs, name))) return name;
        }
    }
}
