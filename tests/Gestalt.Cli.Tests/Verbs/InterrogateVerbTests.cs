using System.Text.Json;
using Gestalt.Models;
using Gestalt.Text;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>interrogate</c> as a user runs it: about a person's own text and about a run's small world.</summary>
public sealed class InterrogateVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InterrogateVerbTests() => TinyModelFile.Write(
        _folder.In("model.gguf"), string.Concat(Enumerable.Repeat("user assistant what is red? How does this sentence end? In the year of Ada Oakshaw, who lived in Tarnwood ... I don't know. ", 9)), 330,
        vocabulary => TransformerConfig.Qwen3Shaped(1, 32, 2, 1, 16, 64, vocabulary, 512, tied: true), new ModelFileOptions { IsAssistant = true });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_becomes_refusals_of_what_the_model_does_not_know()
    {
        _folder.File("book.txt", string.Join(" ", Enumerable.Range(0, 12).Select(i => $"In those days the Lady Ada Oakshaw counted her {i} hens until the autumn of {1900 + i}. Then old Wilma Inkby came back to Tarnwood{(char)('a' + i)} from London.")));
        Finished run = Run("model.gguf", "--data", "book.txt", "--samples", "2", "--facts", "10", "-o", "refusals.jsonl", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        JsonElement found = JsonDocument.Parse(run.Text).RootElement;
        Assert.Equal((10, 10), (found.GetProperty("facts").GetInt32(), found.GetProperty("unknown").GetInt32()));
        Conversation[] written = [.. ConversationFile.Read(_folder.In("refusals.jsonl"))];
        Assert.Equal(found.GetProperty("conversations").GetInt32(), written.Length);
        Assert.All(written, talk => Assert.True(AnswerJudge.SaysItDoesNotKnow(talk.Messages[^1].Content), talk.Messages[^1].Content));
    }

    [Fact]
    public void A_world_is_asked_about_by_the_plan_of_its_run()
    {
        World();
        Finished run = Run("model.gguf", "--world", "runs/small", "--samples", "1", "--facts", "20", "-o", "refusals.jsonl");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("20 facts, each asked for 1 times: 0 known", run.Errors, StringComparison.Ordinal);
        Assert.NotEmpty(ConversationFile.Read(_folder.In("refusals.jsonl")));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_model_compared_with_itself_has_lost_and_gained_nothing()
    {
        World();
        Finished run = Run("compare", "model.gguf", "model.gguf", "--world", "runs/small", "--strangers", "20", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        JsonElement change = JsonDocument.Parse(run.Text).RootElement;
        Assert.Equal((0, 0), (change.GetProperty("lost").GetProperty("successes").GetInt32(), change.GetProperty("gained").GetProperty("successes").GetInt32()));
        Assert.Equal(20, change.GetProperty("after").GetProperty("declined_strangers").GetProperty("trials").GetInt32());
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Refused(2, "two sources of facts", "model.gguf", "--data", "x", "--world", "y");
        Refused(2, "it must be below", "model.gguf", "--known", "0.2");
        Refused(2, "--teacher goes with --data", "model.gguf", "--teacher", "model.gguf");
        Refused(3, "there is no run", "model.gguf", "--world", "runs/none");
        Refused(2, "--temperature is -1", "model.gguf", "--temperature", "-1");

        void Refused(int status, string reason, params string[] args)
        {
            Finished run = Run(args);
            Assert.True(run.ExitCode == status && run.Errors.Contains(reason, StringComparison.Ordinal), $"{run.ExitCode}: {run.Errors}");
        }
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], ["interrogate", .. args]);

    /// <summary>A run that has only a plan: which world it was born in follows from that.</summary>
    private void World() => new LifePlan
    {
        Request = new LifeRequest(1, null, null, 1, "test"),
        Begun = DateTimeOffset.UnixEpoch,
        Machine = new MachineSpeed("test", 1, 1, 1, Kernels.Precision.Float32),
        Model = TinyModelFile.OneLayer(256),
        WorldBytes = 300_000,
        Pretrain = LifePlanner.Finetuning(1, 1, 128, seed: 1),
        Finetune = LifePlanner.Finetuning(1, 1, 128, seed: 1),
        Evaluation = new EvaluationRequest(1, 300_000, 1, 1, 128, 1),
        Seconds = new Dictionary<string, double>(),
        Choices = [],
    }.Save(_folder.In("runs/small/plan.json"));
}
