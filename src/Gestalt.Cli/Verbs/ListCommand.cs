using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt list</c>: the models that were pulled.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        Option<bool> json = Json.Option();
        return new Verb(
            "list",
            "List the models that were pulled",
            "Names can be shortened wherever a model is asked for: without owner, without -GGUF, and without precision where only one is there.",
            new Example("gestalt list", "names, sizes and dates"),
            new Example("gestalt list --json | jq -r .path", "for programs"))
            .With(json)
            .Does(parse => List(parse.GetValue(json)));
    }

    private static void List(bool json)
    {
        IReadOnlyList<StoredModel> models = ModelStore.All();
        if (json)
        {
            foreach (StoredModel model in models) Json.Write(new { model.Name, model.Path, model.Bytes, Complete = model.IsComplete, model.Changed, Files = model.Files.Count });
            return;
        }
        if (models.Count == 0)
        {
            Messages.Say($"There are no models in {ModelStore.Folder} yet. Get one: gestalt pull owner/model");
            return;
        }
        int width = models.Max(model => model.Name.Length);
        foreach (StoredModel model in models)
            Console.Out.WriteLine($"{model.Name.PadRight(width)}  {QuantityFormat.Bytes(model.Bytes),9}  {model.Changed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}{(model.IsComplete ? "" : "  incomplete")}");
    }
}
