using System.CommandLine;
using Gestalt.Cli.Errors;

namespace Gestalt.Cli.Terminal;

/// <summary>Bounds of numbers that a user gives, refused with the option's name, the number and what it must be.</summary>
internal static class OptionBounds
{
    /// <summary>A count, from 1.</summary>
    /// <exception cref="UserError">It is less.</exception>
    public static int AtLeastOne(this Option option, int value) => value >= 1 ? value : throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be at least 1.");

    /// <summary>A number from one bound to another, both allowed.</summary>
    /// <exception cref="UserError">It is outside, or not a number.</exception>
    public static double Between(this Option option, double value, double low, double high) =>
        value >= low && value <= high ? value : throw new UserError(ExitCode.Usage, FormattableString.Invariant($"{option.Name} is {value}; it must be between {low} and {high}."));

    /// <summary>A number above 0 and below a bound, neither allowed.</summary>
    /// <exception cref="UserError">It is outside, or not a number.</exception>
    public static double Inside(this Option option, double value, double high) =>
        value > 0 && value < high ? value : throw new UserError(ExitCode.Usage, FormattableString.Invariant($"{option.Name} is {value}; it must be above 0 and below {high}."));

    /// <summary>A number that is not negative.</summary>
    /// <exception cref="UserError">It is, or not a number.</exception>
    public static double NotNegative(this Option option, double value) =>
        value >= 0 && double.IsFinite(value) ? value : throw new UserError(ExitCode.Usage, FormattableString.Invariant($"{option.Name} is {value}; it must be 0 or more."));
}
