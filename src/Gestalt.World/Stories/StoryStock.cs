namespace Gestalt.World.Stories;

/// <summary>The closed sets from which tales take their things, animals and gendered words.</summary>
internal static class StoryStock
{
    public static readonly string[] Things =
    [
        "kite", "boat", "scarf", "ball", "drum", "lantern", "bell", "hat", "spoon", "basket", "book", "key", "whistle", "cup", "doll", "wagon",
        "puppet", "flute", "map", "coat", "umbrella", "blanket", "box", "ring", "shell", "ribbon", "button", "mitten", "cap", "bucket",
    ];

    public static readonly string[] Looks =
    [
        "red", "blue", "green", "yellow", "little", "shiny", "wooden", "old", "round", "striped", "golden", "silver", "soft", "bright", "white", "funny",
    ];

    public static readonly string[] Animals =
    [
        "fox", "mouse", "hedgehog", "bear", "rabbit", "duck", "owl", "squirrel", "goat", "cat", "frog", "mole", "badger", "sheep", "otter", "hen",
    ];

    public static readonly string[] Beasts = ["wolf", "bear", "fox"];

    public static readonly string[] Vegetables = ["turnip", "pumpkin", "cabbage", "carrot", "onion", "potato"];

    public static readonly string[] Instruments = ["fiddle", "flute", "trumpet", "accordion", "harp", "tuba"];

    public static readonly string[] FemaleWords = ["girl", "woman", "grandmother", "mother", "aunt", "sister", "queen", "daughter", "lady", "wife"];

    public static readonly string[] MaleWords = ["boy", "man", "grandfather", "father", "uncle", "brother", "king", "son", "husband"];
}
