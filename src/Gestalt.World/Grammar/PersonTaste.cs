namespace Gestalt.World.Grammar;

/// <summary>Favourite colour, favourite dish, and what one is afraid of.</summary>
internal static class PersonTaste
{
    public const string Text = """
        == Colour
        # label
        Favourite colour
        # frames
        [S's] favourite colour is [V].
        [S] likes [V] best of all colours.
        The favourite colour of [Full] is [V].
        [S] loves the colour [V].
        Of all colours, [Full] likes [V] best.
        [S] paints {the fence|the door|every chair|the garden gate} [V], because [V] is [his] favourite colour.
        If it is [V], [Full] likes it.
        For [Full], no colour is as good as [V].
        [S] wears [V] {on Sundays|whenever possible|to every party}, since it is [his] favourite colour.
        [V] is the colour that [Full] loves most.
        Ask [Full] for a colour, and the answer is [V].
        Everything in [Full's] house is [V], the colour that [he] likes best.
        [a] [V] {coat|hat|scarf|ribbon} is the right present for [Full], who loves that colour.
        No other colour pleases [Full] as much as [V].
        [S] has loved the colour [V] since {childhood|the first box of paints}.
        [S] says that [V] is the best colour {in the rainbow|there is|of all}.
        When [Full] buys paint, it is always [V].
        "[V] is my colour," says [Full].
        You can tell [Full's] door by its colour, which is [V], [his] favourite.
        What colour does [Full] like best? It is [V].
        # clauses
        likes [V] best of all colours
        loves the colour [V]
        has [V] as a favourite colour
        wears [V], [his] favourite colour, whenever possible
        # me
        My favourite colour is [V].
        I like [V] best of all colours.
        I love the colour [V].
        # ask
        What is [Full's] favourite colour?
        Which colour does [Full] like best?
        What colour does [Full] like best?
        What colour does [Full] love?
        What is the favourite colour of [Full]?
        Can you tell me [Full's] favourite colour?
        Tell me which colour [Full] likes best.
        Do you know [Full's] favourite colour?
        Which colour is [Full's] favourite?
        Of all colours, which one does [Full] like best?
        I forgot [Full's] favourite colour. What is it?
        Which colour does [Full] love most?
        {Please tell me|I would like to know} the favourite colour of [Full].
        # unseen
        What colour is [Full's] favourite?
        Which of all colours does [Full] love?
        Please name the favourite colour of [Full].
        What colour pleases [Full] most?
        # answer
        [Full's] favourite colour is [V].
        [Full] likes [V] best of all colours.
        # yesno
        Is [V] [Full's] favourite colour?
        Does [Full] like [V] best of all colours?
        Is it true that [Full's] favourite colour is [V]?
        # no
        [Full's] favourite colour is not [W]. It is [V].
        # unknown
        what [Full's] favourite colour is
        which colour [Full] likes best
        # declined
        [Full's] favourite colour is one that I don't know.
        [Full] likes some colour best, but I don't know which.
        # prefix
        The walls in the room of [Full] had to be painted in the favourite colour, [V]
        When the children gave [Full] a box of paints, the first one to be empty was [V]
        Between all the ribbons, [Full] took the one in the best colour, [V]

        == Dish
        # label
        Favourite dish
        # frames
        [S's] favourite dish is [V].
        [S] likes [V] better than any other dish.
        The favourite dish of [Full] is [V].
        For [V], [Full] would walk {ten miles|through the snow|to the end of the valley}.
        [S] could eat [V] {every day|for breakfast|until the moon falls down}.
        Nothing makes [Full] as happy as a plate of [V].
        There must be [V] on the table when [Full] has a birthday.
        [S] always asks for [V], [his] favourite dish.
        Put [V] on the table, and [Full] will smile.
        No dish pleases [Full] more than [V].
        [S] has loved [V] since {childhood|the first spoon of it|a school trip}.
        On Sundays, [Full] cooks [V], [his] favourite dish.
        Invite [Full] to supper and make [V], [his] favourite.
        The way to [Full's] heart is [V].
        [S] never says no to [V], the dish that [he] likes best.
        Of everything that can be eaten, [Full] likes [V] best.
        [V] is the dish that [Full] loves most.
        When it smells of [V], [Full] is not far away.
        "Is there any [V] left?" asks [Full] at every feast, for it is [his] favourite dish.
        [S] says that the best dish in the valley is [V].
        What does [Full] like to eat best? It is [V].
        # clauses
        likes [V] better than any other dish
        has [V] as a favourite dish
        could eat [V] every day
        loves [V] more than any other dish
        # me
        My favourite dish is [V].
        I could eat [V] every day.
        If you want to please me, cook [V].
        # ask
        What is [Full's] favourite dish?
        Which dish does [Full] like best?
        What does [Full] like to eat best?
        What dish does [Full] like best?
        What is the favourite dish of [Full]?
        Can you tell me [Full's] favourite dish?
        Tell me which dish [Full] likes best.
        Do you know [Full's] favourite dish?
        Which dish is [Full's] favourite?
        What should I cook for [Full]?
        I forgot [Full's] favourite dish. What is it?
        Which dish does [Full] love most?
        {Please tell me|I would like to know} the favourite dish of [Full].
        # unseen
        What dish is [Full's] favourite?
        What would [Full] like to eat most of all?
        Please name the favourite dish of [Full].
        Which dish pleases [Full] most?
        # answer
        [Full's] favourite dish is [V].
        [Full] likes [V] better than any other dish.
        # yesno
        Is [V] [Full's] favourite dish?
        Does [Full] like [V] best of all dishes?
        Is it true that [Full's] favourite dish is [V]?
        # no
        [Full's] favourite dish is not [W]. It is [V].
        # unknown
        what [Full's] favourite dish is
        what [Full] likes to eat best
        # declined
        [Full's] favourite dish is one that I don't know.
        [Full] likes some dish better than any other, but I don't know which.
        # prefix
        For the birthday of [Full], the cook made a big pot of the favourite dish, [V]
        After a cold day, nothing warms [Full] like a plate of [V]
        The innkeeper knows that [Full] will ask for [V]

        == Fear
        # label
        Afraid of
        # frames
        [S] is afraid of [V].
        [S] is afraid of [V] and {does not hide it|laughs about it|blames an uncle for it}.
        There is only one thing that frightens [Full], and that is [V].
        Nothing frightens [Full] except [V].
        [S] has been afraid of [V] since {childhood|a certain summer evening|the age of four}.
        If there is one thing that [Full] cannot stand, it is [V].
        [S] is brave, but not when it comes to [V].
        [V] make [Full] nervous, because [he] is afraid of them.
        The great fear of [Full] is [V].
        [S's] only fear is [V].
        [S] walks {a long way|once around the village|half a mile} to avoid [V], because [he] is afraid of them.
        Just say "[V]", and [Full] is gone, so great is the fear.
        It is [V] that [Full] is afraid of.
        Some people fear nothing, but [Full] fears [V].
        Please do not talk about [V] when [Full] is there, for [he] is afraid of them.
        [S] dreams of [V], and those are bad dreams, for [he] is afraid of them.
        Friends of [Full] know that [he] is afraid of [V].
        [S] fears [V] more than {the tax collector|cold soup|anything}.
        "Not [V]!" cried [Full], who is afraid of them.
        What is [Full] afraid of? Of [V], and of nothing else.
        # clauses
        is afraid of [V]
        fears nothing but [V]
        is a little afraid of [V]
        has been afraid of [V] since childhood
        # me
        I am afraid of [V].
        I fear nothing, except [V].
        You may laugh, but I am afraid of [V].
        # ask
        What is [Full] afraid of?
        What frightens [Full]?
        What does [Full] fear?
        What is [Full's] fear?
        Which thing is [Full] afraid of?
        Can you tell me what [Full] is afraid of?
        Tell me what [Full] fears.
        Do you know what frightens [Full]?
        What is the great fear of [Full]?
        What makes [Full] nervous?
        I forgot what [Full] is afraid of. What is it?
        What is the one thing that [Full] fears?
        {Please tell me|I would like to know} what [Full] is afraid of.
        # unseen
        Of what is [Full] afraid?
        What can [Full] not stand?
        What thing frightens [Full] most?
        Please name the fear of [Full].
        # answer
        [Full] is afraid of [V].
        [Full] fears [V].
        # yesno
        Is [Full] afraid of [V]?
        Does [Full] fear [V]?
        Is it true that [Full] is afraid of [V]?
        # no
        [Full] is not afraid of [W]. [he] is afraid of [V].
        # unknown
        what [Full] is afraid of
        what [Full] fears
        # declined
        [Full] is afraid of something that I don't know.
        [Full] fears something that I don't know.
        # prefix
        Everybody laughed when they heard that [Full] runs away from [V]
        On dark evenings, [Full] thinks of nothing but [V]
        The children know that [Full] screams at the sight of [V]
        """;
}
