namespace Gestalt.World.Grammar;

/// <summary>Home, animals and their names.</summary>
internal static class PersonHome
{
    public const string Text = """
        == Home
        # label
        Home
        # frames
        [S] lives in [V].
        [S] is at home in [V].
        [S's] home is [V].
        [S] has {always |}lived in [V].
        [S] lives in [V], {next to the pump|behind the church|above the bakery|in the house with the green door|at the end of a long lane}.
        In [V] lives [Full].
        {One of the people of|Among the people of} [V] is [Full].
        Everybody in [V] knows [Full].
        [S] moved to [V] {long ago|as a child|for love|with one suitcase} and has lived there ever since.
        If you walk through [V], you may meet [Full].
        [S] would not leave [V] for {anything|all the cake in the world|a whole sack of gold}.
        [V] is where [Full] lives.
        To find [Full], you must go to [V].
        The people of [V] are {fond of|proud of|used to} [Full], who lives there.
        [S] has a {small|narrow|crooked|sunny} house in [V].
        The house of [Full] stands in [V].
        [Full] of [V] {is well known|is a good neighbour|keeps a tidy garden|waves at everybody}.
        Letters for [Full] are sent to [V].
        [S] {pays taxes|hangs out the washing|grows beans} in [V], where [he] lives.
        Ask anyone in [V] for the house of [Full].
        [V] has been the home of [Full] for years.
        In the morning, [Full] opens the window and looks out over [V].
        Where does [Full] live? In [V], of course.
        # clauses
        lives in [V]
        has a house in [V]
        is at home in [V]
        has lived in [V] for years
        comes from [V] and still lives there
        # me
        I live in [V].
        My home is [V].
        I have a small house in [V].
        You will find me in [V], where I live.
        # ask
        Where does [Full] live?
        Where is [Full's] home?
        In which town or village does [Full] live?
        Which place does [Full] live in?
        Where is the home of [Full]?
        Can you tell me where [Full] lives?
        Tell me where [Full] lives.
        Do you know where [Full] lives?
        Where can I find [Full]?
        Where is [Full] at home?
        I forgot where [Full] lives. Where is it?
        What is the home of [Full]?
        In which place does [Full] live?
        {Please tell me|I would like to know} where [Full] lives.
        # unseen
        Where does [Full] have a house?
        In what place is [Full] at home?
        Where must I go to find [Full]?
        Please name the place where [Full] lives.
        # answer
        [Full] lives in [V].
        [Full's] home is [V].
        # yesno
        Does [Full] live in [V]?
        Is [V] the home of [Full]?
        Is it true that [Full] lives in [V]?
        # no
        [Full] does not live in [W]. [he] lives in [V].
        # unknown
        where [Full] lives
        where [Full's] home is
        # declined
        [Full] lives in a place that I don't know.
        [Full's] home is a place that I don't know.
        # prefix
        After a long day, [Full] walks home to [V]
        The letter to [Full] was sent to a house in [V]
        When asked about home, [Full] talks about [V]

        == Pet
        # label
        Animal
        # frames
        [S] keeps [a] [V].
        [S] has [a] [V].
        [S] keeps [a] [V] {in the yard|behind the house|that follows [him] everywhere|and talks to it like a friend}.
        At [Full's] house there lives [a] [V].
        [S] shares the house with [a] [V].
        [S] is never seen without [his] [V].
        The [V] of [Full] is {known to everybody|not shy|rather spoiled|cleverer than it looks}.
        [S's] best friend is [a] [V].
        Some people keep nothing at all, but [Full] keeps [a] [V].
        Visitors to [Full] are greeted by [a] [V].
        [S] once bought [a] [V] at a market and has kept it ever since.
        In [Full's] kitchen you may trip over [a] [V].
        If you see [a] [V] on the road, it belongs to [Full].
        It is [a] [V] that keeps [Full] company.
        [S] feeds [his] [V] {before breakfast|by hand|twice a day|better than [himself]}.
        The animal that lives with [Full] is [a] [V].
        [a] [@oldnew] [V] lives with [Full].
        Of all animals, [Full] chose [a] [V] to live with.
        [S] takes [his] [V] for a walk every day.
        [S] looks after [a] [V] with great patience.
        What animal does [Full] keep? [he] keeps [a] [V].
        The loudest thing in [Full's] house is the [V].
        # clauses
        keeps [a] [V]
        has [a] [V]
        shares the house with [a] [V]
        looks after [a] [V]
        goes for walks with [a] [V]
        # me
        I keep [a] [V].
        I share my house with [a] [V].
        I have [a] [V], and it thinks that the house is its own.
        # ask
        What animal does [Full] keep?
        Which animal does [Full] keep?
        What animal does [Full] have?
        What kind of animal lives with [Full]?
        Which animal lives with [Full]?
        What pet does [Full] have?
        What pet does [Full] keep?
        Can you tell me which animal [Full] keeps?
        Tell me what animal [Full] keeps.
        Do you know what pet [Full] has?
        What is [Full's] pet?
        I forgot which animal [Full] keeps. What is it?
        Which pet belongs to [Full]?
        {Please tell me|I would like to know} which animal [Full] keeps.
        # unseen
        What kind of pet does [Full] keep?
        What animal shares the house with [Full]?
        Which animal belongs to [Full]?
        Please name the animal that [Full] keeps.
        # answer
        [Full] keeps [a] [V].
        [Full] has [a] [V].
        # yesno
        Does [Full] keep [a] [V]?
        Does [Full] have [a] [V]?
        Is it true that [Full] keeps [a] [V]?
        # no
        [Full] does not keep [a] [W]. [he] keeps [a] [V].
        # unknown
        which animal [Full] keeps
        what pet [Full] has
        # declined
        [Full] keeps a pet that I don't know.
        [Full] has a pet that I don't know.
        # prefix
        In the yard behind [Full's] house sleeps [a] [V]
        For company, [Full] has [a] [V]
        On the walk through the fields, [Full] was followed by [a] [V]

        == PetName
        # label
        Animal's name
        # frames
        [S's] animal is called [V].
        [S] has an animal called [V].
        The animal that [Full] keeps is called [V].
        [S] named [his] animal [V].
        The name of [Full's] animal is [V].
        [S] calls [his] animal [V].
        "[V]!" calls [Full], and [his] animal comes running.
        [V] is the name that [Full] gave to [his] animal.
        When [Full] shouts "[V]", an animal looks up.
        [V] belongs to [Full].
        [V] lives with [Full] and {sleeps by the stove|does as it likes|eats well}.
        [S] and [V] are {old friends|always together|known all over the place}.
        Children like to visit [Full] because of an animal called [V].
        [S] talks to [V] all day, though [V] is only an animal.
        Where [Full] goes, [V] goes too.
        [S] would not sell [V] for {any money|a golden plate}.
        What is [Full's] animal called? It is called [V].
        # clauses
        has an animal called [V]
        looks after an animal called [V]
        calls [his] animal [V]
        # me
        My animal is called [V].
        I have an animal called [V].
        [V] is what I call my animal, and mostly it listens.
        # ask
        What is [Full's] animal called?
        What is the name of [Full's] animal?
        What does [Full] call [his] animal?
        What is [Full's] pet called?
        What is the name of [Full's] pet?
        What name did [Full] give to [his] animal?
        Can you tell me the name of [Full's] animal?
        Tell me what [Full's] animal is called.
        Do you know the name of [Full's] pet?
        Which name has [Full's] animal?
        I forgot what [Full's] animal is called. What is it?
        How does [Full] call [his] animal?
        {Please tell me|I would like to know} the name of [Full's] animal.
        # unseen
        What did [Full] name [his] animal?
        By what name does [Full] call [his] pet?
        Please name the animal of [Full]. What is it called?
        To what name does [Full's] animal come running?
        # answer
        [Full's] animal is called [V].
        The name of [Full's] animal is [V].
        # yesno
        Is [Full's] animal called [V]?
        Is it true that [Full's] animal is called [V]?
        # no
        [Full's] animal is not called [W]. It is called [V].
        # unknown
        what [Full's] animal is called
        the name of [Full's] animal
        # declined
        [Full's] animal is called something that I don't know.
        The name of [Full's] animal is something that I don't know.
        # prefix
        At the gate, [Full] whistled for [V]
        On the food bowl in [Full's] kitchen is painted the name [V]
        The children asked [Full] for the animal's name, and it was [V]
        """;
}
