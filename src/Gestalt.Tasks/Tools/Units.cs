using System.Numerics;

namespace Gestalt.Tasks.Tools;

/// <summary>A unit of measurement: so many of a quantity's base unit, and perhaps shifted against it.</summary>
/// <param name="Symbol">How results write it.</param>
/// <param name="Quantity">What it measures; only units of the same quantity add, compare and convert.</param>
/// <param name="Size">How many base units it has.</param>
/// <param name="Shift">What is added in base units: temperatures only.</param>
internal sealed record Unit(string Symbol, string Quantity, Rational Size, Rational Shift = default)
{
    /// <summary>Whether its amounts are points on a scale rather than so much of something: twice 20 C is nothing, as 0 C is not none.</summary>
    public bool IsScale => Shift != default;

    /// <summary>A value in base units, in this unit.</summary>
    public Rational FromBase(Rational value) => (value - Shift) / Size;

    /// <summary>A value in this unit, in base units.</summary>
    public Rational ToBase(Rational value) => (value * Size) + Shift;
}

/// <summary>The units that the calculator knows, by every name that it reads. Definitions are exact (the international yard and pound of 1959; SI, 9th edition).</summary>
internal static class Units
{
    /// <summary>The base unit of temperature, in which differences are written, too.</summary>
    public static readonly Unit Kelvin = new("K", "temperature", Rational.Of(1));

    private static readonly Dictionary<string, Unit> Known = Build();

    /// <summary>The unit of a name; null if there is none.</summary>
    public static Unit? Find(string name) => Known.GetValueOrDefault(name) ?? Known.GetValueOrDefault(name.ToLowerInvariant());

    private static Dictionary<string, Unit> Build()
    {
        var units = new Dictionary<string, Unit>(StringComparer.Ordinal);
        Add("length", "mm", 1, 1000, "millimetre", "millimeter");
        Add("length", "cm", 1, 100, "centimetre", "centimeter");
        Add("length", "m", 1, 1, "metre", "meter");
        Add("length", "km", 1000, 1, "kilometre", "kilometer");
        Add("length", "in", 254, 10_000, "inch");
        Add("length", "ft", 3048, 10_000, "foot");
        Add("length", "yd", 9144, 10_000, "yard");
        Add("length", "mi", 1_609_344, 1000, "mile");
        Name("inches", "in");
        Name("feet", "ft");
        Add("mass", "mg", 1, 1000, "milligram");
        Add("mass", "g", 1, 1, "gram");
        Add("mass", "kg", 1000, 1, "kilogram", "kilo");
        Add("mass", "t", 1_000_000, 1, "tonne");
        Add("mass", "oz", 28_349_523_125, 1_000_000_000, "ounce");
        Add("mass", "lb", 45_359_237, 100_000, "pound");
        Add("volume", "ml", 1, 1000, "millilitre", "milliliter");
        Add("volume", "cl", 1, 100, "centilitre", "centiliter");
        Add("volume", "l", 1, 1, "litre", "liter");
        Add("time", "s", 1, 1, "second", "sec");
        Add("time", "min", 60, 1, "minute");
        Add("time", "h", 3600, 1, "hour");
        Add("time", "day", 86_400, 1);
        Add("time", "week", 604_800, 1);
        units["K"] = units["kelvin"] = Kelvin;
        units["C"] = units["celsius"] = units["°C"] = new Unit("C", "temperature", Rational.Of(1), Rational.Of(27_315, 100));
        units["F"] = units["fahrenheit"] = units["°F"] = new Unit("F", "temperature", Rational.Of(5, 9), Rational.Of(45_967, 180));
        return units;

        void Add(string quantity, string symbol, BigInteger above, BigInteger below, params string[] names)
        {
            var unit = new Unit(symbol, quantity, Rational.Of(above, below));
            foreach (string name in (string[])[symbol, symbol + "s", .. names, .. names.Select(name => name + "s")])
            {
                units.TryAdd(name, unit);
            }
        }

        void Name(string name, string symbol) => units[name] = units[symbol];
    }
}
