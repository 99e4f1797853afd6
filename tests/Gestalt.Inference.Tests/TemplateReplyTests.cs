using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Inference.Tests;

/// <summary>Models of other people are spoken to as their files say.</summary>
public sealed class TemplateReplyTests
{
    private static readonly Conversation Talk = Conversation.Of(new Message(Roles.User, "the <|im_end|> cat"));

    private static Tokenizer Tokenizer => SmallModel.Tokenizer;

    private static LoadedModel Load(Transformer transformer, string? template, bool addsStart = true, string name = "x") => new()
    {
        Transformer = transformer,
        Tokenizer = Tokenizer,
        Metadata = new Dictionary<string, string> { ["general.name"] = name },
        Template = template,
        StartId = Tokenizer.Special.EndOfText,
        AddsStart = addsStart,
        StopIds = [Tokenizer.Encode("m")[0]],
    };

    [Fact]
    public void A_models_own_template_writes_the_conversation()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        int start = Tokenizer.Special.EndOfText;
        int[] body = [.. Tokenizer.Encode("Q: the <|im_end|> cat"), Tokenizer.Special.MessageEnd, .. Tokenizer.Encode("A:")];

        const string bare = "Q: {{ messages[0].content }}<|im_end|>{% if add_generation_prompt %}A:{% endif %}";
        Assert.Equal([start, .. body], new TextGenerator(engine, Load(transformer, bare)).PromptIds(Talk));
        Assert.Equal(body, new TextGenerator(engine, Load(transformer, bare, addsStart: false)).PromptIds(Talk));
        Assert.Equal([start, .. body], new TextGenerator(engine, Load(transformer, "{{ bos_token }}" + bare)).PromptIds(Talk));
    }

    [Fact]
    public void What_the_template_is_told_can_differ_from_one_conversation_to_the_next()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        var generator = new TextGenerator(engine, Load(transformer, "{{ tools | length if tools else 'none' }} {{ enable_thinking }}", addsStart: false))
        {
            TemplateOptions = new TemplateOptions { Variables = new Dictionary<string, object?> { ["enable_thinking"] = true } },
        };
        Assert.Equal("none True", Tokenizer.DecodeText(generator.PromptIds(Talk)));
        Assert.Equal("1 ", Tokenizer.DecodeText(generator.PromptIds(Talk, new TemplateOptions { Tools = """[{"type": "function"}]""" })));
    }

    [Fact]
    public void A_system_message_that_a_template_refuses_goes_before_the_first_message()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        const string gemma = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}{{ m.role }}: {{ m.content }}|{% endfor %}";
        var generator = new TextGenerator(engine, Load(transformer, gemma, addsStart: false));
        Assert.Equal("user: the <|im_end|> cat|", Tokenizer.DecodeText(generator.PromptIds(Talk)));
        Assert.False(generator.FoldsSystemMessages);
        var told = new Conversation([new Message(Roles.System, "be brief"), .. Talk.Messages, new Message(Roles.Assistant, "ok")]);
        Assert.Equal("user: be brief\n\nthe <|im_end|> cat|assistant: ok|", Tokenizer.DecodeText(generator.PromptIds(told)));
        Assert.True(generator.FoldsSystemMessages);
        Assert.True(Assert.Throws<TemplateException>(() => generator.PromptIds(Conversation.Of(new Message(Roles.System, "alone")))).IsRefusal);
    }

    [Fact]
    public void Our_own_ChatML_is_written_as_it_was_trained_and_a_missing_template_is_assumed()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        var own = new TextGenerator(engine, Load(transformer, ChatMl.Template));
        Assert.Null(own.Template);
        Assert.Equal(new TextGenerator(engine, Tokenizer).PromptIds(Talk), own.PromptIds(Talk));

        var assumed = new TextGenerator(engine, Load(transformer, null));
        Assert.StartsWith("ChatML (assumed", assumed.Template?.Assumption, StringComparison.Ordinal);
        Assert.Equal("<|endoftext|>" + ChatMl.ToText(Talk, addGenerationPrompt: true), Tokenizer.DecodeText(assumed.PromptIds(Talk)));
    }

    [Fact]
    public void A_reply_ends_where_the_file_says()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        var generator = new TextGenerator(engine, Load(transformer, "{{ messages[0].content }}"));
        int[] all = SmallModel.Greedy(transformer, generator.PromptIds(Talk), 40);
        int stop = all[10];
        LoadedModel model = Load(transformer, "{{ messages[0].content }}") with { StopIds = [stop] };
        TextStream reply = new TextGenerator(engine, model).Reply(Talk, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = 40 });
        Assert.Equal(Tokenizer.DecodeText(all[..Array.IndexOf(all, stop)]), reply.ReadToEnd());
        Assert.Equal(FinishReason.Stop, reply.Reason);
    }

    [Fact]
    public void A_template_that_cannot_be_read_matters_only_to_conversations()
    {
        using Transformer transformer = SmallModel.Build(context: 128);
        using var engine = new Engine(transformer);
        var generator = new TextGenerator(engine, Load(transformer, "{% if %}"));
        Assert.NotEmpty(generator.PromptIds("the cat"));
        Assert.Throws<TemplateException>(() => generator.PromptIds(Talk));
    }
}
