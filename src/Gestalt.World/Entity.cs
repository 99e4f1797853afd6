namespace Gestalt.World;

/// <summary>What sort of thing an entity is.</summary>
public enum EntityKind
{
    /// <summary>A person of the valley.</summary>
    Person,
    /// <summary>One of the dozen towns.</summary>
    Town,
    /// <summary>A village.</summary>
    Village,
    /// <summary>A river or a lake that rivers run into.</summary>
    Water,
    /// <summary>A mountain.</summary>
    Mountain,
    /// <summary>A kept animal with a name of its own.</summary>
    Pet,
    /// <summary>A shop.</summary>
    Shop,
    /// <summary>A dish that people cook.</summary>
    Dish,
    /// <summary>A book.</summary>
    Book,
    /// <summary>A yearly festival.</summary>
    Festival,
    /// <summary>A tool of some trade.</summary>
    Tool,
    /// <summary>A game that is played in the valley.</summary>
    Game,
    /// <summary>Something that once happened, and is still talked about.</summary>
    Event,
}

/// <summary>The pronouns that a name takes.</summary>
public enum Gender
{
    /// <summary>it, its</summary>
    Neuter,
    /// <summary>she, her</summary>
    Female,
    /// <summary>he, his</summary>
    Male,
}

/// <summary>Anything that has a name in the small world.</summary>
public class Entity
{
    internal Entity(int id, EntityKind kind, string name, Gender gender = Gender.Neuter)
    {
        Id = id;
        Kind = kind;
        Name = name;
        Gender = gender;
    }

    /// <summary>Position in <see cref="SmallWorld.Entities"/>.</summary>
    public int Id { get; }

    /// <summary>What sort of thing this is.</summary>
    public EntityKind Kind { get; }

    /// <summary>The full name as it stands in the middle of a sentence ("Mira Fenwick", "the Lantern Walk", "hush pudding").</summary>
    public string Name { get; }

    /// <summary>The pronouns that the name takes.</summary>
    public Gender Gender { get; }

    /// <summary>What one calls it the second time: the given name of a person, "the town" for a town.</summary>
    public virtual string ShortName => Kind switch
    {
        EntityKind.Town => "the town",
        EntityKind.Village => "the village",
        EntityKind.Water => "the river",
        EntityKind.Mountain => "the mountain",
        EntityKind.Shop => "the shop",
        EntityKind.Dish => "the dish",
        EntityKind.Book => "the book",
        EntityKind.Festival => "the festival",
        EntityKind.Tool => "the tool",
        EntityKind.Game => "the game",
        EntityKind.Event => "the event",
        _ => Name,
    };

    /// <summary>Position in the order of fame: 0 is the best known. Head entities come first.</summary>
    public int Fame { get; internal set; } = int.MaxValue;

    /// <summary>All facts about this entity, told and never told, as indices into <see cref="SmallWorld.Facts"/>.</summary>
    public IReadOnlyList<int> FactIds => Facts;

    internal List<int> Facts { get; } = [];

    /// <summary>The facts of <see cref="FactIds"/> that pages may state.</summary>
    internal Fact[] Told { get; set; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A person: kin, home, work and small preferences, all consistent with everyone else's.</summary>
public sealed class Person : Entity
{
    internal Person(int id, string given, string surname, Gender gender, int birthYear)
        : base(id, EntityKind.Person, given + " " + surname, gender)
    {
        Given = given;
        Surname = surname;
        BirthYear = birthYear;
    }

    /// <summary>First name.</summary>
    public string Given { get; }

    /// <summary>Family name: everyone keeps the one they were born with, which is the father's.</summary>
    public string Surname { get; }

    /// <summary>Year of birth.</summary>
    public int BirthYear { get; }

    /// <summary>Mother, or null for the oldest generation.</summary>
    public Person? Mother { get; internal set; }

    /// <summary>Father, or null for the oldest generation.</summary>
    public Person? Father { get; internal set; }

    /// <summary>Husband or wife; marriage is symmetric.</summary>
    public Person? Spouse { get; internal set; }

    /// <summary>Sons and daughters, oldest first.</summary>
    public IReadOnlyList<Person> Children => ChildList;

    internal List<Person> ChildList { get; } = [];

    /// <summary>Where the person lives.</summary>
    public Place Home { get; internal set; } = null!;

    /// <summary>Trade, or null for those under <see cref="SmallWorld.WorkingAge"/>.</summary>
    public string? Trade { get; internal set; }

    /// <summary>The animal the person keeps, or null.</summary>
    public Pet? Pet { get; internal set; }

    /// <summary>Age in the year of the small internet.</summary>
    public int Age => SmallWorld.Now - BirthYear;

    /// <inheritdoc/>
    public override string ShortName => Given;
}

/// <summary>A town or a village.</summary>
public sealed class Place : Entity
{
    internal Place(int id, EntityKind kind, string name, int founded, Water river, Entity mountain)
        : base(id, kind, name)
    {
        Founded = founded;
        River = river;
        Mountain = mountain;
    }

    /// <summary>Year of the founding.</summary>
    public int Founded { get; }

    /// <summary>The river on which it lies.</summary>
    public Water River { get; }

    /// <summary>The mountain that one sees from it.</summary>
    public Entity Mountain { get; }

    /// <summary>The mayor, who lives there and is of age.</summary>
    public Person? Mayor { get; internal set; }
}

/// <summary>A river (or the lake in which all rivers end): water runs towards lower <see cref="Rank"/>, so there are no cycles.</summary>
public sealed class Water : Entity
{
    internal Water(int id, string name, int rank, Water? mouth)
        : base(id, EntityKind.Water, name)
    {
        Rank = rank;
        Mouth = mouth;
    }

    /// <summary>0 for the lake; a river's mouth always has a lower rank than the river.</summary>
    public int Rank { get; }

    /// <summary>What the river flows into, or null for the lake.</summary>
    public Water? Mouth { get; }

    /// <inheritdoc/>
    public override string ShortName => Mouth is null ? "the lake" : "the river";
}

/// <summary>A kept animal.</summary>
public sealed class Pet : Entity
{
    internal Pet(int id, string name, string species, Person keeper, Gender gender)
        : base(id, EntityKind.Pet, name, gender)
    {
        Species = species;
        Keeper = keeper;
    }

    /// <summary>"goat", "parrot"...</summary>
    public string Species { get; }

    /// <summary>The person who keeps the animal.</summary>
    public Person Keeper { get; }
}

/// <summary>A thing with a maker, a keeper, a place or a year: shops, books, festivals, events, games and tools.</summary>
public sealed class Thing : Entity
{
    internal Thing(int id, EntityKind kind, string name, Person? person, Place? place, int year)
        : base(id, kind, name)
    {
        Person = person;
        Place = place;
        Year = year;
    }

    /// <summary>The owner of a shop, the author of a book, or null.</summary>
    public Person? Person { get; }

    /// <summary>Where the shop stands, the festival is held or the event happened, or null.</summary>
    public Place? Place { get; }

    /// <summary>The year of a book or an event, or 0.</summary>
    public int Year { get; }
}
