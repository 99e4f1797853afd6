namespace Gestalt.Inference.Constraints;

/// <summary>The formats of JSON Schema that are held to, as patterns. Dates are those of the calendar, leap years included.</summary>
internal static class StringFormats
{
    private const string Date = @"(\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";
    private const string Time = @"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)";
    private const string Octet = @"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string IPv4 = Octet + @"(\." + Octet + "){3}";
    private const string Label = @"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string HostName = Label + @"(\." + Label + ")*";
    private const string Atom = @"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string UriCharacter = @"([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
    private const string ClockSpan = @"T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S)";

    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["duration"] = $@"P(\d+W|(\d+Y(\d+M(\d+D)?)?|\d+M(\d+D)?|\d+D)({ClockSpan})?|{ClockSpan})",
        ["uuid"] = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        ["ipv4"] = IPv4,
        ["hostname"] = HostName,
        ["email"] = Atom + @"(\." + Atom + ")*@" + HostName,
        ["uri"] = $@"[A-Za-z][A-Za-z0-9+.-]*://({HostName})(:\d{{1,5}})?(/{UriCharacter}*)*(\?({UriCharacter}|[/?])*)?(#({UriCharacter}|[/?])*)?",
    };

    /// <summary>The names of all formats.</summary>
    public static IEnumerable<string> Names => Patterns.Keys;

    /// <summary>The strings of a format; null if it is none of ours.</summary>
    public static Expression? Find(string name, string place) => Patterns.TryGetValue(name, out string? pattern) ? PatternParser.Parse($"^({pattern})$", place) : null;
}
