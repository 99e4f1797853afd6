using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary>Learning from comparisons as a user does it.</summary>
public sealed class PreferVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PreferVerbTests()
    {
        string[] animals = ["cat", "dog", "hen", "fox", "owl"];
        var random = new Random(1);
        TinyModelFile.Write(
            _folder.In("assistant.gguf"), string.Concat(Enumerable.Repeat("the cat dog hen fox owl says yes please or no thanks\n", 4)), 290, TinyModelFile.OneLayer, new ModelFileOptions { IsAssistant = true },
            model =>
            {
                // Random everywhere: a model as it is initialised does not look back from its last token.
                foreach (Parameter parameter in model.Parameters)
                    foreach (ref float value in parameter.Values) value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + ((random.NextSingle() - 0.5f) / 2);
            });
        File.WriteAllLines(Path.Combine(_folder.Path, "pairs.jsonl"),
        [
            .. Enumerable.Range(0, 60).Select(i => PreferenceFile.ToLine(new PreferencePair(Conversation.Of(new Message(Roles.User, $"{animals[i % 5]} {animals[i / 5 % 5]}")), "yes please", "no thanks"))),
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"b\"}",
        ]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dpo")]
    [InlineData("reward")]
    public void Comparisons_become_a_model_and_a_measure(string method)
    {
        Finished run = Run("prefer", "--data", "pairs.jsonl", "--model", "assistant.gguf", "--method", method, "--steps", "30", "--learning-rate", "0.01", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains(", line 61: has the same answer twice", run.Errors, StringComparison.Ordinal);
        Assert.Contains("\"line\":61,\"kind\":\"malformed\"", File.ReadAllText(Path.Combine(_folder.Path, method, "set-aside.jsonl")), StringComparison.Ordinal);
        using JsonDocument result = JsonDocument.Parse(run.Text);
        JsonElement agreement = result.RootElement.GetProperty(method == "dpo" ? "after" : "agreement");
        Assert.Equal(12, agreement.GetProperty("trials").GetInt32());
        Assert.True(agreement.GetProperty("low").GetDouble() > 0.5, run.Text);
        using LoadedModel saved = ModelFile.Load(Path.Combine(_folder.Path, method, "model.gguf"), new Device(new Kernels.WorkerPool(1)));
        Assert.True(saved.IsAssistant);
        Assert.Equal(method == "reward", File.Exists(Path.Combine(_folder.Path, method, "head.safetensors")));
    }

    [Fact]
    public void What_cannot_serve_is_refused()
    {
        Refused(3, "there is no file 'none.jsonl'", "--data", "none.jsonl");
        Refused(2, "--rows is 1", "--data", "pairs.jsonl", "--rows", "1");
        Refused(2, "--hold-out is 1", "--data", "pairs.jsonl", "--hold-out", "1");
        Refused(4, "1 comparisons cannot be learned from, and --strict was asked for. The first is pairs.jsonl, line 61", "--data", "pairs.jsonl", "--strict");
        Refused(4, "too few to learn from", "--data", "pairs.jsonl", "--context", "3");

        void Refused(int status, string reason, params string[] options)
        {
            Finished run = Run(["prefer", "--model", "assistant.gguf", .. options]);
            Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
            Assert.Equal(status, run.ExitCode);
        }
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);
}
