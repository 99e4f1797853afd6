using System.Text;
using Gestalt.Cli.Errors;
using Gestalt.Inference;
using Gestalt.Store.Improving;
using Gestalt.Text;
using Gestalt.Training.Improvement;

namespace Gestalt.Cli.Terminal;

/// <summary>A conversation at the terminal.</summary>
internal sealed class ChatSession(TextGenerator generator, GenerationOptions options, string? system, ToolTalk? tools = null, ImprovementFolder? kept = null)
{
    /// <summary>An answer should have at least this much room, unless the whole context is smaller than four times that.</summary>
    private const int LeastAnswerTokens = 64;

    private readonly List<Message> _messages = system is null ? [] : [new Message(Roles.System, system)];
    private GenerationOptions _options = options;
    private bool _hasToldOfSystem;
    private string _name = "";
    private string? _lastKept;

    /// <summary>Reads messages and answers them until there are no more.</summary>
    /// <param name="input">Where messages come from, a line each.</param>
    /// <param name="json">Whether answers are printed as JSON.</param>
    /// <param name="name">The model's name, for the greeting.</param>
    public void Talk(TextReader input, bool json, string name)
    {
        _name = name;
        bool typed = !Console.IsInputRedirected && Messages.Watched;
        if (typed) Messages.Say($"talking to {name}; /help explains, Ctrl-D ends");
        while (true)
        {
            if (typed) Console.Error.Write("\n\u203a ");
            string? line = input.ReadLine();
            if (line is null) break;
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (line.StartsWith('/'))
            {
                if (!Command(line.Trim(), json)) break;
                continue;
            }
            _messages.Add(new Message(Roles.User, line));
            Answer(json);
        }
        if (typed) Messages.Say("");
    }

    /// <summary>A line that begins with a slash.</summary>
    /// <returns>Whether the conversation goes on.</returns>
    private bool Command(string line, bool json)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/exit" or "/quit": return false;
            case "/clear":
                _messages.RemoveAll(message => message.Role != Roles.System);
                Messages.Say("A new conversation.");
                break;
            case "/system":
                _messages.Clear();
                if (rest.Length > 0) _messages.Add(new Message(Roles.System, rest));
                Messages.Say(rest.Length > 0 ? "A new conversation under that system message." : "A new conversation without a system message.");
                break;
            case "/retry" when _messages.Count > 0 && _messages[^1].Role == Roles.Assistant:
                _messages.RemoveAt(_messages.Count - 1);
                SamplingOptions sampling = _options.Sampling;
                _options = _options with { Sampling = sampling with { Seed = sampling.Seed + 1, Temperature = sampling.IsGreedy ? 0.8f : sampling.Temperature } };
                Answer(json);
                break;
            case "/save" when rest.Length > 0:
                ConversationFile.Write(rest, [new Conversation(_messages)]);
                Messages.Say($"{_messages.Count} messages → {rest}");
                break;
            case "/flag" when _lastKept is string id && rest.Length > 0:
                kept!.Review.Add(new Flag(id, Environment.UserName, DateTimeOffset.UtcNow, rest));
                Messages.Say("Flagged. Say what it should have been: gestalt improve correct");
                break;
            case "/flag":
                Messages.Say(kept is null ? "Nothing is kept that could be flagged; begin with: gestalt chat --log FOLDER" : "Say what is wrong with the last answer: /flag it is made up");
                break;
            default:
                Messages.Say("""
                    /clear          forget the conversation
                    /system TEXT    begin anew under a system message
                    /retry          answer the last message again, differently
                    /save FILE      write the conversation as JSONL, as fine-tuning reads it
                    /flag WHY       with --log: something is wrong with the last answer
                    /exit           end; so does Ctrl-D. Ctrl-C stops an answer
                    """);
                break;
        }
        return true;
    }

    private void Answer(bool json)
    {
        if (!MakeRoom()) return;
        TellOfSystem();
        using var interruption = new Interruption("");
        if (tools is not null)
        {
            AnswerWithTools(tools, json, interruption.Token);
            return;
        }
        int[] prompt = generator.PromptIds(new Conversation(_messages));
        TextStream stream = generator.Stream(prompt, _options with { MaxTokens = Limit() }, interruption.Token);
        var reader = new ThinkingReader(generator.ThinkingAfter(prompt));
        StringBuilder text = new(), thought = new();
        var shown = WrappedText.OnStdout();
        bool stopped = false;
        try
        {
            foreach (string piece in stream) Take(reader.Push(piece));
        }
        catch (OperationCanceledException)
        {
            stopped = true; // What was said so far stays said.
        }
        Take(reader.Flush());
        shown.End();
        string? reasoning = thought.Length > 0 ? thought.ToString() : null;
        _messages.Add(new Message(Roles.Assistant, text.ToString()) { ReasoningContent = reasoning });
        Keep(stopped ? AnswerEnd.Interrupted : stream.Reason == FinishReason.Stop ? AnswerEnd.Stop : AnswerEnd.Length, tools: null);
        if (json)
            Json.Write(new { Role = Roles.Assistant, Content = text.ToString(), ReasoningContent = reasoning, Reason = stopped ? "interrupted" : stream.Reason?.ToString(), stream.PromptTokens, stream.GeneratedTokens });
        else Console.Out.WriteLine(stopped ? " …" : "");
        if (stream.Reason == FinishReason.ContextFull) Messages.Warn("the answer ends here because the model's context is full.");

        // What the model thinks is no part of the answer: it goes where messages go.
        void Take(IReadOnlyList<AnswerPart> parts)
        {
            foreach (AnswerPart part in parts)
            {
                if (!part.IsThought && text.Length == 0 && thought.Length > 0 && !json) Console.Error.WriteLine("\n");
                (part.IsThought ? thought : text).Append(part.Text);
                if (json) continue;
                if (part.IsThought) Console.Error.Write(part.Text);
                else shown.Write(part.Text);
            }
        }
    }

    private void AnswerWithTools(ToolTalk talk, bool json, CancellationToken cancellation)
    {
        var shown = WrappedText.OnStdout();
        try
        {
            (IReadOnlyList<Message> said, bool stopped) = talk.Answer(_messages, _options, piece =>
            {
                if (!json) shown.Write(piece);
            }, cancellation);
            shown.End();
            _messages.AddRange(said);
            if (_messages[^1].Role == Roles.Assistant) Keep(stopped ? AnswerEnd.Interrupted : _messages[^1].ToolCalls.Count > 0 ? AnswerEnd.ToolCalls : AnswerEnd.Stop, talk.Definitions);
            if (json) Json.Write(new { Messages = said, Reason = stopped ? "interrupted" : "stop" });
            else Console.Out.WriteLine(stopped ? " …" : "");
        }
        catch (ContextLimitException problem)
        {
            Messages.Warn(problem.Message); // the tools and their results are part of what the model reads
        }
    }

    /// <summary>Logs the last answer, where that was asked for.</summary>
    private void Keep(AnswerEnd end, string? tools)
    {
        if (kept is null) return;
        LoggedAnswer answer = LoggedAnswer.Now(_name, "chat", end, new Conversation([.. _messages]) { Tools = tools });
        kept.Log.Add(answer);
        _lastKept = answer.Id;
    }

    /// <summary>Says once that the model knows no system messages.</summary>
    private void TellOfSystem()
    {
        if (_hasToldOfSystem || !generator.FoldsSystemMessages) return;
        _hasToldOfSystem = true;
        Messages.Warn("this model's template has no place for a system message; its text goes before your first message instead.");
    }

    private int Tokens => generator.PromptIds(new Conversation(_messages)).Length;

    private int? Limit() => _options.MaxTokens is int wanted ? Math.Min(wanted, generator.Engine.Context - Tokens) : null;

    /// <summary>Forgets the oldest messages, never the system message, until an answer fits; says so.</summary>
    private bool MakeRoom()
    {
        int room = Math.Min(LeastAnswerTokens, generator.Engine.Context / 4), forgotten = 0;
        while (Tokens + room > generator.Engine.Context)
        {
            int oldest = _messages.FindIndex(message => message.Role != Roles.System);
            if (oldest < 0 || oldest == _messages.Count - 1)
            {
                Messages.Warn($"this message has {Tokens} tokens, the model's context {generator.Engine.Context}. Say it in fewer words.");
                if (oldest >= 0) _messages.RemoveAt(oldest);
                return false;
            }
            // An answer goes with its question: many models' templates refuse a conversation that begins with an answer.
            do
            {
                _messages.RemoveAt(oldest);
                forgotten++;
            }
            while (oldest < _messages.Count - 1 && _messages[oldest].Role != Roles.User);
        }
        if (forgotten > 0) Messages.Warn($"the conversation no longer fits in the model's {generator.Engine.Context} tokens; it forgets the oldest {forgotten} message{(forgotten > 1 ? "s" : "")}.");
        return true;
    }
}
