using Gestalt.Store.Improving;
using Gestalt.Text;

namespace Gestalt.Store.Tests.Improving;

public sealed class ConversationLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Speed", "Smoke")]
    public void What_was_logged_is_there_and_is_a_conversation_to_fine_tuning_too()
    {
        var log = new ConversationLog(_folder.Path);
        Assert.False(File.Exists(log.Path), "nothing is written until something is added");
        LoggedAnswer one = Answer("a", "Where does Ada live?", "In Tarnwood."), two = Answer("b", "Ünï\n\"code\"?", "Yes.\nIt is.") with { End = AnswerEnd.ToolCalls };
        two = two with { Conversation = two.Conversation with { Messages = [new Message(Roles.System, "be brief"), .. two.Conversation.Messages], Tools = "[{\"type\":\"function\",\"function\":{\"name\":\"search\"}}]" } };
        log.Add(one);
        log.Add(two);
        (IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<string> problems) = new ConversationLog(_folder.Path).Read();
        Assert.Empty(problems);
        Assert.Equal([one, two], answers);
        Assert.Equal(("Ünï\n\"code\"?", "Yes.\nIt is.", 2), (answers[1].Question, answers[1].Answer.Content, answers[1].Prompt.Messages.Count));
        Assert.Equal([one.Conversation, two.Conversation], ConversationFile.Read(log.Path));
    }

    [Fact]
    public void Only_its_user_can_read_it()
    {
        var log = new ConversationLog(_folder.Path);
        log.Add(Answer("a", "q", "a"));
        if (OperatingSystem.IsWindows()) Assert.Skip("the rights of files are others there");
        else Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log.Path));
    }

    [Fact]
    public void A_kill_at_any_byte_costs_at_most_the_answer_that_was_being_written()
    {
        var whole = new ConversationLog(_folder["whole"]);
        whole.Add(Answer("a", "q", "ä"), Answer("b", "q", "b"));
        byte[] bytes = File.ReadAllBytes(whole.Path);
        for (int length = 0; length <= bytes.Length; length++)
        {
            string folder = Directory.CreateDirectory(_folder[$"cut-{length}"]).FullName;
            File.WriteAllBytes(Path.Combine(folder, ConversationLog.FileName), bytes[..length]);
            int lines = bytes.AsSpan(0, length).Count((byte)'\n'), end = bytes.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            var warnings = new List<string>();
            var log = new ConversationLog(folder, warnings.Add);
            Assert.Equal((lines, 0), (log.Read().Answers.Count, log.Read().Problems.Count));
            log.Add(Answer("c", "q", "c"));
            Assert.Equal(["a", "b", .. lines == 2 ? (string[])["c"] : []], [.. log.Read().Answers.Select(answer => answer.Id).Where(id => id != "c" || lines == 2), .. ((string[])["a", "b"]).Skip(lines)]);
            Assert.Equal("c", log.Read().Answers[^1].Id);
            Assert.Equal(bytes[..end], File.ReadAllBytes(log.Path)[..end]);
            Assert.Equal(end == length ? 0 : 1, warnings.Count(warning => warning.Contains("an answer that was being written", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Many_may_write_at_once()
    {
        var log = new ConversationLog(_folder.Path);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number => (number % 2 == 0 ? log : new ConversationLog(_folder.Path)).Add(Answer($"{number}", "q", "a")));
        (IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<string> problems) = log.Read();
        Assert.Equal((40, 0), (answers.Count, problems.Count));
    }

    [Fact]
    public void A_line_that_is_none_is_named_with_file_and_line_and_left_alone()
    {
        var log = new ConversationLog(_folder.Path);
        log.Add(Answer("a", "q", "a"));
        File.AppendAllText(log.Path, "not json\n{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n");
        File.AppendAllText(log.Path, "{\"id\":\"z\",\"at\":\"2026-01-01T00:00:00Z\",\"model\":\"m\",\"via\":\"chat\",\"end\":\"stop\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"user\",\"content\":\"q\"}]}\n");
        log.Add(Answer("a", "again", "a"), Answer("b", "q", "a"));
        (IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<string> problems) = log.Read();
        Assert.Equal(["a", "b"], answers.Select(answer => answer.Id));
        Assert.Equal([2, 3, 4, 5], problems.Select(problem => int.Parse(problem.Split("line ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(problems, problem => Assert.StartsWith(log.Path, problem, StringComparison.Ordinal));
        Assert.Contains("role 'user'", problems[2], StringComparison.Ordinal);
        Assert.Contains("earlier line", problems[3], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => log.Add(LoggedAnswer.Now("m", "chat", AnswerEnd.Stop, Conversation.Of(new Message(Roles.User, "q")))));
    }

    internal static LoggedAnswer Answer(string id, string question, string answer) =>
        new(id, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero), "small", "chat", AnswerEnd.Stop, Conversation.Of(new Message(Roles.User, question), new Message(Roles.Assistant, answer)));
}
