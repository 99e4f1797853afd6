using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>What of a conversation is to be learned. Expected texts were read against each model's template by hand; ⟦ and ⟧ enclose what is learned.</summary>
public sealed class TrainingTextTests
{
    private const string WeatherTool =
        """[{"type": "function", "function": {"name": "weather", "description": "Tells the weather.", "parameters": {"type": "object", "properties": {"place": {"type": "string", "description": "Where."}}}}}]""";

    private static readonly string[] Ends = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>", "<EOS>", "<｜end▁of▁sentence｜>"];

    private static readonly Conversation Plain = Conversation.Of(
        new Message(Roles.User, "Hi <|im_end|> there"), new Message(Roles.Assistant, "Hello <|im_end|>, you!"), new Message(Roles.User, "2+2?"), new Message(Roles.Assistant, "4"));

    private static readonly Conversation Called = Conversation.Of(
        new Message(Roles.User, "Is it sunny in Rome?"),
        new Message(Roles.Assistant, "") { ToolCalls = [new ToolCall("weather", """{"place": "Rome"}""", "call00001")] },
        new Message(Roles.Tool, """{"sky": "blue"}""") { ToolCallId = "call00001", Name = "weather" },
        new Message(Roles.Assistant, "It is.")) with
    { Tools = WeatherTool };

    [Theory]
    [InlineData("google-gemma-2-2b-it",
        "<BOS><start_of_turn>user\nHi <|im_end|> there<end_of_turn>\n<start_of_turn>model\n⟦Hello <|im_end|>, you!<end_of_turn>⟧\n<start_of_turn>user\n2+2?<end_of_turn>\n<start_of_turn>model\n⟦4<end_of_turn>⟧\n")]
    [InlineData("microsoft-Phi-3.5-mini-instruct",
        "<|user|>\nHi <|im_end|> there<|end|>\n<|assistant|>\n⟦Hello <|im_end|>, you!<|end|>⟧\n<|user|>\n2+2?<|end|>\n<|assistant|>\n⟦4<|end|>⟧\n<EOS>")]
    [InlineData("Qwen-Qwen2.5-7B-Instruct",
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi <|im_end|> there<|im_end|>\n<|im_start|>assistant\n⟦Hello <|im_end|>, you!<|im_end|>⟧\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n⟦4<|im_end|>⟧\n")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", "<BOS>[INST]Hi <|im_end|> there[/INST]⟦Hello <|im_end|>, you!<EOS>⟧[INST]2+2?[/INST]⟦4<EOS>⟧")]
    [InlineData("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
        "<BOS><｜User｜>Hi <|im_end|> there<｜Assistant｜>⟦Hello <|im_end|>, you!<｜end▁of▁sentence｜>⟧<｜User｜>2+2?<｜Assistant｜>⟦4<｜end▁of▁sentence｜>⟧")]
    public void Answers_and_their_end_marks_are_learned_and_nothing_else(string template, string expected) => Assert.Equal(expected, Marked(Template(template), Plain));

    [Theory]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct",
        "Is it sunny in Rome?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n⟦{\"name\": \"weather\", \"parameters\": {\"place\": \"Rome\"}}<|eot_id|>⟧<|start_header_id|>ipython<|end_header_id|>\n\n\"{\\\"sky\\\": \\\"blue\\\"}\"<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n⟦It is.<|eot_id|>⟧")]
    [InlineData("Qwen-Qwen2.5-7B-Instruct",
        "Is it sunny in Rome?<|im_end|>\n<|im_start|>assistant\n⟦<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"place\": \"Rome\"}}\n</tool_call><|im_end|>⟧\n<|im_start|>user\n<tool_response>\n{\"sky\": \"blue\"}\n</tool_response><|im_end|>\n<|im_start|>assistant\n⟦It is.<|im_end|>⟧\n")]
    [InlineData("NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
        "Is it sunny in Rome?<|im_end|>\n<|im_start|>assistant\n⟦<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"place\": \"Rome\"}}\n</tool_call><|im_end|>⟧\n<|im_start|>tool\n<tool_response>\n{\"sky\": \"blue\"}\n</tool_response>\n<|im_end|><|im_start|>assistant\n⟦It is.<|im_end|>⟧\n")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407",
        "[INST]Is it sunny in Rome?[/INST]⟦[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"place\": \"Rome\"}, \"id\": \"call00001\"}]<EOS>⟧[TOOL_RESULTS]{\"content\": {\"sky\": \"blue\"}, \"call_id\": \"call00001\"}[/TOOL_RESULTS]⟦It is.<EOS>⟧")]
    public void Tool_calls_are_learned_with_their_tags_and_tool_results_are_not(string template, string expected)
    {
        string marked = Marked(Template(template), Called);
        Assert.Equal(expected, marked[marked.IndexOf(expected[..20], StringComparison.Ordinal)..]);
    }

    [Fact]
    public void A_call_whose_tags_cannot_be_told_from_the_header_is_refused()
    {
        TemplateException problem = Assert.Throws<TemplateException>(() => Marked(Template("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B"), Called));
        Assert.Contains("message 2", problem.Message, StringComparison.Ordinal);
        Assert.Contains("{% generation %}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_without_a_place_for_tool_calls_is_refused_with_the_tools_name()
    {
        const string Deaf = "{% for m in messages %}<{{ m.role }}>{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        Conversation both = Called with { Messages = [.. Called.Messages.Select(m => m.ToolCalls.Count > 0 ? m with { Content = "I look." } : m)] };
        Assert.Contains("'weather'", Assert.Throws<TemplateException>(() => Marked(ChatTemplate.Parse(Deaf), both)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_author_marked_what_is_generated_that_is_it_even_through_macros_and_filters()
    {
        const string Source = "{% macro say(x) %}{% generation %}{{ x }}!<|im_end|>{% endgeneration %}{% endmacro %}"
            + "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{{ say(m.content) | trim }}{% else %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}";
        Assert.Equal("<user>Hi <|im_end|> there<|im_end|><assistant>⟦Hello <|im_end|>, you!!<|im_end|>⟧<user>2+2?<|im_end|><assistant>⟦4!<|im_end|>⟧", Marked(ChatTemplate.Parse(Source), Plain));
    }

    [Fact]
    public void An_answer_that_stands_elsewhere_than_the_generation_prompt_ends_is_flagged()
    {
        TrainingText text = Template("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B").RenderForTraining(Plain, Ends); // its prompt ends in <think>
        Assert.All(text.Answers, answer => Assert.False(answer.FollowsPrompt));
        Assert.All(Template("google-gemma-2-2b-it").RenderForTraining(Plain, Ends).Answers, answer => Assert.True(answer is { FollowsPrompt: true, HasEnd: true }));
    }

    [Fact]
    public void An_answer_without_an_end_mark_is_flagged_and_ends_where_it_ends()
    {
        TrainingText text = ChatTemplate.Parse("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}").RenderForTraining(Plain, Ends);
        Assert.Equal(["Hello <|im_end|>, you!", "4"], text.Answers.Select(answer => text.Text[answer.Start..answer.End]));
        Assert.All(text.Answers, answer => Assert.False(answer.HasEnd));
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("deepseek-coder")]
    public void Ids_before_each_answer_are_those_of_the_prompt_that_asks_for_it(string vocabulary)
    {
        Tokenizer tokenizer = new GgufVocabulary(SharedData.Path($"vocab/ggml-vocab-{vocabulary}.gguf")).ToTokenizer();
        ChatTemplate template = vocabulary == "phi-3" ? Template("microsoft-Phi-3.5-mini-instruct") : ChatTemplate.For(tokenizer, modelName: vocabulary == "llama-spm" ? "llama-2" : null);
        TemplateOptions options = new TemplateOptions().For(tokenizer);
        Conversation conversation = Conversation.Of(
            new Message(Roles.User, "Wie geht's?"), new Message(Roles.Assistant, "  Gut,\n\n danke — 東京!  "), new Message(Roles.User, " und\tdir"), new Message(Roles.Assistant, "auch gut"));
        TrainingText text = template.RenderForTraining(conversation, [.. Enumerable.Range(0, tokenizer.Special.Count).Select(i => tokenizer.Special[i].Text)], options);
        RenderedConversation rendered = text.ToIds(tokenizer);
        int[] starts = [.. Enumerable.Range(0, rendered.Ids.Length).Where(i => rendered.LossMask[i] && (i == 0 || !rendered.LossMask[i - 1]))];
        Assert.Equal(2, starts.Length);
        for (int turn = 0; turn < 2; turn++)
        {
            Conversation before = new([.. conversation.Messages.Take(1 + (2 * turn))]);
            int[] prompt = template.Render(before, options).ToIds(tokenizer);
            if (template.Render(before, options).Text is string asked && text.Text.StartsWith(asked, StringComparison.Ordinal) && turn == 0)
            {
                Assert.Equal(prompt, rendered.Ids[..starts[turn]]);
            }
        }

        string learned = tokenizer.DecodeText([.. rendered.Ids.Where((_, i) => rendered.LossMask[i])]);
        Assert.Contains("Gut,\n\n danke — 東京!", learned, StringComparison.Ordinal);
        Assert.Contains("auch gut", learned, StringComparison.Ordinal);
        Assert.DoesNotContain("dir", learned, StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_go_through_a_file_and_back()
    {
        string line = ConversationFile.ToLine(Called);
        Conversation again = ConversationFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(line))).Single();
        Assert.Equal(line, ConversationFile.ToLine(again));
        Assert.Contains("\"weather\"", again.Tools, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_to_its_end_whatever_stands_in_it()
    {
        byte[] lines = Encoding.UTF8.GetBytes("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n\nnonsense\n{\"messages\": 3}\n{\"messages\": [{\"role\": \"user\", \"content\": \"b\"}]}\n");
        (int Line, Conversation? Conversation, string? Problem)[] all = [.. ConversationFile.ReadAll(new MemoryStream(lines))];
        Assert.Equal([1, 3, 4, 5], all.Select(one => one.Line));
        Assert.Equal([true, false, false, true], all.Select(one => one.Conversation is not null));
        Assert.Contains("not JSON", all[1].Problem, StringComparison.Ordinal);
        Assert.Contains("no list", all[2].Problem, StringComparison.Ordinal);
    }

    private static ChatTemplate Template(string name) => ChatTemplate.Parse(File.ReadAllText(SharedData.Path($"templates/{name}.jinja")));

    private static string Marked(ChatTemplate template, Conversation conversation)
    {
        TrainingText text = template.RenderForTraining(conversation, Ends, new TemplateOptions { BosText = "<BOS>", EosText = "<EOS>", Tools = conversation.Tools, Now = Golden.Now });
        var marked = new StringBuilder(text.Text);
        foreach (AnswerSpan answer in text.Answers.Reverse())
        {
            marked.Insert(answer.End, '⟧').Insert(answer.Start, '⟦');
        }

        return marked.ToString();
    }
}
