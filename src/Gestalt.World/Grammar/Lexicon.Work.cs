namespace Gestalt.World.Grammar;

/// <summary>What a trade looks like from the street: lines about [Given] at work.</summary>
internal static partial class Lexicon
{
    private const string Work = """
        = at work baker
        The first buns are ready before the birds are.
        There is always {flour on the door handle|a broken biscuit for small visitors}.
        = at work cobbler
        Shoes that go in limping come out dancing.
        On the wall hang {forty|fifty} left shoes, and each has a story.
        = at work beekeeper
        The bees are said to know [Given] by the humming.
        Honey is handed over the fence, and the bees look the other way.
        = at work clockmaker
        At noon, {thirty|forty} clocks strike at once, and one can hardly hear the kettle.
        No two clocks in the workshop agree, and [Given] loves them all.
        = at work potter
        The best cups come from the wheel, and the crooked ones are used at home.
        There is clay on the chairs, on the cat and in the soup.
        = at work miller
        Everything in the mill is white, even the spiders.
        When the wheel turns, the plates dance on the shelf.
        = at work weaver
        The loom clacks from morning to evening, like a very slow horse.
        Half the village walks around in [Given's] cloth.
        = at work fisher
        The biggest fish is always the one that got away, and it grows each time.
        The nets hang over the fence, and the cats sit under it.
        = at work carpenter
        Measure twice, saw once and then look for the pencil: that is the rule.
        It smells of fresh wood all the way down the street.
        = at work blacksmith
        One hears the hammer long before one sees the smoke.
        Horses stand still for [Given], and so do children.
        = at work tailor
        There are pins everywhere, so think before you sit down.
        Many a Sunday suit was made out of an old curtain.
        = at work gardener
        The beans stand in rows like children before a photograph.
        Weeds are pulled out, but {with an apology|not before they have flowered}.
        = at work shepherd
        Every sheep has a name, and some of them even come when called.
        The dog does most of the work and gets most of the sausage.
        = at work teacher
        There is chalk on every sleeve and a frog in the desk.
        Whoever can explain a thing to a goat, says [Given], has understood it.
        = at work doctor
        The medicine tastes awful, and that is how one knows that it works.
        Small patients may choose the colour of the bandage.
        = at work librarian
        It is so quiet that one can hear the pages being turned.
        Late books cost nothing but a long, sad look.
        = at work letter carrier
        Postcards are not read, only looked at very carefully.
        All the dogs along the way have been talked to, and nearly all of them have understood.
        = at work glassblower
        One puff too many, and the vase becomes a lamp.
        Summer and winter, it is the warmest place in the village.
        = at work candle maker
        In winter there is a line at the door, because everyone wants to read in bed.
        The whole house smells of wax and honey.
        = at work bell ringer
        After so many years, one has to speak to [Given] a little louder.
        The rope knows the way by itself, but it likes company.
        = at work lamplighter
        When the lamps go on one after the other, children know that it is bedtime.
        In the fog, people follow the small light and get home.
        = at work thatcher
        From the roofs one sees everything, and [Given] tells about half.
        A good roof lasts forty years, and a good sandwich until ten o'clock.
        = at work cooper
        A barrel is only finished when one can sit in it during a storm.
        Children roll down the hill in the barrels that are not quite round.
        = at work printer
        There is ink on every finger and now and then on an ear.
        Once a poster was printed upside down, and twice as many people came.
        = at work piano tuner
        No door may squeak in that house, unless it squeaks in tune.
        Most people hear music. [Given] hears work.
        = at work cheesemaker
        One finds the cellar with closed eyes.
        The oldest cheese has a chair of its own, out of respect.
        = at work innkeeper
        There is soup until midnight and advice until one.
        Nobody has ever been sent away hungry, not even the goose.
        = at work bookbinder
        Old books go in as a heap of leaves and come out standing straight.
        There is glue in the tea and tea in the glue.
        = at work mapmaker
        Every path on the maps has been walked, also the wrong ones.
        The corner with the dragon is only there because the cat sat on it.
        = at work rope maker
        The longest rope went once around the church and was just short of a bow.
        To make a rope, one walks backwards all day, and [Given] has only twice fallen into the brook.
        = at work chimney sweep
        Touching the brush brings luck, and washing afterwards is a good idea.
        The white cat that goes along on the rounds is not white any more.
        = at work umbrella mender
        When it rains, [Given] smiles.
        There is a heap of umbrellas in the yard that looks like a sleeping bat.
        = pastime
        In the evening we played [@game] until the lamp went out.
        My cousin won at [@game] again, and I think that he cheats.
        The children in the yard play [@game] all day long.
        It is the season for [@game], and everybody practises in secret.
        = game
        three stones
        blind goose
        bucket ball
        the king's nose
        hop the river
        thimble chess
        pass the pear
        barrel bowls
        nine windows
        snail race
        ring the post
        last spoon
        """;
}
