using System.Globalization;
using Gestalt.World.Genres;
using Gestalt.World.Grammar;

namespace Gestalt.World.Junk;

/// <summary>Leaves the kind of thing on a page that should never reach a model: addresses, numbers, e-mail.</summary>
internal static class PersonalData
{
    /// <summary>Adds a contact line to the page and returns the personal pieces in it. All are invented and lie in reserved ranges.</summary>
    public static string[] Append(Pen pen, ref Dice dice)
    {
        string name = Letters.AnyGiven(pen).ToLowerInvariant();
        string mail = string.Create(CultureInfo.InvariantCulture, $"{name}.{dice.Between(10, 99)}@post.example");
        string phone = string.Create(CultureInfo.InvariantCulture, $"+44 20 7946 0{dice.Between(100, 999)}");
        string address = string.Create(CultureInfo.InvariantCulture, $"192.0.2.{dice.Between(1, 254)}");
        (string text, string[] personal) = dice.Below(4) switch
        {
            0 => ($"Contact: {mail}", [mail]),
            1 => ($"Write to {mail} or call {phone}.", new[] { mail, phone }),
            2 => ($"Questions? Call {phone} in the evening.", [phone]),
            _ => ($"Last edited by {mail} from {address}", [mail, address]),
        };
        pen.Open(BlockKind.Paragraph);
        pen.Raw(text);
        pen.Close();
        return personal;
    }
}
