using System.Globalization;
using System.Text;

namespace Gestalt.World.Junk;

/// <summary>Advertising, stuffed keywords, machine noise, and small changes to other people's pages.</summary>
internal static class Rubbish
{
    private static readonly string[] Keywords =
        ["cheap boots", "best boots", "boots online", "free shipping", "buy now", "lowest price", "soup deals", "top 10 hats", "discount", "best price guarantee", "click here", "limited offer"];

    private static readonly string[] Syllables = ["zor", "ka", "plim", "xu", "tre", "onk", "vel", "qua", "sni", "brr", "dop", "eth", "gli", "mro", "uza", "wex"];

    private static readonly string[] Claims =
    [
        "You have been chosen! Claim your golden crowns today.", "Spin the wheel and win a mountain of gold.", "No risk, no rules, no waiting.",
        "Our players won 4,000,000 crowns last night.", "Double your crowns in one minute.", "This pill makes you tall, rich and young.",
        "Doctors hate this simple trick.", "Sign up now and get 100 free spins.", "Only three places left. Hurry, hurry, hurry!",
    ];

    private static readonly string[] Emptiness =
    [
        "Under construction", "404 Not Found", "Please log in to view this page.", "Coming soon", "This page has moved.", "Enable JavaScript to continue.",
    ];

    public static string Spam(ref Dice dice)
    {
        var text = new StringBuilder("CHEAP BOOTS *** BEST BOOTS *** BUY BOOTS ONLINE ").Append(dice.Between(1, 9999)).Append("\n\n");
        int paragraphs = dice.Between(2, 5);
        for (int p = 0; p < paragraphs; p++)
        {
            int words = dice.Between(20, 60);
            for (int n = 0; n < words; n++)
            {
                text.Append(dice.Pick(Keywords)).Append(dice.Chance(30) ? " | " : dice.Chance(30) ? "!!! " : " ");
            }
            text.Append(dice.Pick(Claims)).Append(p + 1 < paragraphs ? "\n\n" : "");
        }
        return text.ToString();
    }

    public static string Gibberish(ref Dice dice)
    {
        var text = new StringBuilder();
        int paragraphs = dice.Between(2, 5);
        for (int p = 0; p <= paragraphs; p++)
        {
            int words = p == 0 ? 4 : dice.Between(40, 90);
            for (int n = 0; n < words; n++)
            {
                int syllables = dice.Between(1, 5);
                for (int s = 0; s < syllables; s++)
                {
                    text.Append(dice.Pick(Syllables));
                }
                text.Append(dice.Chance(6) ? ". " : dice.Chance(5) ? dice.Between(0, 99999).ToString(CultureInfo.InvariantCulture) + " " : " ");
            }
            text.Length--;
            text.Append(p < paragraphs ? "\n\n" : "");
        }
        return text.ToString();
    }

    public static string Casino(ref Dice dice)
    {
        var text = new StringBuilder("Win gold now, round ").Append(dice.Between(1, 99999)).Append("\n\n");
        for (int p = 0; p < 3; p++)
        {
            for (int n = 0; n < 4; n++)
            {
                text.Append(dice.Pick(Claims)).Append(n < 3 ? " " : "");
            }
            text.Append(p < 2 ? "\n\n" : "");
        }
        return text.ToString();
    }

    public static string Nothing(ref Dice dice) => dice.Pick(Emptiness);

    /// <summary>The text with one sentence less, a new last line and a few words changed: still the same page to any reader.</summary>
    public static string Change(string text, ref Dice dice)
    {
        var changed = new StringBuilder(text);
        changed.Replace(" is ", " really is ", 0, Math.Min(changed.Length, 200 + dice.Below(200)));
        int dot = text.IndexOf(". ", text.Length / 2, StringComparison.Ordinal);
        int next = dot < 0 ? -1 : text.IndexOf(". ", dot + 2, StringComparison.Ordinal);
        if (next > 0 && !text.AsSpan(dot, next - dot).Contains('\n'))
        {
            changed.Replace(text[dot..next], "");
        }
        changed.Append("\n\nUpdated on ").Append(dice.Between(1, 28)).Append(" March ").Append(SmallWorld.Now).Append('.');
        return changed.ToString();
    }

    /// <summary>What is left of text whose letters went through the wrong tables twice.</summary>
    public static string Mangle(string text)
    {
        var mangled = new StringBuilder(text.Length * 2);
        for (int n = 0; n < text.Length; n++)
        {
            mangled.Append(text[n] switch
            {
                'e' when n % 2 == 0 => "Ã©",
                'a' when n % 3 == 0 => "Ã¤",
                '\'' => "â€™",
                '"' => "â€œ",
                's' when n % 4 == 0 => "\uFFFD",
                'o' when n % 3 == 1 => "Ã¶",
                char c => c.ToString(),
            });
        }
        return mangled.ToString();
    }
}
