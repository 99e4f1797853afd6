namespace Gestalt.World.Grammar;

/// <summary>The weather, and what happens on a day when nothing happens.</summary>
internal static partial class Lexicon
{
    private const string Weathers = """
        = weather
        The sun is shining, and the washing dries in an hour.
        It has been raining since breakfast, and even the ducks look annoyed.
        A light wind comes down from the hills and turns every hat into a kite.
        Thick fog lies over the meadows, and the cows have been bumping into each other.
        It is so cold that the milk has a skin of ice.
        It is warm, and all the doors stand open.
        Dark clouds hang over the mountain, but so far they keep it to themselves.
        There was frost in the night, and the whole street glitters.
        A soft rain is falling, good for beans and bad for hair.
        Snow lies on all the roofs, and it is very quiet.
        = forecast
        {Morning|In the morning}: {fog, later sun|light rain|clear and cold|cloudy, with one blue patch}.
        {Noon|At noon}: {sunny|windy, hold on to your hat|a short shower|warm enough for a bench}.
        {Evening|In the evening}: {clouds from the west|a red sky|drizzle|stars, if you are lucky}.
        {Night|At night}: {frost on the high meadows|mild and damp|a little snow above the tree line|wind around the chimneys}.
        = weather_advice
        Take the washing in before {four|five} o'clock.
        Beans may be planted, but talk to them kindly.
        Farmers should {cover the young plants|bring in the hay|wait until Thursday}.
        It is a good day for {kites|soup|mending socks|a long walk}.
        Old knees in the valley have been predicting {snow|rain|a change} since Tuesday.
        The frogs are loud, which means {rain|nothing at all, as usual|that they are happy}.
        """;

    private const string Humour = """
        = incident
        A {goat|goose|pig|donkey} {walked into|got stuck in|refused to leave} the {town hall|post office|school} on [@day] morning and {ate two letters and a hat|fell asleep under a table|had to be led out with a carrot}.
        {A large|A very large|An enormous} {pumpkin|cabbage|turnip} was found {in front of the church|on the bridge|in a baby carriage} on [@day], with {a note that said "Please take me"|a small hat on|no owner in sight}.
        The church clock {struck thirteen|ran backwards|stopped} on [@day], and {many people went to bed early|nobody noticed until lunch|the school began an hour late, to general joy}.
        {A cart full of|A wagon with} {eggs|apples|cheese|feathers} {tipped over|rolled down the hill} on [@day], and {half the street helped to pick things up|there was cake for three days|the dogs were delighted}.
        The {band|choir} practised {in the open|on the bridge} on [@day], and {three windows were opened and two were closed|the frogs joined in|a cow came to listen}.
        {Somebody|An unknown person} has {knitted a scarf for the statue|painted the pump blue|put a hat on the weathercock}, and {nobody wants it to be taken down|the mayor likes it|the council will talk about it in spring}.
        A lost {mitten|umbrella|wooden leg|boot} was handed in at the post office on [@day]. {The owner may call for it with the other one|It is left-handed|It is still waiting}.
        The new {bench|lamp|signpost} {by the river|at the market|on the hill} was opened on [@day]. {The first person to sit on it was a cat|Speeches were short, because of the rain|There was lemonade}.
        The {ferry|coach} was {an hour|two hours} late on [@day], because {the driver had stopped to help a hedgehog|of a sheep with strong opinions|everyone on board was singing}.
        The school won the {potato race|spelling match|snow castle prize} on [@day], and {the children were given a day off|the teacher cried a little|there was cocoa for all}.
        A swarm of bees {settled on|moved into} the {post box|mayor's hat|church door} on [@day]. {Letters had to wait|Nobody was stung, but many ran|They left after lunch}.
        On [@day] night, {a light was seen|strange music was heard|footsteps were heard} in the {old mill|empty house|bell tower}. It turned out to be {two owls|the carpenter looking for a spoon|the wind and a loose shutter}.
        = quote
        "I only {turned around for a moment|wanted to help|came for a loaf of bread}," said [Full].
        "It could have been {worse|much worse}," said [Full]. "It could have been {raining|a Monday|my hat}."
        "I have {seen worse|never seen such a thing|seen it coming}," said [Full], {and laughed|and went back to work|shaking [his] head}.
        "Well," said [Full], "{somebody had to do it|now we know|that was that}."
        "Next year we will {do it again|bring a rope|stay at home}," said [Full].
        "You should have seen {it|their faces|the goose}," said [Full].
        = aside
        More people came than there were chairs.
        There was soup for everybody.
        The geese took no part.
        It will be talked about until the next thing happens.
        The cat of the inn was not available for comment.
        No damage was done, except to a hat.
        The mayor said a few words, and then a few more.
        It did not rain, which was noted with surprise.
        A reward of six buns is offered.
        Children under ten were allowed to watch.
        = headline
        {Big excitement|Great joy|Much talk|Surprise|A busy day} in [place]
        {News|Small news|Good news|Strange news} from [place]
        [place] {laughs|wonders|celebrates|talks|is surprised}
        {What happened in|An odd day in|The week in} [place]
        = diaryopen
        Dear diary, {it is late, but I must write this down|today was a good day|I have ink on my nose again}.
        {Rain|Sun|Wind} all day. {I stayed in and thought|I went out anyway|My shoes are still wet}.
        [@day]. {I slept badly because of the owl|I slept like a stone|The bread was still warm this morning}.
        I am writing this {in bed|at the kitchen table|by candle light}, with {a cold nose|the cat on my feet|a piece of cake}.
        What a day! {I hardly know where to begin|My head is still full of it|I must tell somebody, so I tell you}.
        = diaryclose
        Now the candle is nearly gone. Good night.
        Tomorrow I will {get up early|wash my hair|bake something}. Really.
        I must stop, the cat wants to sit on the page.
        Enough for today. {My hand hurts|My eyes are closing|It smells of supper}.
        I wonder what tomorrow brings. {Rain, I think|Buns, I hope|We will see}.
        = diaryact
        I met [Full] {[@spot]|at the baker's|on the way home} and we talked for {a while|an hour|longer than my soup could wait}.
        I sat next to [Full] at {the concert|the meeting|my aunt's birthday} today.
        [Full] {helped me carry my bags|lent me an umbrella|gave me a plum} today. {How kind|I must return it|I was very glad}.
        {I saw|I ran into} [Full] today, and I want to write down what I know, before I forget it.
        At supper we talked about [Full].
        My {aunt|uncle|grandmother} asked me about [Full], and I told her everything I know.
        = letteropen
        {Thank you for|I was so happy about} your {letter|parcel|postcard}. {The jam arrived whole|The socks fit perfectly|We read it aloud at supper}.
        I hope that you are well and that {your roof|your knee|the hen} is better.
        It is {a long time|three weeks|far too long} since I wrote, and I am sorry.
        You asked {for news|how things are here}, so I have sharpened my pencil.
        All is well here, apart from {the rain|my uncle's singing|a small fire in the stove pipe}.
        = letterask
        You wanted to know about [Full]. Here is what I can tell you.
        You asked about [Full], and for once I know the answer.
        Do you remember [Full]? Let me tell you more.
        You will want to hear about [Full], so here goes.
        Since you will meet [Full] at the wedding, here is what you should know.
        = letterclose
        {Write soon|Write when you can}, and {send a recipe|tell me everything|do not forget the stamps}.
        {Come and visit us|Come over} {in spring|before the snow|when the plums are ripe}. There is always a bed {and a bun|and a hot brick} for you.
        {I must stop|I have to go}: {the soup is boiling over|somebody is at the door|the post leaves in five minutes}.
        {Give my love to everybody|Hug the children from me|Scratch the dog behind the ears for me}.
        = schoolopen
        {This week|Last week} our class {went on a visit|had a guest|did a project}, and {everyone|nearly everyone} {was on time|wore both shoes|remembered their lunch}.
        We, the children of the {second|third|fourth} class, have {found out|collected|asked around for} many things.
        For our {wall newspaper|school page|lesson about the valley} we {asked questions|went from door to door|wrote down what we know}.
        Our teacher said: "Write down what you know." {So we did|Here it is|It took us two hours and one apple}.
        = schoolclose
        We drew a picture too, but {it got wet|the paint is still drying|the goat ate it}.
        It was a very good day, and {we were given buns|nobody fell in the river|we sang all the way home}.
        We said thank you in a choir. {It was loud|Only Otto was late|The window shook}.
        Our teacher says that {we did well|we can be proud|there were only nine spelling mistakes}.
        = review_good
        I came {for one thing and left with four|by accident and stayed for an hour|in the rain and forgot all about it}.
        {Five|Four and a half} stars, and I do not give them easily.
        My {husband|wife|mother} says that I talk of nothing else.
        I would {go again|recommend it} to {anyone|friends|my worst enemy, so that we can be friends}.
        The only thing that I did not like was {going home|the step, on which I fell|the weather, which is not their fault}.
        = shop_talk
        The doorbell {rings twice|plays half a song|has been broken for years, so please cough}.
        Children may look at everything and touch {nearly everything|half of it|the cat}.
        Whoever {brings a bag|says please|tells a good joke} gets a {biscuit|small discount|sweet}.
        Things that break within a year are {mended|mended with a smile|replaced without a word}.
        Money is taken, and so are {eggs|good stories|fresh plums}.
        = recipe_step
        {Wash your hands|Put on an apron|Send the cat out of the kitchen}.
        {Heat the oven|Light the stove} {well before you start|and wait until it is good and hot}.
        {Peel and chop|Slice} {two|three|four} {onions|carrots|apples} and {try not to cry|keep your fingers out of the way}.
        {Stir|Stir slowly|Stir and stir} until {your arm hurts|it is smooth|the spoon stands up by itself}.
        Add {a pinch of salt|a spoon of sugar|a cup of water|two eggs} and {mix well|taste|stir again}.
        {Let it rest|Leave it alone} for {half an hour|an hour}, and you may rest too.
        {Cook|Bake} it {for forty minutes|for half an hour|until the top is golden}, and {do not open the door|keep watching it|sing something}.
        {Cover it with a cloth|Put a lid on it} and {wait|be patient|read a page of a good book}.
        Serve it {hot|warm|with bread|in deep bowls}, and {call everybody to the table|hide one piece for yourself|wait for the silence of happy people}.
        = recipe_talk
        There are as many ways to make it as there are kitchens, but this one works.
        My grandmother made it {every Friday|when it snowed|whenever somebody was sad}.
        It tastes even better on the second day, but there never is any left.
        If it goes wrong, call it by another name and serve it with a smile.
        It feeds {four people|six people|two people or one teenager}.
        = incident_end
        And that was the end of it.
        So much for [@day].
        """;
}
