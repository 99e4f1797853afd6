namespace Gestalt.World.Grammar;

/// <summary>Towns, villages and mountains.</summary>
internal static class PlaceWords
{
    public const string Text = """
        == River
        # label
        River
        # frames
        [S] lies on [V].
        [S] lies on the banks of [V].
        The river that flows through [Full] is [V].
        [V] flows through [Full].
        [V] flows past {the mill|the gardens|the old wall} of [Full].
        [S] was built on [V].
        [S] gets its water, its fish and its fog from [V].
        The bridge of [Full] crosses [V].
        In [Full], the children learn to swim in [V].
        Whoever follows [V] comes to [Full].
        Boats on [V] stop at [Full].
        [S] stands where [V] makes a wide bend.
        The mill wheel of [Full] is turned by [V].
        When [V] is high, the people of [Full] {carry their shoes|wear boots|move the chairs upstairs}.
        The water under the bridge of [Full] is that of [V].
        From every window in [Full] you can hear [V].
        [Full] and [V] belong together, like bread and butter.
        On which river does [Full] lie? On [V].
        # ask
        On which river does [Full] lie?
        Which river flows through [Full]?
        What river is [Full] on?
        What is the river of [Full]?
        Which river does [Full] lie on?
        Can you tell me which river flows through [Full]?
        Tell me the river on which [Full] lies.
        Do you know what river [Full] lies on?
        What is the name of the river in [Full]?
        Which river turns the mill wheel of [Full]?
        Which river does the bridge of [Full] cross?
        I forgot which river flows through [Full]. What is it?
        {Please tell me|I would like to know} which river flows through [Full].
        # unseen
        What river flows through [Full]?
        By which river was [Full] built?
        Please name the river of [Full].
        Which river can you hear in [Full]?
        # answer
        [Full] lies on [V].
        The river that flows through [Full] is [V].
        # yesno
        Does [Full] lie on [V]?
        Does [V] flow through [Full]?
        # no
        [Full] does not lie on [W]. It lies on [V].
        # unknown
        on which river [Full] lies
        which river flows through [Full]
        # declined
        [Full] lies on a river that I don't know.
        The river that flows through [Full] is one that I don't know.
        # prefix
        The fishers of [Full] spend the day by [V]
        After the rain, the cellars of [Full] were wet with the water of [V]
        The old ferry of [Full] crossed [V]

        == FamousFor
        # label
        Famous for
        # frames
        [S] is famous for its [V].
        [S] is known for its [V].
        [S] is known far and wide for its [V].
        People come to [Full] for the [V].
        The [V] of [Full] are {the best in the valley|known everywhere|sold as far as the lake}.
        The best [V] come from [Full].
        The [V] of [Full] are its pride.
        Nobody leaves [Full] without {buying|admiring|talking about} its [V].
        When people hear of [Full], they think of [V].
        If you want good [V], go to [Full].
        [S] made its name with [V].
        For [V], there is no better place than [Full].
        [S] would be {a quiet place|just a dot on the map|easy to forget} without its [V].
        In the market of [Full], you find the famous [V].
        The shop windows of [Full] are full of [V], for which it is famous.
        Even the king once sent to [Full] for its [V].
        [S] is proud of its [V].
        All over the valley, [Full] means [V].
        What is [Full] famous for? For its [V].
        # ask
        What is [Full] famous for?
        What is [Full] known for?
        Why do people come to [Full]?
        What is the pride of [Full]?
        For what is [Full] famous?
        Can you tell me what [Full] is famous for?
        Tell me what [Full] is known for.
        Do you know what [Full] is famous for?
        What should I buy in [Full]?
        What do people think of when they hear of [Full]?
        What made the name of [Full]?
        I forgot what [Full] is famous for. What is it?
        {Please tell me|I would like to know} what [Full] is famous for.
        # unseen
        For what is [Full] known far and wide?
        What are the people of [Full] proud of?
        Please name the thing that [Full] is famous for.
        What is [Full] best known for?
        # answer
        [Full] is famous for its [V].
        [Full] is known for its [V].
        # yesno
        Is [Full] famous for its [V]?
        Is [Full] known for its [V]?
        # no
        [Full] is not famous for its [W]. It is famous for its [V].
        # unknown
        what [Full] is famous for
        what [Full] is known for
        # declined
        [Full] is famous for something that I don't know.
        [Full] is known for something that I don't know.
        # prefix
        Every visitor to [Full] goes home with a bag of the famous [V]
        At the gate of [Full], a sign praises the [V]
        A song about [Full] has ten verses, and all of them praise the [V]

        == Mayor
        # label
        Mayor
        # frames
        The mayor of [Full] is [V].
        [V] is the mayor of [Full].
        [S] has a mayor called [V].
        [S] is led by its mayor, [V].
        In [Full], the mayor is [V].
        The chain of the mayor of [Full] is worn by [V].
        [V], the mayor of [Full], {likes short speeches|opens every feast|owns a very large umbrella|waves from the window}.
        The people of [Full] chose [V] as their mayor.
        At the town hall of [Full] sits [V], the mayor.
        Complaints about [Full] go to the mayor, [V].
        As mayor of [Full], [V] {has a big desk and a small chair|cuts all the ribbons|must kiss all the babies}.
        Nobody in [Full] says a bad word about the mayor, [V].
        When a ribbon must be cut in [Full], [V] comes with the scissors, being the mayor.
        Who is the mayor of [Full]? It is [V].
        # ask
        Who is the mayor of [Full]?
        Who is [Full's] mayor?
        What is the name of the mayor of [Full]?
        Which person is the mayor of [Full]?
        What is the mayor of [Full] called?
        Can you tell me who the mayor of [Full] is?
        Tell me the name of the mayor of [Full].
        Do you know who the mayor of [Full] is?
        Who wears the mayor's chain in [Full]?
        Who leads [Full] as its mayor?
        Whom did the people of [Full] choose as mayor?
        I forgot who the mayor of [Full] is. Who is it?
        {Please tell me|I would like to know} who the mayor of [Full] is.
        # unseen
        Who is mayor in [Full]?
        Who sits in the town hall of [Full] as mayor?
        Please name the mayor of [Full].
        Which person leads [Full]?
        # answer
        The mayor of [Full] is [V].
        [V] is the mayor of [Full].
        # yesno
        Is [V] the mayor of [Full]?
        Is it true that [V] is the mayor of [Full]?
        # no
        The mayor of [Full] is not [W]. It is [V].
        # unknown
        who the mayor of [Full] is
        the name of the mayor of [Full]
        # declined
        The mayor of [Full] is somebody whom I don't know.
        The mayor of [Full] is a person whom I don't know.
        # prefix
        At the opening of the new bridge, [Full] was represented by its mayor, [V]
        The letter was signed by the mayor of [Full], by the name of [V]
        On the steps of the town hall of [Full], the band played for the mayor, [V]

        == Founded
        # label
        Founded
        # frames
        [S] was founded in [V].
        [S] was founded in the year [V].
        The year of the founding of [Full] is [V].
        In [V], [Full] was founded {by three families and a cow|by people who had lost their way|around a single well}.
        [S] has stood here since [V].
        [S] is as old as its church, which means that it goes back to [V].
        On the oldest stone of [Full] you can read the year of the founding, [V].
        The first house of [Full] was built in [V], the year of its founding.
        It was in [V] that [Full] was founded.
        [S] goes back to the year [V], when it was founded.
        The history of [Full] begins in [V].
        When was [Full] founded? It was in [V].
        # ask
        When was [Full] founded?
        In which year was [Full] founded?
        What year was [Full] founded in?
        In what year does the history of [Full] begin?
        What is the year of the founding of [Full]?
        Can you tell me when [Full] was founded?
        Tell me the year in which [Full] was founded.
        Do you know when [Full] was founded?
        Since when does [Full] stand here?
        When did the history of [Full] begin?
        When was the first house of [Full] built?
        I forgot when [Full] was founded. When was it?
        {Please tell me|I would like to know} the year in which [Full] was founded.
        # unseen
        What was the year of the founding of [Full]?
        Please name the year in which [Full] was founded.
        How far back does [Full] go? To which year?
        Which year is on the oldest stone of [Full]?
        # answer
        [Full] was founded in [V].
        [Full] was founded in the year [V].
        # yesno
        Was [Full] founded in [V]?
        Is it true that [Full] was founded in [V]?
        # no
        [Full] was not founded in [W]. It was founded in [V].
        # unknown
        when [Full] was founded
        in which year [Full] was founded
        # declined
        [Full] was founded in a year that I don't know.
        [Full] was founded in some year that I don't know.
        # prefix
        The birthday of [Full] is counted from the year [V]
        The school children of [Full] learn that the first well was dug in [V]
        On the town seal of [Full] is cut the year [V]

        == Height
        # label
        Height in metres
        # frames
        [S] is [V] metres high.
        [S] has a height of [V] metres.
        The height of [Full] is [V] metres.
        With its [V] metres, [Full] {catches the first snow|hides the sun in winter|is hard to miss}.
        [S] rises to [V] metres.
        The top of [Full] is at [V] metres.
        Whoever climbs [Full] has to climb to [V] metres.
        According to the map, [Full] measures [V] metres.
        How high is [Full]? It is [V] metres high.
        Goats think nothing of the [V] metres of [Full].
        # ask
        How high is [Full]?
        What is the height of [Full]?
        How tall is [Full]?
        What height does [Full] have?
        How many metres high is [Full]?
        Can you tell me how high [Full] is?
        Tell me the height of [Full].
        Do you know how high [Full] is?
        How many metres does [Full] measure?
        To what height does [Full] rise?
        At what height is the top of [Full]?
        I forgot how high [Full] is. What is it?
        {Please tell me|I would like to know} the height of [Full].
        # unseen
        How many metres is [Full]?
        What does [Full] measure from foot to top?
        Please name the height of [Full].
        To how many metres does [Full] rise?
        # answer
        [Full] is [V] metres high.
        The height of [Full] is [V] metres.
        # yesno
        Is [Full] [V] metres high?
        Is it true that [Full] is [V] metres high?
        # no
        [Full] is not [W] metres high. It is [V] metres high.
        # unknown
        how high [Full] is
        the height of [Full]
        # declined
        [Full] is a mountain whose height I don't know.
        The height of [Full] is a number that I don't know.
        # prefix
        The sign at the top of [Full] gives the height in metres as [V]
        The school atlas says that [Full] ends at [V]
        On the walkers' map, the number next to [Full] is [V]
        """;
}
