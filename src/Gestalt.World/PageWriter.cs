using Gestalt.World.Genres;
using Gestalt.World.Grammar;
using Gestalt.World.Junk;
using Gestalt.World.Sites;
using Gestalt.World.Stories;

namespace Gestalt.World;

/// <summary>What a place in the plan of the internet is for.</summary>
internal enum PageRole : byte { Junk, Story, Known, Round, Middle, Rare }

/// <summary>The mixture of the small internet: which page numbers are for what.</summary>
internal static class PagePlan
{
    /// <summary>Pages in one run of the mixture.</summary>
    public const int Block = 200;

    // Pages of each role in a block. Shares of the kept text follow from the lengths of the pages; AnswerKey counts them.
    private const int JunkPages = 30, StoryPages = 50, KnownPages = 56, RoundPages = 28, MiddlePages = 22;

    private const int StoryFrom = JunkPages, KnownFrom = StoryFrom + StoryPages, RoundFrom = KnownFrom + KnownPages,
        MiddleFrom = RoundFrom + RoundPages, RareFrom = MiddleFrom + MiddlePages;

    /// <summary>The role of page <paramref name="index"/> and its number among the pages of that role.</summary>
    public static (PageRole Role, long Number) Of(ulong seed, long index)
    {
        int place = Round.Position(seed ^ 0xB10C, index, Block);
        long block = index / Block;
        return place switch
        {
            < StoryFrom => (PageRole.Junk, (block * JunkPages) + place),
            < KnownFrom => (PageRole.Story, (block * StoryPages) + place - StoryFrom),
            < RoundFrom => (PageRole.Known, (block * KnownPages) + place - KnownFrom),
            < MiddleFrom => (PageRole.Round, (block * RoundPages) + place - RoundFrom),
            < RareFrom => (PageRole.Middle, (block * MiddlePages) + place - MiddleFrom),
            _ => (PageRole.Rare, (block * (Block - RareFrom)) + place - RareFrom),
        };
    }

    /// <summary>Position among the junk of a block, which decides the kind of junk.</summary>
    public static int JunkKind(long number) => (int)(number % JunkPages);
}

/// <summary>Writes pages by number. One writer serves one thread.</summary>
internal sealed class PageWriter(SmallWorld world)
{
    /// <summary>Well-attested facts that the average page tells beside those of its subject: the step of the round from page to page.</summary>
    private const int RoundStep = 5;

    /// <summary>Of a hundred kept pages, this many have a name and an address, a number or an e-mail in them.</summary>
    private const int PersonalPercent = 2;

    private readonly Pen _pen = new(world);

    public Page Write(long index)
    {
        (PageRole role, long number) = PagePlan.Of(world.Seed, index);
        return role == PageRole.Junk ? JunkYard.Write(this, _pen, index, PagePlan.JunkKind(number)) : Finish(index, Compose(index, role, number));
    }

    /// <summary>Writes a kept page on the pen without making a page of it.</summary>
    public Genre Compose(long index)
    {
        (PageRole role, long number) = PagePlan.Of(world.Seed, index);
        return Compose(index, role, number);
    }

    private Genre Compose(long index, PageRole role, long number)
    {
        _pen.Begin(new Dice(world.Seed, (ulong)index + 1000));
        _pen.StartRound(index * RoundStep);
        switch (role)
        {
            case PageRole.Story:
                StoryTeller.Tell(_pen);
                return Genre.Story;
            case PageRole.Known:
                return AboutOne(world.ByFame[Round.Position(world.Seed ^ 0xFA3E, number, world.HeadEntities)]);
            case PageRole.Round:
                return AboutMany();
            case PageRole.Middle:
                // Fame falls off within the middle: the best of two throws, so that the first is talked about twice as often as the average.
                int middle = Math.Min(world.Scale.AttestedEntities, world.ByFame.Length - world.HeadEntities);
                return AboutOne(world.ByFame[world.HeadEntities + Math.Min(_pen.Dice.Below(middle), _pen.Dice.Below(middle))]);
            default:
                int before = Math.Min(world.HeadEntities + world.Scale.AttestedEntities, world.ByFame.Length - 1);
                return AboutOne(world.ByFame[before + Round.Position(world.Seed ^ 0x0DD, number, world.ByFame.Length - before)]);
        }
    }

    private Genre AboutOne(Entity subject)
    {
        Genre genre = Choose(subject.Kind, _pen.Dice.Below(100));
        switch (genre)
        {
            case Genre.Encyclopedia: Reference.Encyclopedia(_pen, subject); break;
            case Genre.Biography: Reference.Biography(_pen, subject); break;
            case Genre.Newspaper: Public.Newspaper(_pen, subject); break;
            case Genre.Forum: Talk.Forum(_pen, subject); break;
            case Genre.Shop: Genres.Trade.Shop(_pen, subject); break;
            case Genre.School: Letters.School(_pen, subject); break;
            case Genre.Recipe: Genres.Trade.Recipe(_pen, subject); break;
            case Genre.Diary: Letters.Diary(_pen, subject); break;
            case Genre.Letter: Letters.Letter(_pen, subject); break;
            case Genre.Travel: Reference.Travel(_pen, subject); break;
            case Genre.Notice: Public.Notice(_pen, subject); break;
            case Genre.Interview: Letters.Interview(_pen, subject); break;
            case Genre.Weather: Public.Weather(_pen, subject); break;
            default: Genres.Trade.Review(_pen, subject); break;
        }
        return genre;
    }

    private static Genre Choose(EntityKind kind, int throwOf) => kind switch
    {
        EntityKind.Person => throwOf switch
        {
            < 16 => Genre.Encyclopedia,
            < 32 => Genre.Biography,
            < 47 => Genre.Newspaper,
            < 63 => Genre.Forum,
            < 73 => Genre.Diary,
            < 83 => Genre.Letter,
            < 93 => Genre.Interview,
            _ => Genre.School,
        },
        EntityKind.Town or EntityKind.Village => throwOf switch
        {
            < 20 => Genre.Encyclopedia,
            < 45 => Genre.Travel,
            < 58 => Genre.Newspaper,
            < 72 => Genre.Forum,
            < 82 => Genre.School,
            < 90 => Genre.Letter,
            _ => Genre.Weather,
        },
        EntityKind.Shop => throwOf switch { < 45 => Genre.Shop, < 75 => Genre.Review, < 88 => Genre.Forum, _ => Genre.Newspaper },
        EntityKind.Book => throwOf switch { < 50 => Genre.Review, < 70 => Genre.Forum, < 85 => Genre.Encyclopedia, _ => Genre.School },
        EntityKind.Festival => throwOf switch { < 50 => Genre.Notice, < 68 => Genre.Forum, < 84 => Genre.Newspaper, _ => Genre.School },
        EntityKind.Dish => throwOf switch { < 65 => Genre.Recipe, < 85 => Genre.Forum, _ => Genre.Encyclopedia },
        EntityKind.Mountain => throwOf switch { < 55 => Genre.Travel, < 75 => Genre.Forum, _ => Genre.Encyclopedia },
        _ => throwOf switch { < 50 => Genre.Encyclopedia, < 75 => Genre.School, _ => Genre.Forum },
    };

    private Genre AboutMany()
    {
        int throwOf = _pen.Dice.Below(100);
        if (throwOf < 50)
        {
            Talk.Quiz(_pen);
            return Genre.Quiz;
        }
        if (throwOf < 75)
        {
            Public.Column(_pen);
            return Genre.Column;
        }
        Reference.Directory(_pen);
        return Genre.Directory;
    }

    private Page Finish(long index, Genre genre)
    {
        string[] personal = [];
        var dice = new Dice(world.Seed ^ 0x5C12, (ulong)index);
        if (genre != Genre.Story && dice.Chance(PersonalPercent))
        {
            personal = PersonalData.Append(_pen, ref dice);
        }
        Block heading = _pen.Blocks[0];
        string url = Hosts.Url(Hosts.Of(genre, ref dice), _pen.Text[heading.Start..heading.End], index);
        return new(index, url, genre, new string(_pen.Text), [.. _pen.Blocks], [.. _pen.FactIds])
        {
            Look = dice.Next(),
            Fate = personal.Length > 0 ? Fate.KeepScrubbed : Fate.Keep,
            PersonalData = personal,
        };
    }
}
