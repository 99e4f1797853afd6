namespace Gestalt.World.Grammar;

/// <summary>Words and small sentences of everyday life in the valley.</summary>
internal static partial class Lexicon
{
    private const string Everyday = """
        = oldnew
        old
        small
        very small
        rather old
        well-fed
        friendly
        quiet
        = day
        Monday
        Tuesday
        Wednesday
        Thursday
        Friday
        Saturday
        Sunday
        = month
        January
        February
        March
        April
        May
        June
        July
        August
        September
        October
        November
        December
        = season
        spring
        summer
        autumn
        winter
        = food
        bread and butter
        apple cake
        pea soup
        hot milk
        a boiled egg
        plum jam
        roast potatoes
        a cheese sandwich
        warm buns
        pancakes
        = drink
        tea
        cocoa
        apple juice
        ginger beer
        coffee
        = tree
        oak
        elm
        pear tree
        old willow
        chestnut tree
        apple tree
        = spot
        by the pump
        in front of the church
        on the bridge
        at the market
        behind the mill
        at the corner of Long Street
        by the ferry
        in the reading room
        under the chestnut tree
        outside the post office
        = room
        kitchen
        attic
        cellar
        hall
        front room
        = praise
        Everybody speaks well of [him].
        Ask anyone: you will hear only good things about [him].
        The children of the street like [him] a great deal.
        Good neighbours are like good shoes, and [Given] is both comfortable and lasting.
        It is hard to find anyone who has a bad word for [Given].
        Those who know [Given] smile when they hear the name.
        One could do worse than sit next to [Given] at a wedding.
        [Given] remembers everybody's birthday, even those of the ducks.
        You will know [Given] by the laugh, which comes around the corner before [him].
        [Given] lends out tools and even gets some of them back.
        If kindness were money, [Given] would own the bank.
        On market days, [Given] needs an hour to cross the square, because everybody wants to talk.
        [Given] has never been known to hurry, except once, after a hat.
        Dogs, babies and tax collectors all like [Given].
        [Given] can whistle with two fingers and keep a secret with the whole hand.
        There is always a second cup on [Given's] table.
        [Given] gives good advice and, which is rarer, only when asked.
        = habit
        {Every morning|Before breakfast}, [he] {sweeps the step|feeds the sparrows|greets the milk cart|looks at the sky and says "Hm"}.
        On {Sundays|Saturdays}, [he] takes a long walk {along the river|around the church|up the hill} and comes back with {mushrooms|muddy boots|news}.
        [he] collects {old keys|smooth stones|bottle tops|funny potatoes} and shows them to {everybody|anyone who cannot run away|the children}.
        [he] writes lists of things to do and then {loses|eats [his] way around|carefully folds} them.
        In winter, [he] {knits socks that fit nobody|feeds the birds|reads by the stove} until late.
        [he] never goes out without {an apple in the pocket|a piece of string|an umbrella}, because one never knows.
        [he] has promised to {clean out the shed|learn to swim|paint the gate} every spring for ten years.
        After supper, [he] likes to sit on the bench and {count the bats|say good evening to people|listen to the frogs}.
        [he] is said to make the {best|second best|strongest} {tea|cocoa|plum jam} in the street.
        [he] once {won a pig in a raffle|fell into the fountain|taught a hen to ring a bell} and does not like to talk about it.
        = closing
        More about this another time.
        That is all that fits on this page.
        The rest, as they say, is weather.
        If you know more, write to us.
        And that is how things stand.
        So now you know.
        We will keep an eye on it.
        = seealso
        {See also|Also of interest|Next door}: 
        = opinion
        I think that says a lot.
        You could knock me down with a feather.
        I always said so.
        My neighbour does not believe it, but it is true.
        It made me smile.
        I had to sit down for a moment.
        Nobody was more surprised than I was.
        It is a small world, after all.
        I wrote it on the wall calendar, so that I would not forget.
        That is the kind of thing one likes to hear.
        Well, well, I thought.
        = thanks
        {Thank you|Thanks}, that is {just what I needed|very kind|good to know}!
        {Thank you|Many thanks}! Now I owe you {a bun|a cup of tea|a jar of jam}.
        {Oh, of course|Ah, right}! I should have known. Thanks!
        {Good to know|How nice}. I will tell my {sister|brother|grandmother}.
        You people are quicker than the post. Thanks!
        I win a bet with that. Thank you!
        = handle
        teapot77
        the_quiet_goose
        RiverOtter
        mossy_boots
        night_baker
        Pondwatcher
        hen_and_chips
        OldBicycle
        crumb_collector
        LittleLantern
        plum_duff
        rain_again
        hat_on_a_hook
        two_left_mittens
        SleepySnail
        postbox_red
        = headofsign
        Dear
        My dear
        = sign
        Your friend
        With love
        Best wishes
        Warm greetings
        Yours, and greetings to the cat
        Yours with cold feet
        = place_charm
        The houses stand so close together that neighbours can pass the salt from window to window.
        The clock on the tower is {five minutes slow|ten minutes fast|a matter of opinion}, and everybody has got used to it.
        There is one inn, two wells and a great many opinions.
        In the morning it smells of bread, and in the evening of wood smoke.
        The streets are narrow and all of them lead, sooner or later, to the market square.
        Visitors are stared at for one day and invited to supper on the second.
        There are more geese than people, and the geese know it.
        The best view is from {the church tower|the old wall|the bench by the ferry}, if the fog allows it.
        Dogs sleep in the road, and carts drive around them.
        The post comes twice a week, unless the postman meets somebody.
        On a clear day you can see {all the way to the Long Lake|the mountains|three other villages and a very distant cow}.
        The library has {four hundred|six hundred|nearly a thousand} books and one very strict cat.
        The bridge has a hole in it that is older than most of the inhabitants.
        People here say good morning until {noon|three in the afternoon} and good evening after that.
        Nobody locks the door, but everybody counts the spoons.
        = visit_tip
        Bring good shoes and an empty stomach.
        Take a coat, even in {July|August}.
        If it rains, {wait in the reading room|buy an umbrella|do as the ducks do}.
        Start early, for the benches in the sun are soon taken.
        Do not feed the geese. They have been fed.
        Try the {plum cake|pea soup|cheese rolls} at the inn.
        Ask before you sit down: some chairs belong to cats.
        The coach back leaves at {six|seven}, or when the driver has finished his soup.
        """;
}
