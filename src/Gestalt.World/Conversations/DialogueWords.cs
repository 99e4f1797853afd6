using Gestalt.World.Grammar;

namespace Gestalt.World;

/// <summary>Gaps that only dialogues have.</summary>
internal static class DialogueWords
{
    public static readonly int What = Slot.Number("what"), One = Slot.Number("one"), Two = Slot.Number("two"), OneYear = Slot.Number("year1"), TwoYear = Slot.Number("year2");

    public static readonly string[] DishNouns = ["stew", "soup", "pie", "cake", "pudding", "bread", "broth", "salad"];
}
