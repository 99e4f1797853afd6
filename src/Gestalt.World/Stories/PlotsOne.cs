namespace Gestalt.World.Stories;

/// <summary>Tales about something lost, wanted, stuck or broken.</summary>
internal static class PlotsOne
{
    public const string Text = """
        == lost
        # title
        [Full] and the Lost [Noun]
        The Lost [Noun]
        Where Is the [Noun]?
        # want
        [S] had [a] [obj] and took it everywhere. One morning, the [noun] was gone. [S] wanted it back more than anything.
        More than anything, [Full] loved [his] [obj]. But on [@day] [he] could not find it. "I need my [noun]!" cried [Full].
        [S] owned just one treasure, [a] [obj]. One windy day, [he] lost it, and oh, how [he] wanted to find the [noun] again!
        # trouble
        [S] looked under the bed, behind the stove and in the flour bin. There was only dust, and a very surprised mouse.
        First [he] searched {the garden|the yard}, then {the shed|the hen house}. [he] found {a rusty nail|two eggs and a spoon}, but no [noun].
        [S] asked the hens, the cat and the milkman. Nobody had seen the [noun].
        # turn
        Then [a] [fkind] called [F] came by. "Let us think," said [F]. "Where were you when you last had it?"
        On the step sat [a] [fkind] called [F]. "I can help you look," said [F], "for four eyes see more than two."
        Just then [a] [fkind] called [F] looked over the fence. "Why are you so sad?" asked [F], and [Full] told the whole story.
        # solve
        They walked back {to the river|to the old bridge|to the big tree}, step by step. And there, {in the tall grass|between two stones|under a leaf}, lay the [obj]!
        [S] thought hard. "I was {by the well|on the hill|at the mill}," [he] said. They ran there together, and the [noun] was {hanging on a branch|lying in the sun|waiting on a stone}.
        [F] had a good nose for lost things. [fhe] walked {twice|three times} around {the pump|the barn} and stopped. There was the [noun], {wet|dusty} but whole.
        # end
        [S] hugged the [noun], and then [he] hugged [F]. From that day on, [he] looked after [his] [noun] very well.
        [S] laughed so loudly that the hens woke up. That evening, the [noun] lay next to [his] pillow, and it was never lost again.
        "Thank you," said [Full], and gave [F] half of a bun. Then [he] carried the [noun] home and tied a string to it, just to be safe.

        == buy
        # title
        [Full] and the [Noun]
        The [Noun] in the Window
        Three Coins for [a] [Noun]
        # want
        In a shop window, [Full] saw [a] [obj]. It was so beautiful that [he] could not sleep. [S] wanted that [noun] very much.
        Every day, [Full] stopped at the little shop and looked at [a] [obj]. "One day I want to have that [noun]," [he] whispered.
        At the market there was [a] [obj] for sale, and [Full] wished for it with all [his] heart.
        # trouble
        But the [noun] cost {three|four|five} crowns, and [Full] had only one button and a nut.
        [S] counted [his] money. There was one penny, and it had a hole in it. That was not enough for the [noun].
        "How much is it?" asked [Full]. It cost far more than [he] had, so [he] went away with [his] head down.
        # turn
        So [Full] looked for work. [he] {carried water|picked apples|swept the yard} for [a] [fkind] called [F], day after day.
        Then [he] had an idea. [S] {washed bottles|fed geese|stacked wood} for [a] [fkind] called [F], who paid one coin a day.
        [a] [fkind] called [F] needed help with the {hay|potatoes|plums}. [S] worked until [his] arms hurt, and saved every coin.
        # solve
        After {a week|many days}, [Full] ran to the shop with the coins in [his] hand. But the window was empty! [F] had {bought the [noun] for [him] as a thank you|told the shopkeeper to keep the [noun] safe under the counter}.
        At last [he] had enough. [S] put the coins on the counter one by one, and the [obj] was [his].
        When the last coin was earned, [F] said, "You have worked well," and went to the shop with [Full]. They came out with the [obj].
        # end
        [S] was very proud, for [he] had earned the [noun] all by [himself]. It always hung over [his] bed.
        That night [Full] could not sleep again, but this time it was from joy. The [noun] lay in [his] arms until morning.
        [S] showed the [noun] to everybody in the street. "I worked for it," [he] said, and that made it shine even more.

        == stuck
        # title
        The [Noun] in the Tree
        [Full] and the Very Tall Tree
        Up in the Tree
        # want
        [S] was playing with [a] [obj] when the wind took it and hung it in the top of [a] [@tree]. [S] wanted it down again.
        It was a windy day. Whoosh! The wind took the [obj] out of [his] hands and put it in [a] [@tree]. "I want my [noun] back!" shouted [Full].
        One afternoon, [Full] threw [his] [obj] too high, and it got stuck in [a] [@tree]. How [he] wished for longer arms!
        # trouble
        [S] jumped, but [he] was too small. [he] threw a stick, and now the stick was stuck as well.
        [he] tried to climb, but the trunk was too smooth, and down [he] slid. The [noun] only waved in the wind.
        [S] shook the tree. {Three apples|A nest of leaves|An angry squirrel} came down, but not the [noun].
        # turn
        Along came [a] [fkind] called [F]. "Alone we are small," said [F], "but one on top of the other we are tall."
        Then [a] [fkind] called [F] stopped to watch. "Do not shout at the tree," said [F]. "Let us fetch {a ladder|a long pole|a rope}."
        [S] sat down and was sad. [a] [fkind] called [F] sat down beside [him]. "I know a trick," said [F].
        # solve
        So they tried it together. {It wobbled and creaked|They nearly fell|A bird laughed at them}, but at last the [noun] came down, leaf by leaf.
        [F] held tight and [Full] reached up, up, up. One more inch, and [he] had the [noun] in [his] hand!
        They waited until the wind blew again and pulled at the branch. Plop! The [noun] fell right on [his] head.
        # end
        [S] and [F] laughed until their sides hurt. After that they always played with the [noun] together, and far away from trees.
        "Thank you, [F]," said [Full]. The [noun] had a small tear, but [he] liked it even better that way.
        From then on, [Full] looked at the wind first and threw the [noun] second.

        == broken
        # title
        The Broken [Noun]
        [Full] Tells the Truth
        The Neighbour's [Noun]
        # want
        The neighbour had [a] [obj] that nobody was allowed to touch. [S] wanted to hold it just once.
        On a shelf at the neighbour's house stood [a] [obj]. [S] wanted to play with that [noun], only for a minute.
        [S] was asked to watch the neighbour's house. There, on the table, lay [a] [obj], and [he] wanted so much to try it.
        # trouble
        [he] picked up the [noun], and it slipped. Crack! Now it was broken in two.
        [S] took it in both hands. Then a dog barked, [he] jumped, and the [noun] fell to the floor and broke.
        It went well for a moment. Then there was a loud crack, and a piece of the [noun] lay on the floor.
        # turn
        [S] hid the pieces under the rug and ran home. But [his] stomach hurt, and supper tasted of nothing at all.
        "Nobody will ever know," thought [Full]. But the thought did not let [him] sleep. All night [he] saw the [noun] in the dark.
        At first [Full] wanted to blame the cat. The cat looked at [him] with big eyes, and [he] felt ashamed.
        # solve
        In the morning, [he] knocked at the neighbour's door. "I broke your [noun]," [he] said very softly. "I am sorry. I want to mend it."
        The next day, [Full] took a deep breath and told the truth. It was quiet for a while. Then the neighbour said, "That was brave of you. Come, we will mend it with glue."
        [S] went back with glue, string and a red face. "It was me," [he] said. The neighbour only smiled and fetched two chairs, and they mended it together.
        # end
        You can still see the crack in the [noun]. But [Full] sleeps well again, and that is worth more than a new one.
        Now the [noun] has a thin line down the middle, and [Full] always tells the truth at once.
        Afterwards there was cake. And [Full] was allowed to hold the [noun] in both hands, sitting down.

        == share
        # title
        One [Noun] for Two
        [Full] Learns to Share
        Mine!
        # want
        On the way home, [Full] found [a] [obj]. "It is mine," [he] said. "I want to keep this [noun] for ever."
        [S] got [a] [obj] for [his] birthday and wanted to play with the [noun] all alone.
        There was only one [obj] in the whole playground, and [Full] wanted it all day long.
        # trouble
        Then [a] [fkind] called [F] came and wanted the [noun] too. [S] pulled on one side, and [F] pulled on the other.
        [a] [fkind] called [F] asked, "May I have a turn?" But [Full] shook [his] head and held the [noun] behind [his] back.
        "Let me play with you," said [a] [fkind] called [F]. "No," said [Full], and sat on the [noun] like a hen.
        # turn
        Soon [he] noticed something. Playing alone was {dull|not much fun|very quiet}. Nobody laughed, and the [noun] just lay there.
        [F] went away and sat under a tree. [S] looked over. [his] heart felt heavy, like a bag of stones.
        It began to rain, and [Full] had no roof. But [F] had a big umbrella. "Come under it," said [F]. "There is room for two."
        # solve
        [S] stood up and held out the [noun]. "You go first," [he] said. [F] smiled from ear to ear.
        "I am sorry," said [Full]. "Let us take turns. You until the bell rings, and then me."
        So [Full] gave the [noun] to [F], and [F] showed [him] a new game that only works with two.
        # end
        They played until the stars came out. "The [noun] is ours," said [Full], and it felt much better than mine.
        The [noun] was the same as before, but now it was twice as much fun. [S] never sat on it again.
        And whenever somebody asks whose [noun] it is, [Full] and [F] answer at the same time: "Ours!"

        == pull
        # title
        The Biggest [Veg] in the Garden
        [Full] and the Giant [Veg]
        Pull!
        # want
        In spring, [Full] planted a seed with [a] [obj] beside it to mark the place. [S] wanted to grow the biggest [veg] in the world and eat it with butter.
        [S] had a small garden and one great wish. [he] wanted [a] [veg] so big that [he] could keep [his] [obj] inside it.
        "This year I want to win the prize with my [veg]," said [Full]. The prize was [a] [obj], and [he] dreamed of that [noun] at night.
        # trouble
        The [veg] grew and grew. But when it was time, it would not come out of the ground. [S] pulled until [his] face was red.
        It grew as big as a barrel. [S] pulled, but the [veg] only made a small, rude noise and stayed where it was.
        Soon it was bigger than a cow. But how do you get such a thing out of the ground? [S] pulled and fell on [his] back.
        # turn
        [S] called [a] [fkind] named [F]. They pulled together. The [veg] moved a little, like a sleeper who wants five more minutes.
        "May I help?" asked [a] [fkind] called [F], and held on from behind. They pulled, and pulled, and stopped for a bun.
        A tiny voice said, "Let me try." It was [a] [fkind] called [F]. [S] nearly laughed, but help is help.
        # solve
        Then the cat came, and the hen, and even the mayor in a tall hat. One, two, three, and plop! Out came the [veg], and all of them sat in the mud.
        "All at once!" cried [F]. "Now!" There was a noise like a cork, and the giant [veg] rolled down the garden path.
        They put a rope around it and counted to three. With a great plop, the [veg] was out, and there was a hole as deep as a well.
        # end
        There was [veg] soup for the whole street. [S] stirred it and was very proud, with the [noun] on the table beside [him].
        Everyone got a piece, and [F] got the best one. [S] wrote the size of the [veg] on the wall and hung the [noun] under it.
        That evening [Full] fell asleep with [his] spoon in [his] hand and the [noun] by [his] side. The [veg] had been big, but the help had been bigger.
        """;
}
