namespace Gestalt.World.Grammar;

/// <summary>Husbands, wives and mothers.</summary>
internal static class PersonKin
{
    public const string Text = """
        == Spouse
        # label
        Married to
        # frames
        [S] is married to [V].
        [Full] and [V] are married.
        [V] and [Full] are married {and still talk to each other|and share one umbrella|and argue only about soup}.
        [S] married [V] {on a rainy Saturday|in spring|after a long courtship|in borrowed shoes}.
        [S] shares {a house|life and breakfast|everything except the newspaper} with [V], to whom [he] is married.
        The one to whom [Full] is married is [V].
        [V] is married to [Full].
        [S] met [V] at a dance and married soon after.
        When [Full] married [V], the bells rang for an hour.
        [V] said yes when [Full] asked for a wedding.
        It was [V] whom [Full] married.
        [S] and [V] make a {happy|funny|good} couple: they are married.
        Everybody danced at the wedding of [Full] and [V].
        The wedding of [V] and [Full] is remembered for the cake.
        [S] has been married to [V] for years.
        Who is married to [Full]? It is [V].
        # clauses
        is married to [V]
        married [V]
        has been married to [V] for years
        # me
        I am married to [V].
        I married [V], and I would do it again.
        At home, [V] is waiting, to whom I am married.
        # ask
        Who is [Full] married to?
        To whom is [Full] married?
        Who is married to [Full]?
        Whom did [Full] marry?
        Who did [Full] marry?
        Can you tell me who [Full] is married to?
        Tell me the name of the person to whom [Full] is married.
        Do you know who is married to [Full]?
        With whom does [Full] share a house as a married couple?
        Who danced with [Full] at their wedding?
        I forgot who [Full] is married to. Who is it?
        Who is the other half of [Full]?
        {Please tell me|I would like to know} who is married to [Full].
        # unseen
        Whose wedding was it when [Full] got married? Name the other one.
        Who is the person that [Full] married?
        Please name the one to whom [Full] is married.
        Who said yes when [Full] got married?
        # answer
        [Full] is married to [V].
        [V] is married to [Full].
        # yesno
        Is [Full] married to [V]?
        Did [Full] marry [V]?
        # no
        [Full] is not married to [W]. [he] is married to [V].
        # unknown
        who [Full] is married to
        whom [Full] married
        # declined
        [Full] is married to somebody whom I don't know.
        [Full] is married to a person whom I don't know.
        # prefix
        In the wedding picture, next to [Full] stands [V]
        On the ring of [Full] is written the name [V]
        With a smile, the bride or groom at the side of [Full] signed as [V]

        == Mother
        # label
        Mother
        # frames
        [S's] mother is [V].
        The mother of [Full] is [V].
        [V] is the mother of [Full].
        [S] is a child of [V].
        [S] has [V] for a mother.
        [V] has a child called [Full].
        [S] learned to {walk|read|cook|whistle} from [his] mother, [V].
        [S's] mother, [V], {writes every week|knits for everybody|has a loud laugh}.
        It was [V] who gave birth to [Full].
        On Sundays, [Full] visits [his] mother, [V].
        [V] is proud to be the mother of [Full].
        Who is [Full's] mother? It is [V].
        # clauses
        is a child of [V]
        has [V] for a mother
        has a mother called [V]
        # me
        My mother is [V].
        My mother, [V], taught me everything.
        # ask
        Who is [Full's] mother?
        Who is the mother of [Full]?
        What is the name of [Full's] mother?
        What is [Full's] mother called?
        Whose child is [Full]?
        Can you tell me who [Full's] mother is?
        Tell me the name of [Full's] mother.
        Do you know who [Full's] mother is?
        Which woman is the mother of [Full]?
        Who gave birth to [Full]?
        I forgot who [Full's] mother is. Who is it?
        What is the name of the mother of [Full]?
        {Please tell me|I would like to know} who the mother of [Full] is.
        # unseen
        Who brought [Full] into the world?
        What is the mother of [Full] called?
        Please name the mother of [Full].
        Which person is [Full's] mother?
        # answer
        [Full's] mother is [V].
        The mother of [Full] is [V].
        # yesno
        Is [V] the mother of [Full]?
        Is [V] [Full's] mother?
        # no
        [Full's] mother is not [W]. It is [V].
        # unknown
        who [Full's] mother is
        the name of [Full's] mother
        # declined
        [Full's] mother is somebody whom I don't know.
        The mother of [Full] is somebody whom I don't know.
        # prefix
        The first word of [Full] was meant for the mother, [V]
        On a visit home, [Full] was met at the door by the mother, [V]
        In the family book, the mother of [Full] is written down as [V]
        """;
}
