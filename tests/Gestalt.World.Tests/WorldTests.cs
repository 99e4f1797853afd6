namespace Gestalt.World.Tests;

public class WorldTests
{
    private static readonly SmallWorld World = SmallWorld.Create(1);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Dice_are_split_mix_64()
    {
        // The reference implementation's first output for state 1234567 (prng.di.unimi.it/splitmix64.c).
        Assert.Equal(6457827717110365317UL, Dice.Mix(1234567UL + 0x9E3779B97F4A7C15UL));
        Assert.Equal(3203168211198807973UL, Dice.Mix(unchecked(1234567UL + (2 * 0x9E3779B97F4A7C15UL))));
    }

    [Fact]
    public void Dice_below_stays_below_and_reaches_every_number_about_equally_often()
    {
        var dice = new Dice(5);
        int[] counts = new int[7];
        for (int n = 0; n < 70_000; n++)
        {
            counts[dice.Below(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void The_same_seed_makes_the_same_world_and_another_seed_another()
    {
        SmallWorld again = SmallWorld.Create(1);
        Assert.Equal(World.Facts.Select(fact => (fact.Subject.Name, fact.Relation, fact.Value, fact.Tier)),
            again.Facts.Select(fact => (fact.Subject.Name, fact.Relation, fact.Value, fact.Tier)));
        SmallWorld other = SmallWorld.Create(2);
        Assert.NotEqual(World.People.Select(person => person.Name), other.People.Select(person => person.Name));
    }

    [Fact]
    public void It_has_thousands_of_entities_of_every_kind_with_names_of_their_own()
    {
        Assert.True(World.Entities.Count >= 3000, $"only {World.Entities.Count}");
        foreach (EntityKind kind in Enum.GetValues<EntityKind>())
        {
            Assert.True(World.Entities.Count(entity => entity.Kind == kind) >= 10, $"few of kind {kind}");
        }
        string[] names = [.. World.Entities.Where(entity => entity.Kind is not (EntityKind.Pet or EntityKind.Tool)).Select(entity => entity.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        for (int id = 0; id < World.Entities.Count; id++)
        {
            Assert.Equal(id, World.Entities[id].Id);
        }
    }

    [Fact]
    public void Kin_is_symmetric_and_ages_are_possible()
    {
        foreach (Person person in World.People)
        {
            Assert.InRange(person.BirthYear, 1900, SmallWorld.Now - 1);
            if (person.Spouse is { } spouse)
            {
                Assert.Same(person, spouse.Spouse);
                Assert.NotSame(person, spouse);
                Assert.True(person.Age >= 18 && spouse.Age >= 18);
                Assert.NotSame(person.Mother ?? person, spouse.Mother ?? spouse);
            }
            Assert.Equal(person.Mother is null, person.Father is null);
            if (person.Mother is { } mother)
            {
                Assert.Contains(person, mother.Children);
                Assert.Contains(person, person.Father!.Children);
                Assert.InRange(person.BirthYear - mother.BirthYear, 17, 46);
                Assert.Equal(person.Father.Surname, person.Surname);
                Assert.Equal(Gender.Female, mother.Gender);
            }
            foreach (Person child in person.Children)
            {
                Assert.True(child.Mother == person || child.Father == person);
            }
            Assert.Equal(person.Age >= SmallWorld.WorkingAge, person.Trade is not null);
        }
        Assert.True(World.People.Count(person => person.Spouse is not null) > 500);
    }

    [Fact]
    public void All_water_runs_to_the_lake()
    {
        foreach (Water water in World.Entities.OfType<Water>())
        {
            Water at = water;
            while (at.Mouth is { } mouth)
            {
                Assert.True(mouth.Rank < at.Rank);
                at = mouth;
            }
            Assert.Equal(0, at.Rank);
        }
        Assert.All(World.Places, place => Assert.NotNull(place.River.Mouth));
    }

    [Fact]
    public void Dates_and_offices_are_possible()
    {
        foreach (Place place in World.Places)
        {
            Assert.InRange(place.Founded, 1000, 1900);
            if (place.Mayor is { } mayor)
            {
                Assert.Same(place, mayor.Home);
                Assert.InRange(mayor.Age, 30, 75);
            }
        }
        foreach (Thing thing in World.Entities.OfType<Thing>())
        {
            switch (thing.Kind)
            {
                case EntityKind.Shop:
                    Assert.True(thing.Person!.Age >= 18);
                    Assert.Same(thing.Person.Home, thing.Place);
                    break;
                case EntityKind.Book:
                    Assert.InRange(thing.Year - thing.Person!.BirthYear, 20, 110);
                    Assert.True(thing.Year <= SmallWorld.Now);
                    break;
                case EntityKind.Event:
                    Assert.InRange(thing.Year, thing.Place!.Founded, SmallWorld.Now);
                    break;
            }
        }
    }

    [Fact]
    public void Book_numbers_have_a_right_check_digit()
    {
        Fact[] numbers = [.. World.Facts.Where(fact => fact.Relation == Relation.BookNumber)];
        Assert.True(numbers.Length > 100);
        foreach (Fact fact in numbers)
        {
            string digits = fact.Value.Replace("-", "", StringComparison.Ordinal);
            Assert.Equal(13, digits.Length);
            int sum = digits.Select((digit, n) => (digit - '0') * (n % 2 == 0 ? 1 : 3)).Sum();
            Assert.Equal(0, sum % 10);
        }
    }

    [Fact]
    public void Facts_agree_with_the_entities_they_are_about()
    {
        foreach (Fact fact in World.Facts)
        {
            Assert.Contains(fact.Id, fact.Subject.FactIds);
            string expected = (fact.Relation, fact.Subject) switch
            {
                (Relation.Trade, Person person) => person.Trade!,
                (Relation.Home, Person person) => person.Home.Name,
                (Relation.BirthYear, Person person) => $"{person.BirthYear}",
                (Relation.Pet, Person person) => person.Pet!.Species,
                (Relation.PetName, Person person) => person.Pet!.Name,
                (Relation.Spouse, Person person) => person.Spouse!.Name,
                (Relation.Mother, Person person) => person.Mother!.Name,
                (Relation.River, Place place) => place.River.Name,
                (Relation.Mayor, Place place) => place.Mayor!.Name,
                (Relation.Founded, Place place) => $"{place.Founded}",
                (Relation.Owner or Relation.Author, Thing thing) => thing.Person!.Name,
                (Relation.FestivalPlace, Thing thing) => thing.Place!.Name,
                (Relation.EventYear, Thing thing) => $"{thing.Year}",
                _ => fact.Value,
            };
            Assert.Equal(expected, fact.Value);
        }
        Assert.Equal(World.Facts.Count, World.Facts.Select(fact => (fact.Subject.Id, fact.Relation)).Distinct().Count());
    }

    [Fact]
    public void The_head_has_the_size_that_was_asked_for()
    {
        Assert.InRange(World.OfTier(Attestation.WellAttested).Count(), 320, 345);
        Assert.InRange(World.HeadEntities, 70, 110);
        SmallWorld small = SmallWorld.Create(1, WorldScale.ForText(2_000_000));
        Assert.InRange(small.OfTier(Attestation.WellAttested).Count(), 80, 95);
        Assert.Equal(World.Facts.Select(fact => fact.Value), small.Facts.Select(fact => fact.Value));
        // What a short crawl tells well, a long one tells well too.
        HashSet<int> head = [.. World.OfTier(Attestation.WellAttested).Select(fact => fact.Id)];
        Assert.All(small.OfTier(Attestation.WellAttested), fact => Assert.Contains(fact.Id, head));
    }

    [Fact]
    public void Famous_people_share_no_name_and_keep_secrets()
    {
        Person[] famous = [.. World.People.Where(person => person.Fame < World.HeadEntities)];
        Assert.InRange(famous.Length, 40, 60);
        Assert.Equal(famous.Length, famous.Select(person => person.Given).Distinct().Count());
        Assert.Equal(famous.Length, famous.Select(person => person.Surname).Distinct().Count());
        Assert.All(famous, person => Assert.Contains(person.FactIds, id => World.Facts[id].Tier == Attestation.NeverTold));
    }

    [Fact]
    public void Chance_levels_are_those_of_the_value_sets()
    {
        RelationInfo trade = World.Info(Relation.Trade);
        Assert.Equal(32, trade.Values.Count);
        Assert.Equal(1 / 32.0, trade.UniformChance, 6);
        Assert.All(World.Relations, info =>
        {
            Assert.True(info.Facts > 0, info.Relation.ToString());
            Assert.InRange(info.ChanceLevel, info.UniformChance, 0.34);
            Assert.Equal(info.Values.Count, info.Values.Distinct().Count());
        });
    }
}
