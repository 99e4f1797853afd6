using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt pull</c>: a model on a hub → the models on this machine.</summary>
internal static class PullCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "owner/model, or owner/model:Q4_K_M for one precision, or owner/model:FILE" };
        var hub = new Option<string>("--hub") { Description = "Where models are, as at Hugging Face", HelpName = "URL", DefaultValueFactory = _ => FromEnvironment("HF_ENDPOINT") ?? HubAddress.DefaultHub };
        var revision = new Option<string>("--revision") { Description = "A branch, tag or commit", HelpName = "REV", DefaultValueFactory = _ => "main" };
        var include = new Option<string[]>("--include") { Description = "Files that match, and no others; may be given several times", HelpName = "PATTERN" };
        var token = new Option<string?>("--token") { Description = "Shows the hub who asks [default: HF_TOKEN]; no other server gets it", HelpName = "TOKEN" };
        var connections = new Option<int>("--connections") { Description = "How many pieces come at once", HelpName = "N", DefaultValueFactory = _ => 6 };
        Option<bool> json = Json.Option();
        return new Verb(
            "pull",
            "Download a model from a hub",
            "Large files come in several pieces at once, and are checked. Ctrl-C, a broken connection or a power cut lose nothing: the same command goes on where it stopped. Where a model comes in many precisions, one is chosen and named. "
            + "Models are kept in ~/.local/share/gestalt/models, or in GESTALT_MODELS; every verb finds them by their short name then.",
            new Example("gestalt pull Qwen/Qwen3-0.6B-GGUF:Q8_0", "one precision"),
            new Example("gestalt chat Qwen3-0.6B", "talk to it"),
            new Example("gestalt pull owner/model --include \"*.safetensors\" --include \"*.json\"", "certain files"),
            new Example("gestalt pull owner/model --hub http://localhost:8080", "from a hub of your own"))
            .With(model, hub, revision, include, token, connections, json)
            .Does(parse => Pull(
                HubAddress.Parse(parse.GetRequiredValue(model), parse.GetRequiredValue(hub), parse.GetRequiredValue(revision)),
                parse.GetValue(include) ?? [], parse.GetValue(token) ?? FromEnvironment("HF_TOKEN"), parse.GetValue(connections), parse.GetValue(json)));
    }

    private static void Pull(HubAddress address, string[] include, string? token, int connections, bool json)
    {
        if (connections is < 1 or > 64) throw new UserError(ExitCode.Usage, $"--connections is {connections}; from 1 to 64 make sense.");
        if (token is not null && token.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c > '~')) throw new UserError(ExitCode.Usage, "the token has characters in it that no token has. Was all of it copied, and nothing else?");
        using var interruption = new Interruption("stopping ... the same command goes on from here (Ctrl-C again stops at once)");
        using var client = new HubClient(address.Hub, token, say: Messages.Warn);
        var pull = new ModelPull(client, address, connections);
        PullOutcome outcome;
        using (var progress = new WorkProgress("pulling", QuantityFormat.Bytes))
        using (new Timer(_ => Report(progress, pull), null, 100, 100))
            outcome = pull.Run(include, Messages.Say, interruption.Token).GetAwaiter().GetResult();
        if (json) Json.Write(new { address.Model, address.Revision, outcome.Files, outcome.Bytes, outcome.Received });
        else Messages.Say($"{address.Model} → {string.Join(", ", outcome.Files.Where(IsWeights).DefaultIfEmpty(ModelStore.FolderOf(address.Model)))}, {QuantityFormat.Bytes(outcome.Bytes)}{(outcome.Received == 0 ? ", was there already" : "")}");
    }

    /// <summary>The rate is that of the network: what an earlier attempt brought does not count.</summary>
    private static void Report(WorkProgress progress, ModelPull pull)
    {
        if (pull.Current.Length == 0) return;
        long kept = pull.Done - pull.Received;
        progress.Report(pull.Received, pull.Total - kept, pull.Current + (kept > 0 ? $", {QuantityFormat.Bytes(kept)} were there" : ""));
    }

    private static bool IsWeights(string file) => file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    private static string? FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
