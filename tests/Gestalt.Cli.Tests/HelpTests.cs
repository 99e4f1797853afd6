using System.CommandLine;
using System.Text;
using Gestalt.Cli.Verbs;

namespace Gestalt.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Verbs() => [.. All(GestaltCommand.Create(), "").Select(verb => verb.Path)];

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) => command.Subcommands.SelectMany(child =>
    {
        string here = (path + " " + child.Name).Trim();
        return All(child, here).Prepend((here, child));
    });

    private static Verb Find(string path) => (Verb)All(GestaltCommand.Create(), "").Single(verb => verb.Path == path).Command;

    [Theory, MemberData(nameof(Verbs))]
    public void Every_verb_says_what_it_is_for_and_gives_examples(string path)
    {
        Verb verb = Find(path);
        Assert.False(string.IsNullOrWhiteSpace(verb.Description));
        Assert.NotEmpty(verb.Examples);
        Assert.All(verb.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.All(verb.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
    }

    [Theory, MemberData(nameof(Verbs))]
    public void Every_example_is_a_command_line_that_is_understood(string path)
    {
        foreach (Example example in Find(path).Examples)
        {
            string[] commands = [.. example.Command.Split('|').Select(part => part.Trim()).Where(part => part.StartsWith("gestalt ", StringComparison.Ordinal))];
            Assert.NotEmpty(commands);
            foreach (string command in commands)
            {
                ParseResult parse = GestaltCommand.Create().Parse(Words(command)[1..]);
                Assert.True(parse.Errors.Count == 0, $"{command}: {string.Join("; ", parse.Errors.Select(error => error.Message))}");
            }
        }
    }

    /// <summary>Splits as a shell does: quotes group, redirections go.</summary>
    private static string[] Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char c in command + " ")
        {
            if (quote != '\0' && c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0') quote = c;
            else if (c == ' ' && quote == '\0')
            {
                if (word.Length > 0) words.Add(word.ToString());
                word.Clear();
            }
            else word.Append(c);
        }
        int redirection = words.FindIndex(w => w is "<" or ">" or "2>");
        return [.. redirection < 0 ? words : words[..redirection]];
    }

    [Fact]
    public void Help_shows_usage_options_and_examples()
    {
        Finished help = GestaltProcess.Run("tokenizer", "train", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Empty(help.Errors);
        foreach (string part in (string[])["Usage:", "Arguments:", "Options:", "Examples:", "--vocabulary", "gestalt tokenizer train books/ --vocabulary 8192"])
            Assert.Contains(part, help.Text);
    }

    [Fact, Trait("Speed", "Smoke")]
    public void The_root_lists_the_verbs_and_the_exit_codes()
    {
        Finished help = GestaltProcess.Run("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.All(GestaltCommand.Create().Subcommands, verb => Assert.Contains("  " + verb.Name, help.Text));
        Assert.Contains("130 interrupted", help.Text);
    }

    [Fact]
    public void Help_answers_within_half_a_second()
    {
        double best = Enumerable.Range(0, 5).Min(_ => GestaltProcess.Run("--help").Took.TotalSeconds);
        Assert.True(best < 0.5, $"the quickest of five took {best:0.00} s");
    }

    [Fact]
    public void Nothing_at_all_shows_the_help()
    {
        Finished nothing = GestaltProcess.Run();
        Assert.Contains("Usage:", nothing.Text + nothing.Errors);
    }
}
