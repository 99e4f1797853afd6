namespace Gestalt.World.Stories;

/// <summary>More ways to tell the tales of the other files: each section here adds to the section of the same name there.</summary>
internal static class PlotsMore
{
    public const string Text = """
        == lost
        # want
        The [obj] was the finest thing that [Full] owned. But one evening the hook by the door was empty. [S] wanted the [noun] back, and at once.
        On the way home from the market, [Full] reached into [his] bag. The [obj] was not there! [he] wanted to cry, but first [he] wanted to find the [noun].
        # trouble
        [he] turned every pillow and shook every boot. Out came three marbles and a sock, but not the [noun].
        [S] went back along the whole lane with [his] nose close to the ground. [he] found a penny, a worm and a feather. The [noun] was not among them.
        # turn
        A voice behind [him] said, "Did you look where you least want to look?" It was [a] [fkind] called [F].
        In the evening, [a] [fkind] called [F] knocked at the window. "I have a lamp," said [F], "and you have good eyes. That should be enough."
        # solve
        They asked everybody in the street, one door after the other. At the very last door, a baby was sitting on the floor and chewing on the [noun].
        [F] climbed {on a barrel|on a cart|on the roof of the shed} and looked around. "There!" called [F]. A magpie had carried the [noun] to its nest, and it gave the [noun] back for a {shiny spoon|piece of cake}.
        # end
        That evening there was a small feast. The [noun] got a chair of its own, and [F] sat between the [noun] and [Full].
        [S] tied a bell to the [noun]. Now [he] always hears where it is, and so does everybody else.

        == buy
        # want
        A pedlar came to the village with a cart full of things. Right on top lay [a] [obj]. [S] wanted it from the first moment.
        [S] saw [a] [obj] at the fair, between the pots and the pans. [he] walked away, came back, walked away and came back. How [he] wanted that [noun]!
        # trouble
        [he] turned out [his] pockets. There were a string, a plum stone and a very small coin. The pedlar only shook a very long beard.
        [S] asked for the price and had to sit down. For that much money one could buy a cow, or at least the front half.
        # turn
        On the notice board it said that [a] [fkind] called [F] was looking for help. The next morning at six, [Full] stood at the gate.
        "I can pay you one coin a day," said [a] [fkind] called [F], "if you help me to paint the fence." It was a very long fence.
        # solve
        Every evening the jar was a little fuller. When it was full, [Full] carried it to the market with both arms, and came back with the [noun].
        On the last day, [F] counted the coins twice and put one more on top. "That one is for whistling while you work," said [F]. Now it was enough for the [noun].
        # end
        [S] has had many things since then. But none of them is as dear to [him] as the [noun].
        And when somebody asks what the [noun] cost, [Full] says proudly, "Nine days, two blisters and a song."

        == stuck
        # want
        [S] wanted to see how high the [obj] could fly. It flew very high indeed, and it landed in the top of [a] [@tree].
        A crow took the [obj] and dropped it in the top of [a] [@tree]. "That is my [noun]," called [Full]. "I want it back, please!"
        # trouble
        First [he] asked the tree politely. Then [he] asked it less politely. The [noun] stayed where it was.
        [S] piled up a box, a bucket and a chair. It was a good tower, until [he] stood on it.
        # turn
        "You need somebody who can climb," said [a] [fkind] called [F], "and somebody who can catch. I am the one who can climb."
        [a] [fkind] called [F] had been watching for a while. "Try it with patience," said [F], "and if that fails, with a broom."
        # solve
        Up went [F], from branch to branch. Then something came down through the leaves, and [Full] caught the [noun] with both hands.
        [F] pushed from below with the broom, and [Full] held up [his] coat like a net. Once, twice, and the [noun] fell into the middle of it.
        # end
        [Full] and [F] sat down under the tree and shared an apple. The [noun] lay between them, and it was never thrown so high again.
        [S] thanked the tree for letting go, to be on the safe side. Then [he] carried the [noun] home and laughed all the way.

        == broken
        # want
        "Do not touch the [obj]," said the neighbour, and went out. From then on there was only one thing that [Full] wanted to touch.
        The [obj] on the neighbour's table was so fine that [Full] wanted to know how heavy it was. Just for one moment.
        # trouble
        [he] held it up to the light. [his] fingers were wet, and the [noun] was smooth. Then there were two pieces of it, and a great silence.
        [S] only wanted to turn the [noun] around. It rolled, it fell, and it broke on the stone floor.
        # turn
        [S] pushed the pieces behind the stove. But wherever [he] went that day, the stove seemed to look at [him].
        [he] told the dog what had happened. The dog listened and laid its head on [his] foot. It did not help for long.
        # solve
        That same evening, [Full] put [his] own best toy in a bag and went next door. "I broke the [noun]," [he] said. "You may have this instead." The neighbour looked at the bag, and then pulled up a chair for [him].
        "I have something to say," said [Full], and then [he] said it all in one breath. The neighbour nodded. "I once broke one too," said the neighbour. "Get the glue."
        # end
        The [noun] holds water no more, but it holds a flower. And [Full] is always welcome in that house.
        [S] went home with a light heart. The [noun] was never quite round again, but nobody minded.

        == share
        # want
        Under the big tree lay [a] [obj] that belonged to nobody. "Then it belongs to me," said [Full], who wanted it for [himself] alone.
        [S] had saved the [obj] for the whole week. Today [he] wanted to play with the [noun] until dark, without any helpers.
        # trouble
        "That looks like fun," said [a] [fkind] called [F]. [S] turned around, so that only [his] back could be seen.
        Then [a] [fkind] called [F] sat down next to [him] and looked at the [noun] with round eyes. [S] moved a little to the left, and then a little more.
        # turn
        After a while, [Full] wanted to show somebody what the [noun] could do. But there was nobody there to see it.
        Then the [noun] rolled down the hill and into a hole. [his] arm was too short. "Mine is longer," said [F] quietly.
        # solve
        "You have it now, and I have it after supper," said [Full]. [F] thought about that. "And in between we have it together," said [F].
        [S] broke [his] bun in two and held out the bigger half. Then [he] held out the [noun] as well.
        # end
        Since then the [noun] lives one week with [Full] and one week with [F], and it looks very happy.
        In the evening, [Full] could not remember why [he] had wanted the [noun] for [himself]. It is so much better with two.

        == dark
        # want
        Before supper, [Full] wanted to fetch [his] [obj]. But the [noun] was down in the cellar, and the cellar had no window.
        The [obj] had fallen down the cellar stairs. [S] heard it roll, and then [he] heard nothing. [he] wanted it back, only not so much that [he] went.
        # trouble
        [he] put one foot on the first step. The step said "Eek." [S] said "Eek" as well, and ran.
        The dark was so thick that one could have cut it with a knife. [S] looked for a knife and found many other things to do.
        # turn
        "I will come with you," said [a] [fkind] called [F]. "Not because I am brave, but because I am curious."
        [a] [fkind] called [F] looked down the stairs too. "The dark is afraid of us," said [F]. "Listen how quiet it is."
        # solve
        With every step the dark moved back a little. At the bottom there was a sack of potatoes, an old chair and the [noun]. Nothing else.
        They counted the steps aloud. There were only nine. And on the ninth lay the [obj], as if it had been waiting.
        # end
        [S] drew a small moon on the cellar door. Since then [he] has never been afraid, and the [noun] hangs right beside it.
        "Nine steps," said [Full] proudly. "It is only nine steps." [he] took the [noun] to bed and slept very well.

        == present
        # want
        [his] grandmother was ill, and [Full] wanted to make her smile. [he] took [his] [obj] down from the shelf and set out.
        For weeks, [Full] had kept a secret. It was [a] [obj] for [his] grandmother, and [he] wanted to see her face when she opened the box.
        # trouble
        The wind took the hat from [his] head, and when [he] ran after it, the [noun] fell into the mud.
        At the bridge a goose barred the way. It took the bow from the [noun] and did not give it back.
        # turn
        "What a long face," said [a] [fkind] called [F]. "Wash the [noun] in the stream, and then we will pick some flowers to go with it."
        [S] wanted to turn back. But [a] [fkind] called [F] said, "She is not waiting for the [noun]. She is waiting for you."
        # solve
        Late, wet and without a hat, [Full] stood at her door. "This is for you," [he] said, and held out the [noun] with both hands.
        Grandmother put on her glasses. She looked at the [noun] for a long time, and then she had to wipe her glasses.
        # end
        She laughed for the first time in weeks. The [noun] stands next to her bed now, and [Full] comes every Sunday.
        "It is just what I wanted," said Grandmother, and it was true. She never let the [noun] out of her sight, nor [Full] either, until the cake was eaten.

        == friend
        # want
        In the new house there was a window, and behind the window sat [Full] with [a] [obj]. [he] wanted somebody to play with.
        All the others had somebody to walk to school with. [S] had only [his] [obj], and [he] wanted a friend who could talk.
        # trouble
        "Tomorrow I will ask somebody," said [Full]. But tomorrow always became today, and then [he] did not dare.
        [he] wrote a letter that said "Do you want to be my friend?" But [he] did not know where to send it.
        # turn
        Then something flew over the fence. It was a ball, and after it came [a] [fkind] called [F]. "Sorry," said [F], "I cannot throw."
        One morning, [a] [fkind] called [F] was sitting on the step, all alone, and looked as if [fhe] had been practising hello as well.
        # solve
        "I cannot throw either," said [Full]. "But I have [a] [noun]." That was the beginning.
        [S] did not know what to say, so [he] just put the [noun] in the middle. [F] put an apple beside it. Then they both smiled.
        # end
        [Full] and [F] have never stopped talking since then. Only the [noun] says nothing, but it is always there.
        That night, [Full] wrote in [his] diary: "Today I was given a friend. I only had to lend the [noun]."

        == storm
        # want
        The bell ringer was ill, and somebody had to bring [a] [obj] to the next village. "I want to do it," said [Full], and put on [his] boots.
        [S] wanted to be the one who brings good news. So [he] took the [obj] that had been ordered and set out for the far side of the hill.
        # trouble
        First came the rain, then the hail, and then the dark. [S] put the [noun] under [his] coat and walked faster.
        The bridge was gone. On this side of the water stood [Full] with the [noun], and on the other side was the road.
        # turn
        "There is another way," said [a] [fkind] called [F], who was looking out of a hollow tree. "It is longer, but it is dry."
        [S] called for help, and somebody answered. It was [a] [fkind] called [F], with a rope and a thermos of cocoa.
        # solve
        They took turns with the carrying. When one was tired, the other sang, and so they crossed the hill.
        Step by step they felt their way. Then a dog barked, a door opened, and warm light fell on the snow.
        # end
        The people clapped when they saw the [noun], and [Full] was proud from [his] hat to [his] wet socks.
        [S] got dry clothes and three bowls of soup. On the way back the sun shone, and [he] was happy, even without the [noun].

        == noise
        # want
        In the middle of the night something scratched at the wall. [S] wanted to be brave, and [he] wanted [his] [obj] beside [him].
        [S] had put [his] [obj] on the chair, as always. But when something went tap, tap, the chair was empty. [he] wanted the [noun], and [he] wanted it to be morning.
        # trouble
        [he] counted to ten, and at nine it tapped again. [he] pulled the blanket over [his] head, but blankets have ears.
        "If you are a ghost, please go to the neighbours," whispered [Full]. Tap, tap, tap, was the answer.
        # turn
        Then a light came along the hall. It was [a] [fkind] called [F], who could not sleep either. "Two of us and one of it," said [F]. "That is fair."
        "I hear it as well," said [a] [fkind] called [F] from the window. "Shall we be afraid, or shall we look?" They looked.
        # solve
        Behind the curtain sat a mouse. It was trying to pull the [noun] through a hole that was much too small.
        Under the stairs they found a very young owl. It had taken the [noun] for a nest, and it was knocking because it wanted breakfast.
        # end
        [Full] gave the small guest something to eat. In return [he] got the [noun] back, and everybody slept until noon.
        "So that is what a ghost looks like," said [Full], and laughed. [he] took the [noun] under the blanket, and it was never so quiet again.

        == trick
        # want
        [S] wanted to bring [a] [obj] to the mill on the other side of the forest. In the forest lived a hungry [beast], and everybody knew it.
        One foggy day, [Full] wanted to go home by the short way, with [his] [obj] under [his] arm. On the short way sat a big, hungry [beast].
        # trouble
        "At last," said the [beast], and tied a napkin around its neck. "What is for supper today? Ah, it is you."
        The [beast] did not even say good day. It only opened its mouth, and that was bad enough.
        # turn
        "With pleasure," said [Full]. "But first you must guess what is inside my [noun]. Whoever guesses wrong has to run once around the hill."
        "Do you not see what I have here?" asked [Full], and held the [noun] up high. "It eats a [beast] every day before breakfast."
        # solve
        The [beast] guessed wrong and ran once around the hill, and then again, because it guessed wrong again. In the end it was too tired to chew.
        The [beast] looked at the [noun]. The [noun] looked back. Then the [beast] remembered that it had something important to do, far away.
        # end
        [S] whistled all the way home. Since then, nobody leaves the house without [a] [noun].
        That evening, [Full] told the story in every house, and each time the [beast] grew bigger. Only the [noun] was always the same.

        == build
        # want
        In the rain, [Full] had an idea. [he] wanted to build a house with [his] own hands, dry enough for [him] and for [his] [obj].
        "[a] [noun] without a house is a sad thing," said [Full], looked at [his] [obj], and went to fetch the hammer. [he] wanted to build one.
        # trouble
        The walls were higher on the left than on the right, and the wind came in and asked to stay for supper.
        When it was finished, [Full] went in. When [he] wanted to come out, there was no door.
        # turn
        "I like your house," said [a] [fkind] called [F]. "It is very brave. May I bring my ruler?"
        [a] [fkind] called [F] picked up a board and turned it around. "This way," said [F], and suddenly it fitted.
        # solve
        [F] measured, and [Full] sawed, and in the evening they both had splinters and a house with a real door.
        They built it up again from the beginning. This time every board had a friend to lean on, just like the builders.
        # end
        [S] hung the [noun] over the door. The house is still there, and by now a family of mice lives under the floor.
        They called it the house of the [noun], and [Full] and [F] were happy in it all summer.
        """;
}
