using Gestalt.World.Naming;

namespace Gestalt.World.People;

/// <summary>Brings up the families of the valley: founders, marriages, children, homes, trades and animals.</summary>
internal sealed class Population
{
    public const int People = 1900, Founders = 420, PetCount = 420;

    private readonly List<Person> _people = [];
    private readonly HashSet<string> _names = [];
    private readonly List<Place> _places;
    private readonly Func<Func<int, Entity>, Entity> _add;
    private Dice _dice;

    private Population(Dice dice, List<Place> places, Func<Func<int, Entity>, Entity> add)
    {
        _dice = dice;
        _places = places;
        _add = add;
    }

    public static List<Person> Create(ref Dice dice, List<Place> places, Func<Func<int, Entity>, Entity> add)
    {
        var population = new Population(new Dice(dice.Next()), places, add);
        population.Grow();
        population.SettleWork();
        population.GivePets();
        population.ElectMayors();
        return population._people;
    }

    private void Grow()
    {
        string[] surnames = Surnames();
        for (int n = 0; n < Founders; n++)
        {
            Bear(surnames[n % surnames.Length], n % 2 == 0 ? Gender.Female : Gender.Male, _dice.Between(1930, 1949), null, null);
        }

        int married = 0;
        while (_people.Count < People)
        {
            // Each round marries whoever is grown and single, and the new couples have their children.
            int upTo = _people.Count;
            Marry(married, upTo);
            for (int n = married; n < upTo && _people.Count < People; n++)
            {
                if (_people[n] is { Gender: Gender.Female, Spouse: { } father } mother)
                {
                    HaveChildren(mother, father);
                }
            }
            if (upTo == _people.Count)
            {
                break;
            }
            married = upTo;
        }
        Marry(married, _people.Count);
    }

    private string[] Surnames()
    {
        var surnames = new List<string>();
        foreach (string ending in NameStock.FamilyEndings)
        {
            foreach (string beginning in NameStock.FamilyBeginnings)
            {
                if (char.ToLowerInvariant(beginning[^1]) != ending[0] && !(beginning.EndsWith('y') && ending == "by"))
                {
                    surnames.Add(beginning + ending);
                }
            }
        }
        string[] all = [.. surnames];
        _dice.Shuffle(all.AsSpan());
        return all;
    }

    private Person? Bear(string surname, Gender gender, int year, Person? mother, Person? father)
    {
        string[] stock = gender == Gender.Female ? NameStock.Girls : NameStock.Boys;
        string given = _dice.Pick(stock);
        for (int tries = 0; !_names.Add(given + surname); tries++)
        {
            if (tries == stock.Length)
            {
                return null;
            }
            given = _dice.Pick(stock);
        }
        var person = (Person)_add(id => new Person(id, given, surname, gender, year) { Mother = mother, Father = father });
        _people.Add(person);
        return person;
    }

    private void Marry(int from, int to)
    {
        var grooms = new List<Person>();
        for (int n = from; n < to; n++)
        {
            if (_people[n] is { Gender: Gender.Male, Age: >= 24 } groom)
            {
                grooms.Add(groom);
            }
        }
        for (int n = from; n < to; n++)
        {
            Person bride = _people[n];
            if (bride.Gender != Gender.Female || bride.Age < 22 || _dice.Chance(12))
            {
                continue;
            }
            int match = grooms.FindIndex(groom => Math.Abs(groom.BirthYear - bride.BirthYear) <= 6 && groom.Surname != bride.Surname);
            if (match >= 0)
            {
                bride.Spouse = grooms[match];
                grooms[match].Spouse = bride;
                grooms.RemoveAt(match);
            }
        }
    }

    private void HaveChildren(Person mother, Person father)
    {
        int year = Math.Max(mother.BirthYear, father.BirthYear) + _dice.Between(21, 28);
        int wanted = _dice.Between(2, 5);
        for (int n = 0; n < wanted && year <= SmallWorld.Now - 3 && year - mother.BirthYear <= 42 && _people.Count < People; n++)
        {
            Person? child = Bear(father.Surname, _dice.Chance(50) ? Gender.Female : Gender.Male, year, mother, father);
            if (child is not null)
            {
                mother.ChildList.Add(child);
                father.ChildList.Add(child);
            }
            year += _dice.Between(1, 4);
        }
    }

    private void SettleWork()
    {
        foreach (Person person in _people)
        {
            person.Home = person switch
            {
                { Spouse.Home: { } shared } => shared,
                { Age: < 19, Mother.Home: { } parents } => parents,
                _ => _dice.Chance(55) ? _places[_dice.Below(Places.Geography.Towns)] : _dice.Pick(_places),
            };
            person.Trade = person.Age >= SmallWorld.WorkingAge ? _dice.Pick(ValueStock.Trades) : null;
        }
    }

    private void GivePets()
    {
        for (int n = 0; n < PetCount;)
        {
            Person keeper = _dice.Pick(_people);
            if (keeper.Pet is not null || keeper.Age < 6)
            {
                continue;
            }
            string name = _dice.Pick(NameStock.PetNames);
            string species = _dice.Pick(ValueStock.Pets);
            Gender gender = _dice.Chance(50) ? Gender.Female : Gender.Male;
            keeper.Pet = (Pet)_add(id => new Pet(id, name, species, keeper, gender));
            n++;
        }
    }

    private void ElectMayors()
    {
        foreach (Place place in _places)
        {
            Person[] able = [.. _people.Where(person => person.Home == place && person.Age is >= 30 and <= 75)];
            place.Mayor = able.Length > 0 ? _dice.Pick(able) : null;
        }
    }
}
