using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Improvement;
using Spectre.Console;
using SpectreText = Spectre.Console.Text;

namespace Gestalt.Cli.Terminal;

/// <summary>A person who goes through logged answers in the terminal: says what is wrong with them, or what they should have been. A key for each choice.</summary>
/// <param name="folder">Log and review.</param>
/// <param name="reviewer">Who it is.</param>
internal sealed class ReviewSession(ImprovementFolder folder, string reviewer)
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Shows answers of which nothing was said yet, one after the other, and asks whether they are good.</summary>
    /// <returns>How many were flagged.</returns>
    public int Flag(IReadOnlyList<LoggedAnswer> answers)
    {
        int flagged = 0;
        for (int i = 0; i < answers.Count; i++)
        {
            Show(answers[i], $"{i + 1} of {answers.Count}", []);
            switch (Keyboard.Key("g good, f flag it, s skip, b back, q leave", "gfsbq"))
            {
                case 'g': folder.Review.Add(Word(answers[i], "") with { IsWithdrawn = true }); break;
                case 'f':
                    Console.Error.Write("What is wrong with it? ");
                    if (Console.In.ReadLine()?.Trim() is not { Length: > 0 } why)
                    {
                        Messages.Say("A flag needs a reason; nothing was kept.");
                        i--;
                        break;
                    }

                    folder.Review.Add(Word(answers[i], why));
                    flagged++;
                    break;
                case 'b': i = Math.Max(-1, i - 2); break;
                case 'q': return flagged;
            }
        }

        return flagged;
    }

    /// <summary>Shows flagged answers, one after the other, each with its draft where there is one, and asks what they should have been.</summary>
    /// <returns>How many corrections were approved.</returns>
    public int Correct(IReadOnlyList<LoggedAnswer> answers)
    {
        int approved = 0;
        ReviewSet review = folder.Review.Read();
        for (int i = 0; i < answers.Count; i++)
        {
            LoggedAnswer answer = answers[i];
            ReviewedAnswer said = review.Of(answer.Id);
            Show(answer, $"{i + 1} of {answers.Count}", said.Flags);
            if (said.Correction is Correction draft) _console.Write(Side($"draft by {draft.By}", draft.Content));
            char key = said.Correction is null ? Keyboard.Key("w write the answer, e edit this one, n nothing is wrong, s skip, q leave", "wensq")
                : Keyboard.Key("a approve the draft, e edit the draft, w write, n nothing is wrong, s skip, q leave", "aewnsq");
            if (key == 'q') return approved;
            if (key == 'n') folder.Review.Add(Word(answer, "") with { IsWithdrawn = true });
            Correction? better = key switch
            {
                'a' => said.Correction! with { ApprovedBy = reviewer, At = DateTimeOffset.UtcNow },
                'w' or 'e' when Keyboard.Write(key == 'w' ? "" : said.Correction?.Content ?? answer.Answer.Content) is { Length: > 0 } text => new Correction(answer.Id, reviewer, DateTimeOffset.UtcNow, text) { ApprovedBy = reviewer },
                _ => null,
            };
            if (better is null) continue;
            folder.Review.Add(better);
            approved++;
        }

        return approved;
    }

    private Flag Word(LoggedAnswer answer, string why) => new(answer.Id, reviewer, DateTimeOffset.UtcNow, why);

    private void Show(LoggedAnswer answer, string progress, IReadOnlyList<Flag> flags)
    {
        _console.Write(new Rule(Markup.Escape($"{progress}, {answer.Model}, {answer.At.ToLocalTime():g}")) { Justification = Justify.Left });
        foreach (Message message in answer.Prompt.Messages) _console.Write(Side(message.Role, message.Content));
        _console.Write(Side("answer", answer.Answer.Content));
        foreach (Flag flag in flags) _console.WriteLine($"{flag.By}: {flag.Why}");
    }

    private static Panel Side(string name, string text) => new(new SpectreText(text)) { Header = new PanelHeader(Markup.Escape(name)), Border = BoxBorder.Rounded, Expand = true };
}
