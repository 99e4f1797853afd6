using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Models.Hub;
using Gestalt.Os.Mcp;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt mcp</c>: models on this machine → tools of other programs, over standard input and output.</summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var path = new Argument<string?>("MODEL") { Description = "The model that answers unless another is named [default: the newest run]", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> precision = ComputeOptions.Precision();
        return new Verb(
            "mcp",
            "Offer this machine's models to other programs as MCP tools",
            "Speaks the Model Context Protocol over standard input and output until they close; other programs start it themselves. Its tools: generate, chat, tokenize, list_models. Over HTTP the same tools are at /v1/mcp of gestalt serve.",
            new Example("gestalt mcp runs/first", "what another program's configuration runs: {\"mcpServers\": {\"gestalt\": {\"command\": \"gestalt\", \"args\": [\"mcp\"]}}}"))
            .With(path, precision)
            .Does(parse => Serve(parse.GetValue(path), parse.GetValue(precision)));
    }

    private static void Serve(string? usual, string? precision)
    {
        using var interruption = new Interruption("");
        using var models = new OpenedModels(usual, precision);
        var server = new GestaltMcpServer((name, _) => ValueTask.FromResult(new ModelUse(models.Open(name))), models.Names);
        try
        {
            server.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput(), interruption.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            // The other program has had enough: that is the usual end.
        }
    }

    /// <summary>The models that were asked for; each is opened once and stays open.</summary>
    private sealed class OpenedModels(string? usual, string? precision) : IDisposable
    {
        private readonly Dictionary<string, LanguageModel> _opened = [];
        private readonly Lock _lock = new();

        public LanguageModel Open(string? name)
        {
            if (name is not null && !Names().Contains(name))
                throw new UserError(ExitCode.Missing, $"there is no model '{name}'. There are: {string.Join(", ", Names())}.");
            string path = name is null || name == usual ? ModelSource.Find(usual) : ModelSource.Find(name);
            lock (_lock)
            {
                if (!_opened.TryGetValue(path, out LanguageModel? model))
                    _opened.Add(path, model = LanguageModel.Open(path, null, null, ComputeOptions.ForUse(precision)));
                return model;
            }
        }

        /// <summary>What was named on the command line, and what was pulled: other files are not for other programs.</summary>
        public IEnumerable<string> Names() => (usual is null ? [] : (string[])[usual]).Concat(ModelStore.All().Where(model => model.IsComplete).Select(model => model.Name));

        public void Dispose()
        {
            foreach (LanguageModel model in _opened.Values)
                model.Dispose();
        }
    }
}
