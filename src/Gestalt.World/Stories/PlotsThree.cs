namespace Gestalt.World.Stories;

/// <summary>Tales about clever plans that go a little wrong, and small wishes that come true.</summary>
internal static class PlotsThree
{
    public const string Text = """
        == race
        # title
        The Great Race
        [Full] in Last Place
        The Prize
        # want
        In summer there was a race, and the first prize was [a] [obj]. [S] wanted to win that [noun] at any price.
        "Whoever is first gets [a] [obj]," called the mayor. [S] wanted the [noun] so much that [he] practised for weeks.
        [S] had never won anything. This year [he] wanted to win the race, and the prize, [a] [obj].
        # trouble
        The race began, and [Full] was fast. But then [he] heard somebody call for help. It was [a] [fkind] called [F], who had fallen into a ditch.
        [S] was far ahead of everybody. Then [he] saw [a] [fkind] called [F] sitting by the road with a hurt foot.
        Just before the end, [a] [fkind] called [F] fell right in front of [him] and could not get up.
        # turn
        [S] looked at the finish. [he] could already see the [noun]. Then [he] looked at [F], and [he] stopped.
        "Go on," said [F]. "You will lose." [S] shook [his] head. "Then I will lose," [he] said.
        For a moment [he] did not know what to do. The others ran past. But [Full] knelt down and held out [his] hand.
        # solve
        Together they walked to the finish, slowly, step by step. They were the very last, and everybody clapped.
        [S] carried [F] all the way. They came in last, when the flags were already down and the soup was nearly gone.
        They were so late that the mayor had gone home and had to be fetched back. But how the people cheered!
        # end
        The winner looked at the [noun] and then at [Full]. "This should be yours," the winner said. And so the last one got the first prize.
        [S] did not win the [noun]. But [F] made one out of wood, with both names on it, and [he] would never change it for the real one.
        "There is only one prize," said the mayor, "and I know who should have it." And the [noun] was put into the hands of [Full].

        == build
        # title
        [Full] Builds a House
        A House for the [Noun]
        Crooked but Good
        # want
        [S] wanted to build a little house in the garden, with a shelf for [his] [obj].
        One morning, [Full] had a plan. [he] wanted a house of [his] own, just big enough for [himself] and [his] [obj].
        [his] [obj] was always in the way. "I want to build a small house for me and my [noun]," said [Full].
        # trouble
        The first house was made of straw, and the goat ate it. The second was made of sticks, and it fell down when [Full] sneezed.
        [S] hammered and sawed. But the roof was where the door should be, and the door was too small even for a cat.
        It stood for one hour. Then there was a crack, and [Full] sat in the middle of the boards, with the [noun] on [his] head.
        # turn
        [a] [fkind] called [F] had watched everything. "May I say something?" asked [F]. "First you need four good stones."
        "Stop," said [a] [fkind] called [F]. "Begin at the bottom. Nobody starts a house with the chimney."
        [S] wanted to give up. But [a] [fkind] called [F] said, "My first house fell down twice. The third one still stands."
        # solve
        So they laid four stones, one in each corner, and built up from there. It took three days and a great many buns.
        They measured twice and sawed once. Slowly the walls grew, and in the evening there was a roof over them.
        [S] held the boards, and [F] held the nails, and now and then it was the other way round. At last the house stood.
        # end
        It was a bit crooked, but when the wind came, it did not even shake. [S] put the [noun] on its shelf, was very proud, and made tea for two.
        "It leans to the left," said [F]. "So do I," said [Full]. And from that day on, the [noun] had the best room of all.
        When it rained, [Full] and [F] sat happily inside with the [noun] and listened to the drops. Not one of them came in.

        == moon
        # title
        [Full] and the Moon
        The Moon in the Bucket
        Catching the Moon
        # want
        [S] looked at the moon and thought, "I want to have it." [he] took [his] [obj] and went out to catch it.
        The moon was so round and bright that [Full] wanted to take it home. [he] packed [his] [obj] and climbed the hill.
        "If I had the moon," thought [Full], "it would never be dark." [he] wanted it, and [he] took [a] [obj] along to trade for it.
        # trouble
        But whenever [he] came to the top of a hill, the moon had moved to the next one. [S] ran until [he] was out of breath.
        [S] stretched out [his] arms. [he] climbed on a stone, on a wall, and on a very patient cow. The moon was still too far away.
        [he] called the moon by all kinds of names. It did not come. It only smiled and went behind a cloud.
        # turn
        At the pond sat [a] [fkind] called [F]. "Look down instead of up," said [F]. There was the moon, swimming in the water!
        "What are you doing?" asked [a] [fkind] called [F]. [S] told everything. [F] did not laugh. [F] only fetched a bucket of water.
        Tired and sad, [Full] met [a] [fkind] named [F]. "Everybody wants the moon," said [F]. "I will show you how I keep it."
        # solve
        [F] filled a bucket and set it down. And there in the bucket, small and golden, was the moon. [S] held [his] breath.
        [S] bent over the water, and the moon looked back at [him], so close that [he] could touch it. It trembled a little, and so did [he].
        They put a bowl of water on the window sill. Soon the moon climbed in, as if it had always lived there.
        # end
        [S] gave [F] the [noun] as a thank you. And every clear night, [he] puts a bucket by the door and wishes the moon good night.
        In the morning the moon was gone, but [Full] was not sad. [he] laid the [noun] beside the bucket and waited happily for the evening.
        "It belongs to everybody," said [Full], and took only the [noun] home. The moon came along, all the way, right above [him].

        == trick
        # title
        [Full] and the Hungry [Beast]
        The Clever [Noun]
        How [Full] Fooled the [Beast]
        # want
        [S] was on the way home with [a] [obj] and a warm pie. [he] wanted to eat the pie with [his] family. But a hungry [beast] stood in the way.
        A big [beast] had moved into the forest, and nobody dared to fetch wood. [S] wanted to change that. [he] took only [his] [obj].
        [S] wanted to cross the old bridge with [his] [obj]. But under the bridge lived a hungry [beast], and it was always supper time.
        # trouble
        "I will eat you," the [beast] said, "and your [noun] too." Its teeth were long and not very clean.
        It showed its teeth. "What have we here? A snack," growled the [beast]. [his] knees began to shake.
        "Stop there," said the [beast]. "Nobody comes past me without being eaten. That is the rule."
        # turn
        [S] thought fast. "You may eat me," [he] said, "but first you must hear what my [noun] can do."
        "Of course," said [Full] very politely. "But I taste awful without salt. Hold my [noun], and I will fetch some."
        [S] was small but clever. "Behind me comes a giant," [he] said, "and this [noun] is only its smallest toy."
        # solve
        [he] held up the [noun] and made the strangest noise in the world. The [beast] jumped, fell over its own tail and ran until it was out of sight.
        The [beast] thought about that for a long time, because thinking was not its strong side. When it had finished thinking, [Full] was already home.
        Just then there was thunder. "That is the giant now," said [Full]. The [beast] turned pale under its fur, and it has not been seen since.
        # end
        From then on the way was free. The [noun] hangs over the door of [Full], and small children come from far away to see it.
        That evening, [Full] ate the biggest supper of [his] life. The [noun] got a place at the table, because it had earned it.
        "Were you not afraid?" people asked. "Very much," said [Full], and laughed. "But my [noun] did not know that."

        == slow
        # title
        [Full] Waits
        The Seed
        Not Yet
        # want
        A traveller gave [Full] a seed in exchange for [a] [obj]. "It will be worth the wait," the traveller said. [Full] wanted to see a flower at once.
        [S] swapped [his] [obj] for a seed, because [he] wanted to have the most beautiful flower in the street.
        "Give me your [noun], and I will give you a seed," said an old woman. [S] wanted the flower so much that [he] gave away [his] [obj].
        # trouble
        [he] planted it and sat down in front of it. Nothing happened. [S] waited an hour, and nothing went on happening.
        Every morning [he] ran to the pot. There was earth, and more earth. "I want my [noun] back," grumbled [Full].
        [S] dug the seed up to look at it. It was still a seed. [he] put it back and was cross.
        # turn
        [a] [fkind] called [F] looked into the pot. "It is working," said [F]. "You just cannot see it from up here."
        "How long does it take?" asked [Full]. "As long as it takes," said [a] [fkind] called [F]. "Let us do something nice in the meantime."
        Then [a] [fkind] named [F] came with a watering can. "A seed likes three things," said [F]. "Water, sun, and being left alone."
        # solve
        So [Full] watered the pot and played and slept and almost forgot it. And one morning, there was something green, no bigger than a nail.
        Days went by, then weeks. [S] learned to whistle while [he] waited. Then the earth cracked, and a leaf looked out.
        It rained, and it shone, and it rained again. When [Full] was not looking, the plant grew as tall as a broom, with a bud on top.
        # end
        The flower was red and gold, and bees came from far away. In the same week the old [noun] came back as well: the traveller had only borrowed it. [S] was twice as happy.
        When the bud opened, it was more beautiful than any [noun]. "It was worth the wait," said [Full] happily, and gave [F] the first seed.
        [S] did not miss the [noun] any more. Now [he] has a whole garden, and whenever somebody asks [him] how it is done, [he] says, "Slowly."
        """;
}
