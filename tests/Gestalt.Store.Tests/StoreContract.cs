using System.Text.Json;

namespace Gestalt.Store.Tests;

/// <summary>What every store does; run on each kind of it.</summary>
public abstract class StoreContract
{
    /// <summary>A store without documents, its own for the test; opened again by <see cref="ReopenAsync"/>.</summary>
    protected abstract Task<IStore> OpenAsync();

    /// <summary>Closes a store and opens it again.</summary>
    protected abstract Task<IStore> ReopenAsync(IStore store);

    [Fact]
    [Trait("Speed", "Smoke")]
    public async Task A_document_comes_back_as_it_was_put_also_from_a_store_that_was_closed()
    {
        IStore store = await OpenAsync();
        const string json = """{"a": [1, 2.50, 1e400], "ö\n":"\u0000 \ud83d\ude00 😀 <b>&'", "a": null}""";
        StoredDocument put = await store.PutAsync("note", "Ä/b c:😀", json);
        Assert.Equal(("note", "Ä/b c:😀", json, 1), (put.Kind, put.Id, put.Json, put.Version));
        Assert.Equal(put, await store.GetAsync("note", "Ä/b c:😀"));
        await using IStore again = await ReopenAsync(store);
        Assert.Equal(put, await again.GetAsync("note", "Ä/b c:😀"));
        Assert.InRange(put.Updated, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(put.Created, put.Updated);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData(" {} ")]
    public async Task Any_value_is_a_document(string json)
    {
        await using IStore store = await OpenAsync();
        await store.PutAsync("k", "i", json);
        Assert.Equal(json, (await store.GetAsync("k", "i"))?.Json);
    }

    [Fact]
    public async Task Line_breaks_between_the_parts_become_blanks_and_nothing_else_changes()
    {
        await using IStore store = await OpenAsync();
        await store.PutAsync("k", "i", "{\r\n\t\"a\\n\" :\n1 }");
        Assert.Equal("{  \t\"a\\n\" : 1 }", (await store.GetAsync("k", "i"))?.Json);
    }

    [Fact]
    public async Task Putting_again_counts_versions_and_keeps_when_it_was_made()
    {
        await using IStore store = await OpenAsync();
        StoredDocument first = await store.PutAsync("k", "i", "1");
        StoredDocument second = await store.PutAsync("k", "i", "2");
        StoredDocument third = await store.PutAsync("k", "i", "3", expectedVersion: 2);
        Assert.Equal([1, 2, 3], [first.Version, second.Version, third.Version]);
        Assert.Equal([first.Created, first.Created], [second.Created, third.Created]);
        Assert.True(first.Updated < second.Updated && second.Updated < third.Updated);
        Assert.Equal(third, await store.GetAsync("k", "i"));
        Assert.Equal(1, await store.CountAsync("k"));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(-1, 2)]
    [InlineData(1, 0)]
    public async Task A_change_that_follows_on_another_version_is_refused_and_changes_nothing(long expected, int puts)
    {
        await using IStore store = await OpenAsync();
        for (int i = 1; i <= puts; i++)
            await store.PutAsync("k", "i", $"{i}");
        var refusal = await Assert.ThrowsAsync<StoreConflictException>(() => store.PutAsync("k", "i", "9", expected).AsTask());
        Assert.Equal((expected, puts), (refusal.Expected, refusal.Actual));
        Assert.Contains("'i'", refusal.Message);
        Assert.Equal(puts == 0 ? null : "2", (await store.GetAsync("k", "i"))?.Json);
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_begins_anew()
    {
        IStore store = await OpenAsync();
        await store.PutAsync("k", "i", "1");
        await store.PutAsync("k", "i", "2");
        await store.PutAsync("other", "i", "3");
        Assert.True(await store.DeleteAsync("k", "i"));
        Assert.False(await store.DeleteAsync("k", "i"));
        Assert.Null(await store.GetAsync("k", "i"));
        await using IStore again = await ReopenAsync(store);
        Assert.Null(await again.GetAsync("k", "i"));
        Assert.Equal("3", (await again.GetAsync("other", "i"))?.Json);
        Assert.Equal(1, (await again.PutAsync("k", "i", "4", expectedVersion: 0)).Version);
    }

    [Fact]
    public async Task Lists_are_of_one_kind_with_the_last_updated_first()
    {
        IStore store = await OpenAsync();
        for (int i = 0; i < 450; i++)
            await store.PutAsync("k", $"{i}", $"{i}");
        await store.PutAsync("K", "x", "0");
        await store.PutAsync("k", "7", "700");
        await store.DeleteAsync("k", "8");
        string[] expected = ["7", .. Enumerable.Range(0, 450).Reverse().Where(i => i is not (7 or 8)).Select(i => $"{i}")];
        Assert.Equal(expected, await IdsAsync(store));
        Assert.Equal(449, await store.CountAsync("k"));
        await using IStore again = await ReopenAsync(store);
        Assert.Equal(expected, await IdsAsync(again));
        Assert.Equal(["x"], await IdsAsync(again, "K"));
        Assert.Empty(await IdsAsync(again, "none"));
        Assert.Equal(0, await again.CountAsync("none"));
    }

    [Theory]
    [InlineData("river", "b")]
    [InlineData("RIVER bank", "b")]
    [InlineData("bank river", "b")]
    [InlineData("an", "b c d")]
    [InlineData("ÉCOLE", "c")]
    [InlineData("straße", "c")]
    [InlineData("100%", "d")]
    [InlineData("a_b", "d")]
    [InlineData("aXb", "")]
    [InlineData("c:\\x", "d")]
    [InlineData("漢", "e")]
    [InlineData("😀", "e")]
    [InlineData("name", "")]
    [InlineData("nul", "e")]
    [InlineData("river mountain", "")]
    [InlineData("", "a b c d e")]
    [InlineData(" \t ", "a b c d e")]
    public async Task Search_finds_documents_whose_strings_hold_every_word(string search, string found)
    {
        await using IStore store = await OpenAsync();
        await store.PutAsync("k", "a", """{"name":42}""");
        await store.PutAsync("k", "b", """{"name":["the Bank","of the\nRiver"]}""");
        await store.PutAsync("k", "c", """{"name":"\u00e9cole, Straße, Ananas"}""");
        await store.PutAsync("k", "d", """{"name":"100% an a_b C:\\x"}""");
        await store.PutAsync("k", "e", """{"name":"漢字 😀 nul\u0000s"}""");
        await store.PutAsync("other", "f", """{"name":"river an"}""");
        Assert.Equal(found, string.Join(' ', (await IdsAsync(store, "k", search)).Order()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{'a':1}")]
    [InlineData("[1,]")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\nb\"")]
    public async Task What_is_no_json_is_refused(string json)
    {
        await using IStore store = await OpenAsync();
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("k", "i", json).AsTask());
        Assert.Equal("json", refusal.ParamName);
        Assert.Null(await store.GetAsync("k", "i"));
    }

    [Theory]
    [InlineData("", "i", "kind")]
    [InlineData("k", "", "id")]
    [InlineData("k\0", "i", "kind")]
    [InlineData("k", "i\n", "id")]
    [InlineData("k", "long", "id")]
    [InlineData("k", "half", "id")]
    public async Task Names_that_cannot_be_ones_are_refused_everywhere(string kind, string id, string culprit)
    {
        await using IStore store = await OpenAsync();
        id = id switch { "long" => new string('x', StoreLimits.NameLength + 1), "half" => "a\ud800b", _ => id };
        Assert.Equal(culprit, (await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(kind, id, "1").AsTask())).ParamName);
        Assert.Equal(culprit, (await Assert.ThrowsAsync<ArgumentException>(() => store.GetAsync(kind, id).AsTask())).ParamName);
        Assert.Equal(culprit, (await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(kind, id).AsTask())).ParamName);
        if (culprit == "kind")
            await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(store, kind));
    }

    [Fact]
    public async Task The_longest_names_and_a_large_deep_document_are_kept()
    {
        IStore store = await OpenAsync();
        string name = string.Concat(Enumerable.Repeat("😀", StoreLimits.NameLength / 2));
        string json = new string('[', 255) + JsonSerializer.Serialize(string.Concat(Enumerable.Range(0, 60_000).Select(i => $"w{i} "))) + new string(']', 255);
        await store.PutAsync(name, name, json);
        await using IStore again = await ReopenAsync(store);
        Assert.Equal(json, (await again.GetAsync(name, name))?.Json);
        Assert.Equal([name], await IdsAsync(again, name, "w59999"));
    }

    [Fact]
    public async Task A_document_that_is_too_long_or_too_deep_is_refused_with_the_number()
    {
        await using IStore store = await OpenAsync();
        var length = await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("k", "i", $"\"{new string('x', StoreLimits.DocumentBytes)}\"").AsTask());
        Assert.Contains($"{StoreLimits.DocumentBytes + 2}", length.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("k", "i", new string('[', 300) + new string(']', 300)).AsTask());
    }

    [Fact]
    public async Task Of_many_callers_that_follow_on_one_version_one_succeeds()
    {
        await using IStore store = await OpenAsync();
        await store.PutAsync("k", "i", "0");
        bool[] succeeded = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                await store.PutAsync("k", "i", $"{i + 1}", expectedVersion: 1);
                return true;
            }
            catch (StoreConflictException)
            {
                return false;
            }
        })));
        Assert.Single(succeeded, one => one);
        Assert.Equal($"{Array.IndexOf(succeeded, true) + 1}", (await store.GetAsync("k", "i"))?.Json);
    }

    [Fact]
    public async Task A_counter_that_many_callers_raise_loses_no_step()
    {
        IStore store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < 25;)
            {
                StoredDocument? now = await store.GetAsync("k", "counter");
                int value = now is null ? 0 : int.Parse(now.Json);
                try
                {
                    await store.PutAsync("k", "counter", $"{value + 1}", now?.Version ?? 0);
                    done++;
                }
                catch (StoreConflictException)
                {
                }
            }
        })));
        await using IStore again = await ReopenAsync(store);
        Assert.Equal(("200", 200), (await again.GetAsync("k", "counter")) is { } last ? (last.Json, last.Version) : default);
    }

    [Fact]
    public async Task One_may_write_while_one_lists()
    {
        await using IStore store = await OpenAsync();
        for (int i = 0; i < 300; i++)
            await store.PutAsync("k", $"{i}", "\"old\"");
        var seen = new List<string>();
        await foreach (StoredDocument document in store.ListAsync("k"))
        {
            seen.Add(document.Id);
            await store.PutAsync("k", document.Id, "\"new\"");
            await store.PutAsync("k", $"more {document.Id}", "1");
            if (document.Id == "250")
                await store.DeleteAsync("k", "10");
        }
        Assert.Equal(Enumerable.Range(0, 300).Reverse().Where(i => i != 10).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task Who_gives_up_before_it_begins_changes_nothing()
    {
        await using IStore store = await OpenAsync();
        var gone = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync("k", "i", "1", cancellation: gone).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync("k", "i", gone).AsTask());
        Assert.Null(await store.GetAsync("k", "i"));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        IStore store = await OpenAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync("k", "i").AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.PutAsync("k", "i", "1").AsTask());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_done_a_store_says_what_a_dictionary_would(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<(string Kind, string Id), (string Json, long Version)>();
        IStore store = await OpenAsync();
        for (int step = 0; step < 300; step++)
        {
            (string kind, string id) = ($"k{random.Next(2)}", $"i{random.Next(12)}");
            model.TryGetValue((kind, id), out (string Json, long Version) known);
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    string json = JsonSerializer.Serialize(new string((char)random.Next('a', 'f'), random.Next(40)));
                    Assert.Equal(known.Version + 1, (await store.PutAsync(kind, id, json)).Version);
                    model[(kind, id)] = (json, known.Version + 1);
                    break;
                case 3 or 4:
                    long expected = random.Next(4);
                    if (expected != known.Version)
                    {
                        await Assert.ThrowsAsync<StoreConflictException>(() => store.PutAsync(kind, id, "1", expected).AsTask());
                        break;
                    }
                    await store.PutAsync(kind, id, $"{step}", expected);
                    model[(kind, id)] = ($"{step}", expected + 1);
                    break;
                case 5 or 6:
                    Assert.Equal(model.Remove((kind, id)), await store.DeleteAsync(kind, id));
                    break;
                case 7 when random.Next(4) == 0:
                    store = await ReopenAsync(store);
                    break;
                case 8 when store is FileStore files:
                    await files.CompactAsync();
                    break;
                default:
                    Assert.Equal(known.Json, (await store.GetAsync(kind, id))?.Json);
                    break;
            }
        }
        foreach (string kind in new[] { "k0", "k1" })
        {
            Assert.Equal(
                model.Where(entry => entry.Key.Kind == kind).Select(entry => (entry.Key.Id, entry.Value.Json, entry.Value.Version)).Order(),
                (await store.ListAsync(kind).ToListAsync()).Select(document => (document.Id, document.Json, document.Version)).Order());
        }
        await store.DisposeAsync();
    }

    private static async Task<string[]> IdsAsync(IStore store, string kind = "k", string? search = null) =>
        [.. (await store.ListAsync(kind, search).ToListAsync()).Select(document => document.Id)];
}
