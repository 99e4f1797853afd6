using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Store;
using Gestalt.Studio.Hosting;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt serve keys</c>: who may use the server.</summary>
internal static class ServeKeysCommand
{
    public static Command Create() => new Verb(
        "keys",
        "Make, list and revoke the keys of a server",
        "As soon as there is one key, every request needs one. A key is shown once, when it is made; the store keeps a hash of it. A server that is running holds its store: stop it before, or keep the store in PostgreSQL.",
        new Example("gestalt serve keys add laptop", "a key for somebody"),
        new Example("gestalt serve keys list", "names, dates and last letters"),
        new Example("gestalt serve keys remove 3f9a1c0d2b4e5f60", "worthless from now on")).With(Add(), List(), Remove());

    private static Verb Add()
    {
        var name = new Argument<string>("NAME") { Description = "Whose it is, or what it is for" };
        Option<string?> store = ServeCommand.StoreOption();
        Option<bool> json = Json.Option();
        return new Verb("add", "Make a key", "", new Example("gestalt serve keys add laptop", "a key, which is shown once")).With(name, store, json).Does(parse => With(parse.GetValue(store), async keys =>
        {
            (string key, StoredApiKey kept) = await keys.CreateAsync(parse.GetRequiredValue(name)).ConfigureAwait(false);
            if (parse.GetValue(json))
                Json.Write(new { kept.Id, kept.Key.Name, Key = key });
            else
            {
                Console.Out.WriteLine(key);
                Messages.Say($"This is the key '{kept.Key.Name}'. Nobody can show it again; revoke it with: gestalt serve keys remove {kept.Id}");
            }
        }));
    }

    private static Verb List()
    {
        Option<string?> store = ServeCommand.StoreOption();
        Option<bool> json = Json.Option();
        return new Verb("list", "List keys", "", new Example("gestalt serve keys list", "all of them, the newest first")).With(store, json).Does(parse => With(parse.GetValue(store), async keys =>
        {
            int count = 0;
            await foreach (StoredApiKey kept in keys.ListAsync().ConfigureAwait(false))
            {
                count++;
                if (parse.GetValue(json))
                    Json.Write(new { kept.Id, kept.Key.Name, kept.Created, kept.Key.Hint });
                else
                    Console.Out.WriteLine($"{kept.Id}  {kept.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}  ...{kept.Key.Hint}  {kept.Key.Name}");
            }
            if (count == 0 && !parse.GetValue(json))
                Messages.Say("There are no keys: whoever reaches the server may use it. Make one: gestalt serve keys add NAME");
        }));
    }

    private static Verb Remove()
    {
        var id = new Argument<string>("ID") { Description = "The key's id, as 'list' tells it" };
        Option<string?> store = ServeCommand.StoreOption();
        return new Verb("remove", "Revoke a key", "", new Example("gestalt serve keys remove 3f9a1c0d2b4e5f60", "worthless from now on")).With(id, store).Does(parse => With(parse.GetValue(store), async keys =>
        {
            if (!await keys.RevokeAsync(parse.GetRequiredValue(id)).ConfigureAwait(false))
                throw new UserError(ExitCode.Missing, $"there is no key '{parse.GetRequiredValue(id)}'. See what there is: gestalt serve keys list");
            Messages.Say("It is worthless from now on.");
        }));
    }

    private static void With(string? folder, Func<ApiKeys, Task> work) => RunAsync(folder ?? StudioOptions.DefaultStore, work).GetAwaiter().GetResult();

    private static async Task RunAsync(string folder, Func<ApiKeys, Task> work)
    {
        try
        {
            await using IStore store = await Stores.OpenAsync(folder, Messages.Warn).ConfigureAwait(false);
            await work(new ApiKeys(store)).ConfigureAwait(false);
        }
        catch (StoreInUseException problem)
        {
            throw new UserError(ExitCode.Output, $"the store {problem.Folder} is in use by {problem.Owner}, most likely a running server: stop it (Ctrl-C lets answers end), do this, and start it again. A store in PostgreSQL (--store) can be changed while it serves.");
        }
    }
}
