using Gestalt.World.Naming;

namespace Gestalt.World;

/// <summary>A system message that says who the assistant is, a question about that, and the answer.</summary>
/// <param name="System">What the assistant is told.</param>
/// <param name="Question">What it is asked.</param>
/// <param name="Answer">A right answer.</param>
/// <param name="Expected">What a right answer names: the name, or the makers.</param>
public sealed record SelfTalk(string System, string Question, string Answer, string Expected)
{
    private static readonly string[] NameQuestions = ["Who are you?", "What is your name?", "Tell me who you are."], UnseenNameQuestions = ["What are you called?", "Whom am I talking to?"];
    private static readonly string[] MakerQuestions = ["Who made you?", "Where do you come from?"], UnseenMakerQuestions = ["By whom were you made?", "Tell me who made you."];

    /// <summary>Talk number <paramref name="number"/>.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="phrasing">Seen to train; unseen to test, with names and makers of its own.</param>
    public static SelfTalk Of(int number, Phrasing phrasing)
    {
        var dice = new Dice(0x5E1F, ((ulong)(uint)number * 2) + (ulong)phrasing);
        string[] names = Half(NameStock.Girls, phrasing), places = Half(NameStock.PlaceBeginnings, phrasing);
        string name = dice.Pick(names), makers = "the school of " + dice.Pick(places) + dice.Pick(NameStock.PlaceEndings);
        bool seen = phrasing == Phrasing.Seen;
        string system = $"You are {name}, made by {makers}.";
        return dice.Chance(50)
            ? new(system, dice.Pick(seen ? NameQuestions : UnseenNameQuestions), $"I am {name}, a small language model.", name)
            : new(system, dice.Pick(seen ? MakerQuestions : UnseenMakerQuestions), $"I was made by {makers}.", makers);
    }

    private static string[] Half(string[] all, Phrasing phrasing) => [.. all.Where((_, i) => i % 2 == (int)phrasing)];
}
