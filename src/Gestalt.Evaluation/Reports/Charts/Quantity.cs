using System.Globalization;

namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>What a number on an axis counts, which decides where its ticks fall and how they read.</summary>
public enum Quantity
{
    /// <summary>A plain number: 0.25, 3, 12,000, 1.5M.</summary>
    Number,

    /// <summary>Seconds, read as 30 s, 5 min, 2 h.</summary>
    Seconds,

    /// <summary>A share between 0 and 1, read as a percentage.</summary>
    Share,
}

/// <summary>Numbers as a person reads them.</summary>
public static class QuantityFormat
{
    /// <summary>The number in as few characters as say it well.</summary>
    public static string Short(this Quantity quantity, double value) => quantity switch
    {
        Quantity.Seconds => Duration(value),
        Quantity.Share => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.#} %"),
        _ => Number(value),
    };

    /// <summary>1234.5 → 1,235; 15000 → 15k; 2.5e6 → 2.5M; 0.00125 → 0.00125.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        (double divisor, string suffix) = size switch
        {
            >= 0.9995e12 => (1e12, "T"),
            >= 0.9995e9 => (1e9, "B"),
            >= 0.9995e6 => (1e6, "M"),
            >= 10_000 => (1e3, "k"),
            _ => (1, ""),
        };
        double scaled = value / divisor;
        string format = Math.Abs(scaled) switch
        {
            >= 1000 => "#,0",
            >= 100 => "0",
            >= 10 => "0.#",
            >= 0.1 or 0 => "0.##",
            >= 1e-4 => "0.######",
            _ => "0.##e0",
        };
        return scaled.ToString(format, CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>0.25 → 250 ms; 42 → 42 s; 90 → 1.5 min; 600 → 10 min; 5400 → 1.5 h; 259200 → 3 d.</summary>
    public static string Duration(double seconds) => Math.Abs(seconds) switch
    {
        0 => "0 s",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.#} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0.#} d"),
    };

    /// <summary>1536 → 1.5 KB (decimal: 1.5 thousand bytes), 20e6 → 20 MB.</summary>
    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} KB"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };
}
