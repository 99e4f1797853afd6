namespace Gestalt.World.Stories;

/// <summary>Tales about courage, patience, presents and friends.</summary>
internal static class PlotsTwo
{
    public const string Text = """
        == dark
        # title
        [Full] and the Dark Cellar
        A Light for [Full]
        Down the Stairs
        # want
        [his] grandmother asked [Full] to fetch [a] [obj] from the cellar. [S] wanted to help, and [he] wanted that [noun]. But [he] was afraid of the dark.
        In the cellar there was a chest, and in the chest lay [a] [obj]. [S] wanted to play with the [noun], but the cellar was as black as ink.
        It was raining, and [Full] needed [his] [obj]. The [noun] was in the cellar, where no lamp was burning.
        # trouble
        [he] opened the door. Something went drip, drip, drip. [S] shut the door again very fast.
        [S] went down one step, then two. Something rustled. Three jumps later [he] was back in the kitchen.
        "I will count to ten," said [Full]. [he] counted to ten, then to twenty, then to one hundred, and still stood at the top.
        # turn
        Then [a] [fkind] called [F] came to visit. "I am afraid of the dark too," said [F]. "But I have a candle. And two who are afraid are only half as afraid."
        "Let us sing," said [a] [fkind] called [F], who was waiting in the hall. "Whoever sings cannot shiver."
        [a] [fkind] named [F] heard about it. "The dark is only the day with its eyes closed," said [F], and took [him] by the hand.
        # solve
        Down they went, step by step. The drip was only a tap, and the rustling was only a mouse with a nut. And there was the [obj]!
        They sang so loudly that even the spiders listened. At the bottom stood the chest, and in it was the [noun], safe and dry.
        [S] held the light up high. There were only jars of plums and, behind them, the [obj]. The dark had moved into the corner, quite small.
        # end
        Since then, [Full] goes down alone, humming. And the [noun] has a place in the kitchen, just in case.
        [S] came up with the [noun] under [his] arm and dust on [his] nose. "It is only a room," [he] said, and was very proud.
        That night [Full] blew out the lamp all by [himself]. The [noun] stood by the bed, and the dark was just the dark.

        == learn
        # title
        [Full] Learns to Play
        The Squeaky [Instrument]
        One Note a Day
        # want
        [S] found an old [instrument] in the attic, next to [a] [obj]. [he] wanted to play the [instrument] at the summer feast.
        When the band came by, [Full] stood still and forgot [his] [obj] on the wall. From then on [he] wanted to play the [instrument].
        [S] had one dream: to play the [instrument] so well that people would throw their hats. [he] even gave away [his] [obj] to get one.
        # trouble
        But the first note sounded like a {sad goose|door in the wind|hungry cow}. The neighbours closed their windows, and then their shutters.
        [S] played all morning. The dog hid under the bed, and the milk turned sour.
        It squeaked and it croaked. "Maybe I am not made for the [instrument]," sighed [Full].
        # turn
        [a] [fkind] called [F] listened for a while. "Do not play fast," said [F]. "Play one note, and love it. Tomorrow, play two."
        "I needed a hundred days," said [a] [fkind] called [F], who knew about music. "Today is your day number one."
        Only [a] [fkind] called [F] did not run away. "Again," said [F] every evening. "It was a little better than yesterday."
        # solve
        So [Full] practised in the barn, every day, one note more. Week after week the [instrument] squeaked less, and the cows came closer.
        Summer came. [S] stood on the stage with shaking knees, looked at [F], and played. It was a small song, but every note was right.
        At the feast it was quiet as snow. Then [Full] lifted the [instrument] and played, and not one window was closed.
        # end
        The people threw their hats, just as in the dream. [S] laughed, and on the way home somebody gave [him] back the [obj]. Now [he] had both.
        Afterwards, [Full] gave [F] the [obj] as a thank you. "One note a day," said [F], and smiled.
        [S] still plays every evening. The old [noun] hangs on the wall beside [him] and seems to listen.

        == rescue
        # title
        [Full] and the Little Bird
        A Guest in the [Noun]
        The Bird Who Stayed for Breakfast
        # want
        After a storm, [Full] found a little bird under a bush. Its wing was hurt. [S] wanted to help it, but [he] had only [a] [obj].
        There was a small cry in the grass. A young bird lay there, cold and wet. [S] wanted to save it and took off [his] hat, but it was too small. Then [he] thought of [his] [obj].
        One cold day, a bird fell right in front of [his] feet. [S] wanted to make it well again. [he] ran home for [his] [obj].
        # trouble
        The bird would not eat. [S] tried bread, then seeds, then cake. It only closed its eyes.
        The first night was hard. The bird shivered, and [Full] did not dare to sleep.
        "It will not live," said the people. [S] bit [his] lip and said nothing.
        # turn
        Then [a] [fkind] called [F] said, "It does not need cake. It needs warmth, water and quiet." So [Full] made a nest of wool.
        [a] [fkind] called [F] knew about birds. "Give it drops of water, one by one," said [F], "and wait. Waiting is the hardest part."
        [S] asked [a] [fkind] called [F] for help. They made a bed of hay and put it near the stove, with the [noun] beside it.
        # solve
        On the third morning, the bird opened one eye and asked for breakfast, rather loudly. A week later it hopped around the kitchen.
        Day by day the bird grew stronger. It sat on the [noun] and sang, first a bit and then a lot.
        Slowly the wing healed. One day the bird flew from the chair to the lamp and from the lamp to the window.
        # end
        [S] opened the window, and the bird flew away. But every spring it comes back, sits on the old [noun] and sings for [Full].
        It was not easy to let it go. But [Full] opened [his] hands, and the bird was free. One small feather lay on the [noun], and [he] kept it for ever.
        [S] cried a little and laughed a little. Then [he] put the [noun] in the garden, in case the bird needed a home.

        == present
        # title
        A Present for Grandmother
        [Full] and the Birthday [Noun]
        The Best Present
        # want
        It was grandmother's birthday, and [Full] wanted to give her something special. [he] chose [a] [obj], the best thing that [he] had.
        "What shall I give to Grandmother?" thought [Full]. [he] wanted it to be [a] [obj], wrapped in paper with stars.
        [S] had made [a] [obj] with [his] own hands. It was for [his] grandmother, and [he] wanted it to arrive in one piece.
        # trouble
        But on the way it began to rain. The paper melted, and the [noun] got wet and muddy.
        The way was long, and there was a stream. [S] slipped on a stone, and splash! The [noun] fell into the water.
        Halfway there, a goat stopped [him]. It ate the paper, the ribbon and a small corner of the [noun].
        # turn
        [S] sat on a stone and cried. [a] [fkind] called [F] came along and dried the [noun] with a soft cloth. "It is still beautiful," said [F].
        "Now it is spoiled," sobbed [Full]. "Spoiled?" said [a] [fkind] called [F]. "It only has a story now." And [F] tied a daisy to it.
        [a] [fkind] called [F] helped [him] up. "Go on," said [F]. "A present is not the paper. A present is the walk."
        # solve
        When [Full] came to the door, [he] held out the [noun] and told everything: the rain, the mud, the tears. Grandmother listened and did not say a word.
        Grandmother opened the door. She looked at the wet shoes, the red nose and the [noun]. Then she took [Full] in her arms.
        "It is not perfect," said [Full], and gave the [noun] to Grandmother. She turned it around and around and laughed with joy.
        # end
        "I have had many presents," said Grandmother, "but none came such a long way." She put the [noun] on the best shelf, and [Full], very happy, got the biggest piece of cake.
        And of all the presents on the table, she loved the [noun] most. [S] could see it in her eyes and was happy.
        The [noun] stands by her window to this day. When it rains, she looks at it and thinks of [Full].

        == noise
        # title
        A Noise in the Night
        [Full] and the Ghost
        Bump, Bump, Bump
        # want
        One night, [Full] woke up. Bump, bump, bump, it went outside. [he] held [his] [obj] tight and wanted the noise to stop.
        [S] wanted to sleep, but something in the house went bump. [he] looked for [his] [obj], and it was not there. [he] needed that [noun]!
        It was midnight. "Bump," said the dark. [S] pulled the blanket up to [his] nose and wished for [his] [obj].
        # trouble
        "A ghost," thought [Full]. [he] hid under the table. Bump, it went, and the spoons trembled.
        [he] lit a candle, but the wind blew it out. Bump, bump. It came closer.
        [S] called, "Who is there?" Nobody answered. Then it went bump again, right behind the door.
        # turn
        [S] woke [a] [fkind] called [F], who slept in the next room. "I am not brave," whispered [F], "but I can hold your hand."
        Then [Full] remembered [his] friend, [a] [fkind] called [F]. Together they crept along the wall, on tiptoe, with one lamp and one broom.
        [a] [fkind] called [F] had heard it too. "Ghosts do not say bump," said [F]. "Ghosts say hoo. Let us look."
        # solve
        They pulled the door open. There stood a small hedgehog with its head stuck in a cup! It walked, bump, against the wall, and the [noun] lay right beside it.
        Outside sat the neighbour's goat. It had the [obj] on one horn and was knocking at the wall, quite politely.
        It was no ghost. It was the shutter, swinging in the wind, and between the shutter and the wall hung the [noun].
        # end
        [S] laughed so much that [he] got the hiccups. [he] took the [noun] back to bed, and the night was quiet.
        "Good night, ghost," said [Full], and everybody had warm milk. With the [noun] in [his] arm, [he] slept until noon.
        Since that night, [Full] always looks first and is afraid later. The [noun] hangs by the door to remind [him].

        == storm
        # title
        [Full] and the Long Way
        Through the Snow
        The [Noun] Must Arrive
        # want
        A letter came: somebody on the far side of the hill needed [a] [obj]. [S] wanted to bring it there before night.
        [S] had promised to carry [a] [obj] over the hill. "A promise is a promise," [he] said, for [he] wanted to keep it.
        On the other side of the forest, a sick child was waiting for [a] [obj]. [S] wanted to bring the [noun] that very day.
        # trouble
        But snow began to fall, thick as feathers. Soon [Full] could not see the path or even [his] own feet.
        Halfway there a storm came up. The wind pulled at the [noun], and [Full] held on to it with both hands.
        The fog came down like a grey blanket. [S] walked in a circle and came to the same tree three times.
        # turn
        Then [he] saw a light. In a hut lived [a] [fkind] called [F], who said, "Come in, warm your hands. I know the way, and I will walk with you."
        "Hello!" called a voice. It was [a] [fkind] called [F], with a lantern. "Nobody should walk alone in such weather," said [F].
        Under a rock sat [a] [fkind] called [F], waiting for better weather. They shared a bun and made a plan.
        # solve
        They went on together, one in front and one behind, and sang to keep warm. At last they saw the lights of a house.
        [F] went ahead and called, and [Full] followed the voice. Just when the bell struck eight, they knocked at the right door.
        When the wind was strong, they held hands. When it was weak, they ran. And before night fell, they were there.
        # end
        The door opened, and the [noun] was there in time, dry and whole. [S] was proud, and had cold feet and a very warm heart.
        "You came in such a storm, only for the [noun]?" asked the people. "I promised," said [Full], and fell asleep by the fire.
        Everybody was happy about the [noun]. And [Full] and [F] stayed for soup, and for breakfast, and have been friends ever since.

        == friend
        # title
        [Full] Finds a Friend
        A New Friend
        The Empty Bench
        # want
        [S] was new in the street and did not know anybody. [he] wanted a friend, but all [he] had was [a] [obj].
        Every day, [Full] sat on the bench with [his] [obj] and watched the others play. [he] wanted to join in, but [he] was too shy to ask.
        [S] had [a] [obj] and nobody to show it to. How [he] wished for a friend!
        # trouble
        "Nobody will like me," thought [Full]. When somebody came near, [he] looked at [his] shoes.
        Once [he] opened [his] mouth to say hello. Only a very small squeak came out, so [he] closed it again.
        [S] practised saying hello to the pump. That went well. But pumps are easier than people.
        # turn
        One day, [a] [fkind] called [F] sat down at the other end of the bench. [F] was just as shy. For a long time, nobody said a word.
        Then [a] [fkind] called [F] fell over, right in front of the bench. [fhis] knee was hurt, and everything in [fhis] bag rolled across the street.
        It began to rain. [a] [fkind] called [F] ran under the same tree and shivered. There was not much room, and that was good.
        # solve
        [S] took all [his] courage and held out the [noun]. "Do you want to see my [noun]?" [he] asked. "Oh yes," said [F].
        "Here," said [Full], and gave [F] the [noun] to hold. "It helps me when I am sad." [F] smiled, and so did the sun.
        The [noun] fell down, and both of them reached for it. Bump went their heads. They looked at each other and began to laugh.
        # end
        After that the bench was never empty. The [noun] went back and forth between [Full] and [F], a week here and a week there.
        "Will you come again tomorrow?" asked [Full]. "Yes," said [F], "and the [noun] must come too." And so it was, for ever and a day.
        Now [Full] says hello to everybody. But the [noun] is only for very good friends.
        """;
}
