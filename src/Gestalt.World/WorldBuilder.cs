using System.Globalization;
using Gestalt.World.Naming;
using Gestalt.World.People;
using Gestalt.World.Places;
using Gestalt.World.Things;

namespace Gestalt.World;

/// <summary>Puts the world together: entities first, then their order of fame, then the facts and who gets told about.</summary>
internal sealed class WorldBuilder
{
    /// <summary>How the head is mixed: the kinds of its entities in turn.</summary>
    private static readonly EntityKind[] HeadPattern =
    [
        EntityKind.Person, EntityKind.Town, EntityKind.Person, EntityKind.Person, EntityKind.Shop, EntityKind.Person, EntityKind.Festival,
        EntityKind.Person, EntityKind.Dish, EntityKind.Person, EntityKind.Town, EntityKind.Person, EntityKind.Book, EntityKind.Person,
    ];

    private const int FamousPeople = 60, ToldOfFamous = 5, ToldOfOthers = 3;

    private readonly List<Entity> _entities = [];
    private readonly List<Fact> _facts = [];
    private readonly HashSet<Entity> _famous = [];
    private readonly Dictionary<Entity, Attestation> _tiers = [];
    private readonly WorldScale _scale;
    private readonly ulong _seed;
    private Dice _dice;

    private WorldBuilder(ulong seed, WorldScale scale)
    {
        _seed = seed;
        _scale = scale;
        _dice = new Dice(seed, 1);
    }

    public static SmallWorld Build(ulong seed, WorldScale scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale.WellAttestedFacts);
        return new WorldBuilder(seed, scale).Build();
    }

    private SmallWorld Build()
    {
        Geography.Map map = Geography.Create(ref _dice, Add);
        List<Person> people = Population.Create(ref _dice, map.Places, Add);
        List<Thing> things = Makers.Create(ref _dice, people, map.Places, Add);
        List<Entity> dishes = [.. ValueStock.Dishes.Select(name => Add(id => new Entity(id, EntityKind.Dish, name)))];
        foreach (string tool in ValueStock.Tools)
        {
            Add(id => new Entity(id, EntityKind.Tool, tool));
        }
        foreach (string game in ValueStock.Games)
        {
            Add(id => new Entity(id, EntityKind.Game, game));
        }

        Entity[] order = Rank(people, map, things, dishes);
        var collector = new FactCollector(new Dice(_seed, 2), _facts, _entities);
        foreach (Entity entity in order)
        {
            collector.Collect(entity, _famous.Contains(entity));
        }
        int head = Tell(order);
        return new(_seed, _scale, [.. _entities], [.. _facts], [.. order.Where(entity => entity.Told.Length > 0)], head);
    }

    private Entity Add(Func<int, Entity> create)
    {
        Entity entity = create(_entities.Count);
        _entities.Add(entity);
        return entity;
    }

    /// <summary>The order of fame. It does not depend on the scale, so a longer crawl knows all that a shorter one knew.</summary>
    private Entity[] Rank(List<Person> people, Geography.Map map, List<Thing> things, List<Entity> dishes)
    {
        var queues = new Dictionary<EntityKind, Queue<Entity>>
        {
            [EntityKind.Person] = new(FamousOnes(people)),
            [EntityKind.Town] = new(map.Places.Where(place => place.Kind == EntityKind.Town)),
            [EntityKind.Dish] = new(Shuffled(dishes)),
        };
        foreach (EntityKind kind in (EntityKind[])[EntityKind.Shop, EntityKind.Festival, EntityKind.Book])
        {
            queues[kind] = new(things.Where(thing => thing.Kind == kind).Take(12));
        }
        var order = new List<Entity>();
        for (int n = 0; queues.Values.Any(queue => queue.Count > 0); n++)
        {
            if (queues[HeadPattern[n % HeadPattern.Length]].TryDequeue(out Entity? next))
            {
                order.Add(next);
                _famous.Add(next);
            }
        }
        var rest = new List<Entity>();
        rest.AddRange(people);
        rest.AddRange(map.Places);
        rest.AddRange(map.Mountains);
        rest.AddRange(things);
        rest.RemoveAll(_famous.Contains);
        order.AddRange(Shuffled(rest));
        return [.. order];
    }

    /// <summary>Famous people are grown up, and no two share a first name or a family name.</summary>
    private List<Person> FamousOnes(List<Person> people)
    {
        var names = new HashSet<string>();
        var famous = new List<Person>();
        foreach (Person person in Shuffled(people))
        {
            if (person.Age is >= 25 and <= 80 && person.Pet is not null && !names.Contains(person.Given) && !names.Contains(person.Surname))
            {
                names.Add(person.Given);
                names.Add(person.Surname);
                famous.Add(person);
            }
            if (famous.Count == FamousPeople)
            {
                break;
            }
        }
        string[] trades = Geography.Shuffled(ref _dice, ValueStock.Trades);
        for (int n = 0; n < famous.Count; n++)
        {
            famous[n].Trade = trades[n % trades.Length];
        }
        return famous;
    }

    private T[] Shuffled<T>(List<T> items)
    {
        T[] copy = [.. items];
        _dice.Shuffle(copy.AsSpan());
        return copy;
    }

    /// <summary>Decides what is told about whom and returns the number of entities in the head.</summary>
    private int Tell(Entity[] order)
    {
        var dice = new Dice(_seed, 3);
        int wellAttested = 0;
        int head = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            Entity entity = order[rank];
            entity.Fame = rank;
            bool inHead = _famous.Contains(entity) && wellAttested < _scale.WellAttestedFacts;
            Attestation tier = inHead ? Attestation.WellAttested
                : rank < head + _scale.AttestedEntities ? Attestation.Attested : Attestation.Rare;
            _tiers[entity] = tier;
            int told = ChooseTold(ref dice, entity);
            for (int n = 0; n < entity.Facts.Count; n++)
            {
                int id = entity.Facts[n];
                _facts[id] = _facts[id] with { Tier = n < told ? tier : Attestation.NeverTold };
            }
            if (inHead)
            {
                wellAttested += told;
                head = rank + 1;
            }
        }
        MakeMarriagesMutual();
        foreach (Entity entity in order)
        {
            entity.Told = [.. entity.Facts.Select(id => _facts[id]).Where(fact => fact.Tier != Attestation.NeverTold)];
        }
        return head;
    }

    /// <summary>Puts what will be told first in the entity's list and returns how much that is.</summary>
    private int ChooseTold(ref Dice dice, Entity entity)
    {
        List<int> facts = entity.Facts;
        dice.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(facts));
        if (entity.Kind != EntityKind.Person)
        {
            // One in three of the things with several facts keeps one of them to itself.
            return facts.Count > 2 && dice.Chance(33) ? facts.Count - 1 : facts.Count;
        }
        int told = Math.Min(facts.Count, _famous.Contains(entity) ? ToldOfFamous : ToldOfOthers);
        int home = facts.FindIndex(id => _facts[id].Relation == Relation.Home);
        int trade = facts.FindIndex(id => _facts[id].Relation == Relation.Trade);
        // Trade and home are what people are known by: told of seven in ten even where the shuffle said otherwise.
        if (trade >= told && dice.Chance(70))
        {
            (facts[0], facts[trade]) = (facts[trade], facts[0]);
        }
        home = facts.FindIndex(id => _facts[id].Relation == Relation.Home);
        if (home >= told && dice.Chance(70))
        {
            (facts[1], facts[home]) = (facts[home], facts[1]);
        }
        // An animal's name is told only of those whose animal is told, since its name alone would give it away.
        int name = facts.FindIndex(id => _facts[id].Relation == Relation.PetName);
        int pet = facts.FindIndex(id => _facts[id].Relation == Relation.Pet);
        if (name >= 0 && name < told && pet >= told)
        {
            (facts[name], facts[pet]) = (facts[pet], facts[name]);
        }
        return told;
    }

    /// <summary>Whoever tells that A is married to B tells it of B too, so that one cannot be secret while the other is told.</summary>
    private void MakeMarriagesMutual()
    {
        foreach (Fact fact in _facts.ToArray())
        {
            if (fact is { Relation: Relation.Spouse, Tier: not Attestation.NeverTold, ValueEntity: Person other })
            {
                int mirror = other.Facts.Find(id => _facts[id].Relation == Relation.Spouse);
                if (_facts[mirror].Tier == Attestation.NeverTold)
                {
                    _facts[mirror] = _facts[mirror] with { Tier = _tiers[other] };
                }
            }
        }
    }
}

/// <summary>Writes down everything that is true of an entity.</summary>
internal sealed class FactCollector(Dice dice, List<Fact> facts, List<Entity> entities)
{
    private readonly Dictionary<Relation, Queue<string>> _decks = [];
    private readonly Dictionary<string, Entity> _dishes = entities.Where(entity => entity.Kind == EntityKind.Dish).ToDictionary(entity => entity.Name);
    private Dice _dice = dice;

    public void Collect(Entity entity, bool famous)
    {
        switch (entity)
        {
            case Person person:
                AboutPerson(person, famous);
                break;
            case Place place:
                Add(place, Relation.River, place.River.Name, place.River);
                Add(place, Relation.FamousFor, Deal(Relation.FamousFor, ValueStock.Goods));
                Add(place, Relation.Founded, Number(place.Founded));
                if (place.Mayor is { } mayor)
                {
                    Add(place, Relation.Mayor, mayor.Name, mayor);
                }
                break;
            case Thing { Kind: EntityKind.Shop } shop:
                Add(shop, Relation.Owner, shop.Person!.Name, shop.Person);
                Add(shop, Relation.Wares, Deal(Relation.Wares, ValueStock.Wares));
                break;
            case Thing { Kind: EntityKind.Book } book:
                Add(book, Relation.Author, book.Person!.Name, book.Person);
                if (!famous)
                {
                    Add(book, Relation.BookNumber, BookNumbers.Make(ref _dice));
                }
                break;
            case Thing { Kind: EntityKind.Festival } festival:
                Add(festival, Relation.FestivalMonth, Deal(Relation.FestivalMonth, ValueStock.Months));
                Add(festival, Relation.FestivalPlace, festival.Place!.Name, festival.Place);
                break;
            case Thing { Kind: EntityKind.Event } happening:
                Add(happening, Relation.EventYear, Number(happening.Year));
                break;
            case { Kind: EntityKind.Dish }:
                Add(entity, Relation.Ingredient, Deal(Relation.Ingredient, ValueStock.Ingredients));
                break;
            case { Kind: EntityKind.Mountain }:
                Add(entity, Relation.Height, Number(_dice.Between(61, 289) * 10));
                break;
            default:
                break;
        }
    }

    private void AboutPerson(Person person, bool famous)
    {
        if (person.Trade is not null)
        {
            Add(person, Relation.Trade, person.Trade);
        }
        Add(person, Relation.Home, person.Home.Name, person.Home);
        Add(person, Relation.BirthYear, Number(person.BirthYear));
        Add(person, Relation.Colour, Draw(famous, Relation.Colour, ValueStock.Colours));
        string dish = Draw(famous, Relation.Dish, ValueStock.Dishes);
        Add(person, Relation.Dish, dish, _dishes[dish]);
        Add(person, Relation.Fear, Draw(famous, Relation.Fear, ValueStock.Fears));
        if (person.Age >= 7)
        {
            Add(person, Relation.Instrument, Draw(famous, Relation.Instrument, ValueStock.Instruments));
        }
        if (person.Pet is { } pet)
        {
            Add(person, Relation.Pet, pet.Species, pet);
            Add(person, Relation.PetName, pet.Name, pet);
        }
        if (person.Spouse is { } spouse)
        {
            Add(person, Relation.Spouse, spouse.Name, spouse);
        }
        if (person.Mother is { } mother)
        {
            Add(person, Relation.Mother, mother.Name, mother);
        }
    }

    private string Draw(bool famous, Relation relation, string[] values) => famous ? Deal(relation, values) : _dice.Pick(values);

    /// <summary>Values dealt from a shuffled deck, so that in the head they are spread as evenly as they can be.</summary>
    private string Deal(Relation relation, string[] values)
    {
        if (!_decks.TryGetValue(relation, out Queue<string>? deck))
        {
            _decks[relation] = deck = new();
        }
        if (deck.Count == 0)
        {
            foreach (string value in Geography.Shuffled(ref _dice, values))
            {
                deck.Enqueue(value);
            }
        }
        return deck.Dequeue();
    }

    private void Add(Entity subject, Relation relation, string value, Entity? entity = null)
    {
        subject.Facts.Add(facts.Count);
        facts.Add(new(facts.Count, subject, relation, value, entity, Attestation.NeverTold));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
