namespace Gestalt.World.Naming;

/// <summary>
/// The closed stocks from which names are drawn or put together. They are small on purpose: a tokenizer trained on a few megabytes
/// should own every one of them as a token or two.
/// </summary>
internal static class NameStock
{
    public static readonly string[] Girls = Words("""
        Mira Tessa Odile Junia Pella Orla Nessa Linnet Maud Bryony Dilly Elsie Fenna Greta Hettie Josie Kitty Lotta Marnie Nell
        Quilla Senna Tilda Ursa Vesta Willa Yara Zinnia Ada Bess Cora Dora Edda Flora Gilda Hilda Ines Kaya Lila Minna
        Nora Olga Petra Ruth Sylvie Thea Una Vera Wilma Zora Amity Celia Della Effie Freya Isla Jenna Lena Mabel Nina
        """);

    public static readonly string[] Boys = Words("""
        Tobin Bram Caleb Corin Dunstan Edgar Felix Garrick Hob Ivo Jasper Kit Lorcan Milo Ned Orrin Perrin Rufus Silas Tam
        Ulric Victor Wilf Yorick Zeb Abel Barnaby Cedric Digby Elmer Fergus Gus Hugo Idris Jonah Kester Linus Magnus Nolan Oskar
        Ralph Samson Theo Vernon Wendel Angus Basil Conrad Dorian Emil Gideon Hector Jory Leopold Mort Noah Otto Percy Quentin Simon
        """);

    // A family name is a beginning and an ending; a place name has other endings, so that the two cannot be confused.
    public static readonly string[] FamilyBeginnings = Words("""
        Apple Bramble Thistle Copper Fern Kettle Marrow Penny Puddle Larch Quim Oak Wobble Dapple Tuck Fen Holly Crumb
        Midge Nettle Pepper Rush Sorrel Tumble Whistle Barley Clover Dimble Finch Goss Hopper Ink Lamb Mossy Parsley Trundle
        """);

    public static readonly string[] FamilyEndings = Words("by wick garth worth cott foot well man shaw bury");

    public static readonly string[] PlaceBeginnings = Words("""
        Amber Brook Candle Dun Elder Fallow Green Hazel Iron Juniper Kings Lower Mill North Otter Plum Raven Salt Tarn Under
        Upper Vine West Willow Yarrow Ash Birch Cold East Fox Gold Hay Lantern Moon Owl Pine Stone Silver South Wind
        """);

    public static readonly string[] PlaceEndings = Words("ford bridge haven minster stow ham dale mouth field wood");

    public static readonly string[] Rivers = Words("""
        Wend Lisp Arle Tamble Brindle Ousel Sprill Mirren Ketter Dorn Hush Fennel Rill Swithy Gander Pell Yar Loam Tinker Brack Skell Nim
        """);

    public static readonly string[] Mountains = Words("""
        Harrow Grumble Button Oldman Sixpence Bellow Cobble Dawdle Feather Gable Hollow Icicle Jackdaw Kestrel Lookout Muffin
        Needle Outlook Pillow Quiet Rooster Saddle Thimble Umber Velvet Whisper Yonder Anvil Badger Chimney
        """);

    public static readonly string[] PetNames = Words("""
        Biscuit Pepper Button Mustard Noodle Pickle Waffle Socks Turnip Crumb Dumpling Admiral Professor Nutmeg Pancake Whiskers
        Marble Pudding Thunder Velvet Ginger Cricket Domino Acorn Bramble Captain Dandelion Feather Gravy Hamlet Jingle Ketchup
        Lemon Maple Nibbles Olive Pebble Radish Sprout Tuffet Vinegar Widget Yoyo Zigzag Bonnet Custard Doodle Figgy Gumdrop Hiccup
        """);

    public static readonly string[] ShopAdjectives = Words("""
        Copper Golden Jolly Crooked Little Red Blue Old Merry Silver Sleepy Lucky Green Brave Happy Wooden Singing Patient Yellow Humble
        """);

    public static readonly string[] ShopNouns = Words("""
        Kettle Goose Lantern Spoon Teapot Anchor Thimble Rooster Ladder Acorn Snail Pumpkin Barrel Button Candle Badger Bucket Clock
        Herring Mitten
        """);

    public static readonly string[] BookNouns =
    [
        "Clock", "Lighthouse", "Baker", "Moon", "Bridge", "Letter", "Orchard", "Ghost", "Captain", "Garden", "Snowman", "Key", "Mirror",
        "Ferry", "Piano", "Stranger", "Tailor", "Bell", "Map", "Secret", "Suitcase", "Umbrella", "Winter", "Wolf", "Well",
    ];

    public static readonly string[] BookTails =
    [
        "Who Could Not Swim", "in the Rain", "at the End of the Lane", "Without a Name", "on the Hill", "and the Three Geese", "of Ice",
        "That Laughed", "in the Attic", "by the River", "With One Shoe", "and Other Stories", "Behind the Wall", "on Sundays",
        "That Came Back", "for Beginners", "in My Pocket", "of Glass",
    ];

    public static readonly string[] FestivalFirst = Words("""
        Lantern Goose Apple Kite Bell Soup Candle Ribbon Barrel Pumpkin Snow Egg Fiddle Hat Onion Puppet Rowing Sledge Cherry Honey
        """);

    public static readonly string[] FestivalSecond = Words("Fair Walk Parade Supper Race Dance Night Market");

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
