using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Store.Improving;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>improve</c> as a user runs it, on a model of their own that babbles, outside any world.</summary>
public sealed class ImproveVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImproveVerbTests()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("user assistant the cat sat on the mat, and the cat saw the moon. it is red. ", 9)));
        Tokenizer tokenizer = BpeTrainer.Train([text], 290, PreTokenizer.Qwen2);
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(2, 64, 4, 2, 16, 96, tokenizer.VocabularySize, 128, tied: true), new Device());
        model.Initialize(1);
        ModelFile.Save(_folder.In("model.gguf"), model, tokenizer, new ModelFileOptions { Name = "tiny", IsAssistant = true });
    }

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        _folder.Dispose();
    }

    [Fact]
    public void Nothing_is_logged_unless_it_is_asked_for_and_then_it_is_said()
    {
        string[] before = [.. Directory.EnumerateFileSystemEntries(_folder.Path)];
        Finished plain = Talk("the cat\n/flag it babbles\n", "chat", "model.gguf", "-n", "4");
        Assert.True(plain.ExitCode == 0, plain.Errors);
        Assert.DoesNotContain("Log ", plain.Errors, StringComparison.Ordinal);
        Assert.Contains("--log FOLDER", plain.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(_folder.Path));

        Finished logged = Talk("the cat\n/flag it babbles\n/clear\nthe mat\n", "chat", "model.gguf", "-n", "4", "--log", "kept", "--system", "be brief");
        Assert.True(logged.ExitCode == 0, logged.Errors);
        Assert.Contains(Path.Combine("kept", "log.jsonl"), logged.Errors, StringComparison.Ordinal);
        IReadOnlyList<LoggedAnswer> answers = new ConversationLog(_folder.In("kept")).Read().Answers;
        Assert.Equal(["the cat", "the mat"], answers.Select(answer => answer.Question));
        Assert.All(answers, answer => Assert.Equal((AnswerEnd.Length, "model.gguf", "chat", 3), (answer.End, answer.Model, answer.Via, answer.Conversation.Messages.Count)));
        Assert.Equal(plain.Text.Trim().Length > 0, answers[0].Answer.Content.Trim().Length > 0);
        Assert.Equal("it babbles", Assert.Single(new ReviewStore(_folder.In("kept")).Read().Of(answers[0].Id).Flags).Why);
    }

    [Fact, Trait("Speed", "Slow")]
    public void The_whole_loop_makes_what_was_flagged_good()
    {
        Talk(string.Join("/clear\n", Enumerable.Range(0, 6).Select(n => $"the cat sat {n}\n")), "chat", "model.gguf", "-n", "12", "--log", "kept");
        string[] ids = [.. new ConversationLog(_folder.In("kept")).Read().Answers.Select(answer => answer.Id)];
        Done("improve", "flag", "--log", "kept", "--rule", "all");
        Done("improve", "flag", "--log", "kept", "--clear", ids[5]);
        Assert.Equal(5, Done("improve", "flag", "--log", "kept", "--rule", "all", "--json").GetProperty("flagged").GetInt32());
        foreach (string id in ids[..4]) Done("improve", "correct", "--log", "kept", "--answer", id, "--content", "it is red.");
        Finished typed = Talk("w\nit is red.\n.\n", "improve", "correct", "--log", "kept", "--json"); // the last one, at the keyboard
        Assert.Equal((5, 0), (JsonOf(typed).GetProperty("approved").GetInt32(), JsonOf(typed).GetProperty("open").GetInt32()));
        ConversationFile.Write(_folder.In("made-from.jsonl"), Enumerable.Range(0, 60).Select(n => Conversation.Of(new Message(Roles.User, $"the mat {n}"), new Message(Roles.Assistant, "and the cat saw the moon."))));

        string[] recipe = ["--model", "model.gguf", "--replay", "made-from.jsonl", "--hold-back", "0", "--steps", "80", "--learning-rate", "0.01"];
        JsonElement trained = Done(["improve", "train", "--log", "kept", .. recipe, "--json"]);
        Assert.Equal((1, 5), (trained.GetProperty("version").GetInt32(), trained.GetProperty("new").GetInt32()));
        JsonElement report = Done("improve", "report", "--log", "kept", "--json");
        JsonElement asked = report.GetProperty("shares").EnumerateArray().Single(share => share.GetProperty("name").GetString() == "flagged, as it was asked");
        Assert.Equal((0, 5), (asked.GetProperty("before").GetProperty("successes").GetInt32(), asked.GetProperty("after").GetProperty("successes").GetInt32()));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "kept", "v1", "report.html")));
        Assert.Equal(0, report.GetProperty("regressed").GetArrayLength());

        // The same content is the same version; without conversations to replay it is another, and of everything else nothing is known.
        Assert.Equal(1, Done(["improve", "train", "--log", "kept", .. recipe, "--json"]).GetProperty("version").GetInt32());
        string unknown = JsonOf(Run(["improve", "--log", "kept", .. recipe[..2], "--replay", "none", .. recipe[4..], "--json", "--strict"])).GetProperty("summary").GetString()!;
        Assert.Equal("nothing else was measured", unknown);
    }

    [Fact]
    public void What_is_not_there_yet_is_said_with_the_command_that_makes_it()
    {
        Refused(3, "chat --log", "improve", "--log", "kept");
        Refused(3, "there is no run", "improve", "flag", "--run", "nobody");
        Refused(3, "improve train", "improve", "report", "--log", "kept");
    }

    [Fact, Trait("Speed", "Slow")]
    public void Mistakes_are_refused_with_what_to_do()
    {
        Talk("the cat\n", "chat", "model.gguf", "-n", "4", "--log", "kept");
        string id = new ConversationLog(_folder.In("kept")).Read().Answers[0].Id;
        Refused(2, "'rude'", "improve", "flag", "--log", "kept", "--rule", "rude");
        Refused(2, "answer key", "improve", "flag", "--log", "kept", "--rule", "wrong");
        Refused(2, "pattern", "improve", "flag", "--log", "kept", "--rule", "words=(");
        Refused(2, "--why", "improve", "flag", "--log", "kept", "--answer", id);
        Refused(3, "'nobody'", "improve", "flag", "--log", "kept", "--answer", "nobody", "--why", "x");
        Refused(3, "is not flagged", "improve", "correct", "--log", "kept", "--answer", id, "--content", "x");
        Refused(3, "no correction is approved", "improve", "train", "--log", "kept", "--model", "model.gguf");
        Refused(4, "small world", "improve", "ask", "--log", "kept");
        Refused(2, "--hold-back", "improve", "train", "--log", "kept", "--hold-back", "100");
        Refused(6, "is a file", "chat", "model.gguf", "--log", "model.gguf/kept");
        Done("improve", "flag", "--log", "kept", "--answer", id, "--why", "it babbles");
        Done("improve", "correct", "--log", "kept", "--answer", id, "--content", "it is red.");
        Refused(2, "--model", "improve", "train", "--log", "kept", "--hold-back", "0");
        Refused(3, "'gone.jsonl'", "improve", "train", "--log", "kept", "--model", "model.gguf", "--replay", "gone.jsonl");
        Done("improve", "train", "--log", "kept", "--model", "model.gguf", "--hold-back", "0", "--steps", "1");
        string file = Path.Combine(_folder.Path, "kept", "v1", ImprovementVersions.CorrectedName);
        File.SetAttributes(file, FileAttributes.Normal);
        File.AppendAllText(file, "\n");
        Refused(5, Path.Combine("kept", "v1", ImprovementVersions.CorrectedName), "improve", "report", "--log", "kept");
        File.AppendAllText(_folder.In("kept/log.jsonl"), "nonsense\n");
        Finished bad = Run("improve", "flag", "--log", "kept", "--rule", "cut");
        Assert.Contains("log.jsonl, line 2", bad.Errors, StringComparison.Ordinal);
    }

    private void Refused(int code, string named, params string[] arguments)
    {
        Finished run = Run(arguments);
        Assert.True(code == run.ExitCode && run.Errors.Contains(named, StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {run.ExitCode}, {run.Errors}");
    }

    private Finished Talk(string input, params string[] arguments) => GestaltProcess.Run(_folder.Path, Encoding.UTF8.GetBytes(input), arguments);

    private Finished Run(params string[] arguments) => GestaltProcess.Run(_folder.Path, [], arguments);

    private JsonElement Done(params string[] arguments)
    {
        Finished run = Run(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.Errors}");
        return arguments.Contains("--json") ? JsonOf(run) : default;
    }

    private static JsonElement JsonOf(Finished run) => run.Text.Trim().Length > 0 ? JsonDocument.Parse(run.Text).RootElement : throw new InvalidOperationException(run.Errors);
}
