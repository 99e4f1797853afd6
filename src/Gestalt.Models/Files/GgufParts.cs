using System.Globalization;
using System.Text.RegularExpressions;

namespace Gestalt.Models;

/// <summary>
/// Models split over several GGUF files, <c>name-00001-of-00003.gguf</c> and so on: each part says under <c>split.no</c> and <c>split.count</c> which it is,
/// under <c>split.tensors.count</c> how many tensors there are in all. The first holds the metadata.
/// </summary>
internal static partial class GgufParts
{
    private const string NumberKey = "split.no", CountKey = "split.count", TensorsKey = "split.tensors.count";

    // The names have five digits; nobody splits so finely.
    private const int MostParts = 99_999;

    /// <summary>Opens the other parts of a split model and adds their tensors to the first; does nothing for a whole file.</summary>
    public static void Join(GgufFile first)
    {
        int count = Number(first, CountKey, otherwise: 1);
        if (count == 1)
            return;
        if (Number(first, NumberKey, otherwise: 0) != 0)
            throw new ModelFileException(first.Path, $"is part {Number(first, NumberKey, 0) + 1} of a model split in {count}", advice: "Give the path of its first part, …-00001-of-….gguf.");
        Match name = PartName().Match(first.Path);
        if (!name.Success || int.Parse(name.Groups["number"].Value, CultureInfo.InvariantCulture) != 1 || int.Parse(name.Groups["count"].Value, CultureInfo.InvariantCulture) != count)
            throw new ModelFileException(first.Path, $"is the first part of a model split in {count}, but is not named like it", advice: $"Name its parts …-00001-of-{count:D5}.gguf and so on, to let them find each other.");
        for (int number = 2; number <= count; number++)
        {
            GgufFile part = GgufFile.OpenOne(string.Create(CultureInfo.InvariantCulture, $"{name.Groups["stem"].Value}-{number:D5}-of-{count:D5}.gguf"));
            if (!first.TryAdd(part, out string? twice))
                throw new ModelFileException(part.Path, $"has the tensor '{twice}', which an earlier part has, too", advice: "The parts do not belong together; fetch them again.");
            if (Number(part, CountKey, otherwise: 1) != count || Number(part, NumberKey, otherwise: 0) != number - 1)
                throw new ModelFileException(part.Path, $"does not say that it is part {number} of {count}", advice: "The parts do not belong together; fetch them again.");
        }
        if (first.TryGet(TensorsKey, out GgufValue all) && all.AsInteger() != first.Tensors.Count)
            throw new ModelFileException(first.Path, $"says that its {count} parts hold {all.AsInteger()} tensors; they hold {first.Tensors.Count}", advice: "Fetch the parts again.");
    }

    private static int Number(GgufFile file, string key, int otherwise)
    {
        if (!file.TryGet(key, out GgufValue value))
            return otherwise;
        long number = value.AsInteger();
        return number is >= 0 and <= MostParts && (key != CountKey || number >= 1)
            ? (int)number
            : throw new ModelFileException(file.Path, $"metadata '{key}' is {number}; parts are numbered up to {MostParts}");
    }

    [GeneratedRegex(@"^(?<stem>.*)-(?<number>\d{5})-of-(?<count>\d{5})\.gguf$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex PartName();
}
