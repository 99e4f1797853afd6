using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models.Hub;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt rm</c>: deletes models that were pulled.</summary>
internal static class RemoveCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "A model as 'gestalt list' names it", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = Json.Option();
        return new Verb(
            "rm",
            "Delete models that were pulled",
            "Only what was pulled is deleted, never a run or a file elsewhere. A name without precision means all that there are of one model.",
            new Example("gestalt rm Qwen3-0.6B:Q8_0", "one precision"),
            new Example("gestalt rm Qwen/Qwen3-0.6B-GGUF", "all of a model"))
            .With(names, json)
            .Does(parse => Remove(parse.GetRequiredValue(names), parse.GetValue(json)));
    }

    private static void Remove(string[] names, bool json)
    {
        List<StoredModel> doomed = [];
        foreach (string name in names)
        {
            IReadOnlyList<StoredModel> named = ModelStore.Named(name);
            if (named.Count == 0) throw new UserError(ExitCode.Missing, $"no model '{name}' was pulled. See what there is: gestalt list");
            string[] models = [.. named.Select(model => model.Name.Split(':')[0]).Distinct()];
            if (models.Length > 1) throw new UserError(ExitCode.Usage, $"'{name}' may be {string.Join(" or ", models)}. Name one of them.");
            doomed.AddRange(named.Where(model => !doomed.Contains(model)));
        }
        long freed = ModelStore.Remove(doomed);
        if (json) Json.Write(new { Removed = doomed.Select(model => model.Name), Bytes = freed });
        else Messages.Say($"{string.Join(", ", doomed.Select(model => model.Name))}: {QuantityFormat.Bytes(freed)} are free again");
    }
}
