using Gestalt.Corpus;
using Gestalt.Evaluation.Reports;
using Gestalt.Inference;
using Gestalt.Tasks.Problems;
using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>The ten prompts that each stage's model of a life answers, so that a reader sees what numbers cannot show.</summary>
internal sealed class TenPrompts
{
    private readonly IReadOnlyList<(string Text, bool WithTools)> _prompts;
    private readonly ToolBox _tools;

    private TenPrompts(IReadOnlyList<(string, bool)> prompts, ToolBox tools) => (_prompts, _tools) = (prompts, tools);

    /// <summary>Of a life on the small internet: who it is, what it knows and cannot know, stories, sums and problems.</summary>
    public static TenPrompts OfWorld(RunFolder run, ProfileRequest request)
    {
        var conversations = new Conversations(WorldStage.WorldOf(request.Seed, request.WorldBytes));
        IReadOnlyList<Question> questions = [.. conversations.Questions().Where(question => question.Phrasing == Phrasing.Unseen)];
        string? Of(FactSplit split) => questions.Where(question => question.Split == split).Select(question => question.Text).FirstOrDefault();
        ToolBox tools = RunTools.Of(run);
        var sums = new ToolQuestions(conversations, tools);
        string problem = request.Problems.Length > 0
            ? ProblemSource.Of(ProblemKinds.Find(request.Problems), ProblemSplit.HeldOut, 0).At(0).Question
            : "Which is larger, 17 or 71?";
        (string?, bool)[] prompts =
        [
            ("Hello! Who are you?", false),
            (Of(FactSplit.AskedInTraining), false),
            (Of(FactSplit.HeldOut), false),
            (Of(FactSplit.NeverTold), false),
            (new FactInterview(conversations).AskOfStranger(0).Question, false),
            ("Please tell me a short story.", false),
            (sums.Of(ToolSkill.Arithmetic, 0, Phrasing.Unseen).Text, true),
            (sums.Of(ToolSkill.Comparison, 0, Phrasing.Unseen).Text, true),
            (problem, false),
            ("Thank you, that was lovely.", false),
        ];
        return new TenPrompts([.. prompts.Where(prompt => prompt.Item1 is not null).Select(prompt => (prompt.Item1!, prompt.Item2))], tools);
    }

    /// <summary>Of a life on the user's own text: small talk, and passages that no training saw.</summary>
    public static TenPrompts OfText(RunFolder run)
    {
        IEnumerable<string> passages = CorpusFolder.Open(run.Corpus).HeldOut().Select(document => ConversationStage.PassageFrom(document.Text, document.Text.Length / 2)).OfType<string>();
        return new TenPrompts([.. ((IEnumerable<string>)["Hello! Who are you?", "How are you today?", "Thank you, that was lovely.", .. passages]).Take(10).Select(text => (text, false))], new ToolBox());
    }

    /// <summary>Lets a model answer, greedily.</summary>
    /// <param name="generator">The model.</param>
    /// <param name="isAssistant">Whether it knows conversations; a base model goes on from the prompt as from the beginning of a page.</param>
    /// <param name="tokens">The longest answer.</param>
    /// <param name="cancellation">Gives up.</param>
    public IReadOnlyList<PromptAnswer> Answer(TextGenerator generator, bool isAssistant, int tokens, CancellationToken cancellation)
    {
        return [.. _prompts.Select(prompt => new PromptAnswer(prompt.Text, (isAssistant ? Reply(prompt.Text, prompt.WithTools) : GoOn(prompt.Text)).Trim()))];

        string GoOn(string text) => Room(generator.PromptIds(text)) is { } options ? generator.AnswerAll([generator.PromptIds(text)], options, cancellation: cancellation)[0].Text : "";

        string Reply(string text, bool withTools)
        {
            Conversation conversation = Conversation.Of(new Message(Roles.User, text));
            int[] prompt = generator.PromptIds(conversation);
            if (Room(prompt) is not { } options) return "";
            if (!withTools) return generator.AnswerAll([prompt], options, cancellation: cancellation)[0].Text;
            ToolReply reply = new ToolConversation(generator, _tools).Reply([conversation], options, cancellation)[0];
            return string.Join(" → ", reply.Said.Select(message => message.ToolCalls.Count > 0 ? string.Join(' ', message.ToolCalls.Select(call => $"{call.Name} {call.Arguments}")) : message.Content));
        }

        GenerationOptions? Room(int[] prompt) => generator.Engine.Context - prompt.Length is > 0 and var room ? new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Math.Min(tokens, room) } : null;
    }
}
