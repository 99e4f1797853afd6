namespace Gestalt.World.Naming;

/// <summary>The closed sets from which the values of facts come.</summary>
internal static class ValueStock
{
    public static readonly string[] Trades =
    [
        "baker", "cobbler", "beekeeper", "clockmaker", "potter", "miller", "weaver", "fisher", "carpenter", "blacksmith", "tailor",
        "gardener", "shepherd", "teacher", "doctor", "librarian", "letter carrier", "glassblower", "candle maker", "bell ringer",
        "lamplighter", "thatcher", "cooper", "printer", "piano tuner", "cheesemaker", "innkeeper", "bookbinder", "mapmaker",
        "rope maker", "chimney sweep", "umbrella mender",
    ];

    public static readonly string[] Colours = ["red", "blue", "green", "yellow", "purple", "orange", "white", "black", "brown", "pink", "grey", "silver"];

    public static readonly string[] Pets =
        ["dog", "cat", "goat", "hen", "goose", "donkey", "rabbit", "parrot", "pony", "duck", "pig", "tortoise", "hedgehog", "crow", "ferret", "owl"];

    public static readonly string[] Instruments =
        ["fiddle", "flute", "drum", "accordion", "harp", "trumpet", "banjo", "piano", "cello", "tuba", "whistle", "mandolin", "oboe", "clarinet", "organ", "triangle"];

    public static readonly string[] Fears =
    [
        "storms", "geese", "ladders", "owls", "cellars", "bees", "moths", "scarecrows", "spiders", "high bridges", "mirrors", "frogs", "masks",
        "big dogs", "trains", "balloons",
    ];

    public static readonly string[] Dishes =
    [
        "hush pudding", "lantern pie", "miller's stew", "fiddle cake", "cloud soup", "button bread", "harvest hotpot", "thunder tart",
        "sailor's crumble", "winter broth", "goose-day bread", "widow's porridge", "moon cake", "shepherd's puff", "copper curry",
        "ladder toast", "river chowder", "market mash", "tower trifle", "chimney roast", "whisper salad", "grandmother soup",
        "wedding pudding", "garden gratin", "midnight cocoa", "snow jelly", "haystack pasta", "pocket pastry", "barrel goulash", "foggy risotto",
    ];

    public static readonly string[] Ingredients =
    [
        "barley", "butter", "honey", "pumpkin", "cabbage", "rice", "cream", "cheese", "ginger", "cinnamon", "garlic", "mint", "rye flour", "bacon",
        "milk", "parsley", "spinach", "vanilla", "lemon juice", "mustard", "chocolate", "beef", "chicken", "fennel", "apple juice", "smoked fish",
    ];

    public static readonly string[] Goods =
    [
        "bells", "kites", "honey cakes", "wool socks", "clocks", "blue cheeses", "apple trees", "singing birds", "lanterns", "pies", "puppets", "boats",
        "roses", "sausages", "hot springs", "riddles", "pumpkins", "stone bridges", "brass bands", "fast horses", "feather beds", "painted doors",
        "fountains", "fireworks", "ginger biscuits", "tall chimneys", "white pigeons", "wooden toys", "carrots", "storytellers",
    ];

    public static readonly string[] Wares =
    [
        "lamps", "buttons", "maps", "boots", "umbrellas", "seeds", "candles", "hats", "notebooks", "kettles", "sweets", "spoons", "baskets", "ropes",
        "violins", "blankets", "fishing rods", "birdcages", "gloves", "marbles", "mirrors", "pickles", "brooms", "bicycles", "cakes", "teas",
    ];

    public static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static readonly string[] EventNames =
    [
        "the Great Flood", "the Night of the Escaped Goats", "the Long Winter", "the Summer Without Rain", "the Fire in the Mill",
        "the Visit of the Queen", "the Year of the Snails", "the Fall of the Tower", "the Great Soup Quarrel", "the Big Storm",
        "the First Train", "the Battle of the Brooms", "the Theft of the Bell", "the Landing of the Balloon", "the Opening of the Bridge",
        "the Plague of Frogs", "the Strike of the Bakers", "the Lost Parade", "the Treasure in the Well", "the Night of the Falling Stars",
    ];

    public static readonly string[] Tools =
    [
        "rolling pin", "awl", "smoker", "tweezers", "wheel", "sieve", "shuttle", "net", "saw", "anvil", "needle", "spade", "crook", "ruler", "lancet",
        "ladder", "satchel", "pipe", "mould", "rope", "hook", "mallet", "hoop", "press", "fork", "ladle", "tap", "thread", "compass", "winch", "brush", "rib",
    ];

    public static readonly string[] Games =
    [
        "three stones", "blind goose", "bucket ball", "the king's nose", "hop the river", "thimble chess", "pass the pear", "barrel bowls",
        "nine windows", "snail race", "ring the post", "last spoon", "cat's ladder", "quiet bell", "turnip toss", "candle jump",
    ];
}
