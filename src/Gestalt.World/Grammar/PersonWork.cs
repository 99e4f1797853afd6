namespace Gestalt.World.Grammar;

/// <summary>Trade and instrument: what people do all day, and what they do in the evening.</summary>
internal static class PersonWork
{
    public const string Text = """
        == Trade
        # label
        Trade
        # frames
        [S] is [a] [V] by trade.
        [S] works as [a] [V].
        [S] earns {a|an honest} living as [a] [V].
        [S] has been [a] [V] for {many|more than ten|as many as twenty} years.
        By trade, [Full] is [a] [V].
        [S] is [a] [V], and {a good one|a very patient one|proud of it|never wanted to be anything else}.
        The trade of [Full] is that of [a] [V].
        If you need [a] [V], {ask for|go to|send for|call on} [Full].
        Whoever is looking for [a] [V] {is sent to|finds|ends up with} [Full].
        Among the [Vs] of the valley, [Full] is {the best known|the most cheerful|the one with the longest apron}.
        [S] became [a] [V] {at eighteen|after a long apprenticeship|because of a lost bet} and still is one.
        [S] has worked as [a] [V] since leaving school.
        As [a] [V], [Full] {gets up early|meets everybody sooner or later|knows every door in the street}.
        Like every good [V], [Full] {never hurries|keeps tidy tools|hums at work}.
        Work as [a] [V] suits [Full].
        [S] learned the trade of [a] [V] from {an aunt|an uncle|an old neighbour} and works as one today.
        People know [Full] as [a] [V].
        The [V] [Full] is {never late|always friendly|hard to surprise|liked by everybody}.
        One [V] whom everybody knows is [Full].
        Ask for [a] [V], and people will point to [Full].
        [S] calls [himself] {a simple|a plain|an ordinary} [V].
        [S's] trade is easy to name: [he] is [a] [V].
        On the sign by [Full's] door stands one word: "[V]".
        [S] makes [his] living as [a] [V].
        {Monday to Friday|Six days a week|Day after day}, [Full] works as [a] [V].
        [Full], [a] [V] by trade, {likes the work|would not change places with a king|has strong hands and a soft voice}.
        What does [Full] do? [he] works as [a] [V].
        "I am [a] [V], and that is that," says [Full].
        # clauses
        works as [a] [V]
        is [a] [V]
        is [a] [V] by trade
        earns a living as [a] [V]
        has been [a] [V] for years
        makes a living as [a] [V]
        # me
        I am [a] [V] by trade.
        I work as [a] [V].
        I have been [a] [V] for {years|as long as I can remember}.
        I earn my living as [a] [V].
        They call me the [V], because that is what I am.
        # ask
        What does [Full] do for a living?
        What is [Full's] trade?
        What is [Full's] job?
        What work does [Full] do?
        Which trade does [Full] follow?
        How does [Full] earn a living?
        Can you tell me what [Full] works as?
        Tell me the trade of [Full].
        Do you know what job [Full] has?
        What kind of work does [Full] do?
        I forgot what [Full] does for work. What is it?
        What is the job of [Full]?
        What is [Full] by trade?
        {Please tell me|I would like to know} what [Full] does for a living.
        # unseen
        What does [Full] work as?
        In which trade does [Full] work?
        What is the trade of [Full]?
        Please name the job of [Full].
        How does [Full] make a living?
        # answer
        [Full] is [a] [V].
        [Full] works as [a] [V].
        [Full] is [a] [V] by trade.
        # yesno
        Is [Full] [a] [V]?
        Does [Full] work as [a] [V]?
        Is it true that [Full] is [a] [V]?
        # no
        [Full] is not [a] [W]. [he] is [a] [V].
        # unknown
        what [Full] does for a living
        what [Full's] trade is
        # declined
        [Full] is a person whose trade I don't know.
        [Full] is somebody whose trade I don't know.
        # prefix
        When people ask about work, [Full] says: I am [a] [V]
        The neighbours are glad that [Full] is [a] [V]
        In the list of trades, [Full] stands as [a] [V]

        == Instrument
        # label
        Instrument
        # frames
        [S] plays the [V].
        [S] plays the [V] {on Sundays|after supper|when it rains|at weddings}.
        [S's] instrument is the [V].
        In the evening you can hear [Full] play the [V].
        [S] has played the [V] since {childhood|school|the age of six}.
        Nobody plays the [V] {quite |}like [Full].
        When the [V] sounds across the roofs, it is [Full].
        [S] learned the [V] from {a grandmother|a sailor|a very strict teacher} and has played it ever since.
        The [V] is the instrument of [Full].
        [S] keeps [a] [@oldnew] [V] under the bed and plays it {badly but bravely|better every year|every evening}.
        With the [V], [Full] is {happy for hours|a different person|never alone}.
        The neighbours of [Full] know every song that can be played on the [V].
        [S] took up the [V] {by accident|as a child|to annoy a brother} and never put it down.
        At every wedding, [Full] is asked to play the [V].
        [S] owns only one instrument, the [V].
        Give [Full] [a] [V], and the evening is saved.
        The band needs [a] [V], so the band needs [Full].
        [S] would rather play the [V] than {wash the dishes|talk|eat}.
        "The [V] chose me," [Full] likes to say.
        Which instrument does [Full] play? It is the [V].
        The sound of the [V] means that [Full] is at home.
        # clauses
        plays the [V]
        plays the [V] in the evening
        has played the [V] since childhood
        is good at the [V]
        practises the [V] every day
        # me
        I play the [V].
        I have played the [V] since I was small.
        My instrument is the [V].
        In the evening I play the [V], and the cat leaves the room.
        # ask
        Which instrument does [Full] play?
        What instrument does [Full] play?
        What does [Full] play?
        What is [Full's] instrument?
        What is the instrument of [Full]?
        Can you tell me which instrument [Full] plays?
        Tell me the instrument that [Full] plays.
        Do you know what [Full] plays?
        Which instrument is [Full's]?
        What instrument can [Full] play?
        What does [Full] play in the evening?
        I forgot which instrument [Full] plays. What is it?
        {Please tell me|I would like to know} which instrument [Full] plays.
        # unseen
        Which instrument has [Full] learned to play?
        What instrument is it that [Full] plays?
        On which instrument does [Full] play?
        Please name the instrument of [Full].
        # answer
        [Full] plays the [V].
        The instrument of [Full] is the [V].
        # yesno
        Does [Full] play the [V]?
        Is the [V] [Full's] instrument?
        Is it true that [Full] plays the [V]?
        # no
        [Full] does not play the [W]. [he] plays the [V].
        # unknown
        which instrument [Full] plays
        what [Full] plays
        # declined
        [Full] plays an instrument that I don't know.
        The instrument of [Full] is one that I don't know.
        # prefix
        At the feast, everybody waited for [Full] to play the [V]
        The only music in the house of [Full] comes from the [V]
        On rainy days, [Full] takes out the [V]

        == BirthYear
        # label
        Born
        # frames
        [S] was born in [V].
        [S] was born in the year [V].
        [S] came into the world in [V].
        The year of [Full's] birth is [V].
        In [V], [Full] was born.
        [S] was born in [V], {in the middle of a storm|on a quiet morning|two weeks late|with a loud voice}.
        The church book says that [Full] was born in [V].
        It was in [V] that [Full] was born.
        [S] saw the light of day in [V].
        [V] was the year in which [Full] was born.
        [S] has been with us since [V].
        Born in [V], [Full] {remembers a lot|has seen many winters|likes to say that it was a good year}.
        [S's] life began in [V].
        The old people still remember the year [V], when [Full] was born.
        In the family book, next to the name of [Full], stands the year [V].
        When was [Full] born? It was in [V].
        # clauses
        was born in [V]
        was born in the year [V]
        came into the world in [V]
        # me
        I was born in [V].
        I came into the world in [V], and it rained.
        My life began in the year [V].
        # ask
        When was [Full] born?
        In which year was [Full] born?
        What year was [Full] born in?
        What is the year of [Full's] birth?
        What is [Full's] year of birth?
        Can you tell me when [Full] was born?
        Tell me the year in which [Full] was born.
        Do you know when [Full] was born?
        What is the birth year of [Full]?
        Which year was [Full] born?
        I forgot when [Full] was born. When was it?
        When did [Full's] life begin?
        {Please tell me|I would like to know} the year in which [Full] was born.
        # unseen
        What year did [Full] come into the world?
        What was the year in which [Full] was born?
        Please name the year of [Full's] birth.
        Since when has [Full] been in the world?
        # answer
        [Full] was born in [V].
        [Full] was born in the year [V].
        # yesno
        Was [Full] born in [V]?
        Is it true that [Full] was born in [V]?
        # no
        [Full] was not born in [W]. [he] was born in [V].
        # unknown
        when [Full] was born
        in which year [Full] was born
        # declined
        [Full] was born in a year that I don't know.
        [Full] was born in some year that I don't know.
        # prefix
        The school book gives [Full's] year of birth as [V]
        On the birthday cake of [Full] stood the year [V]
        The mother of [Full] remembers the birth in [V]
        """;
}
