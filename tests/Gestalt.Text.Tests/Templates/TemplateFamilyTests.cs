namespace Gestalt.Text.Tests;

public sealed class TemplateFamilyTests
{
    private static readonly Conversation Turns = Conversation.Of(
        new Message("system", "Be brief."), new Message("user", " Hi "), new Message("assistant", "Hello."), new Message("user", "Bye"));

    private static readonly TemplateOptions Marks = new() { BosText = "<s>", EosText = "</s>" };

    [Theory]
    [InlineData("ChatML", "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n", "<|im_start|>", "<|im_end|>")]
    [InlineData("Llama 3", "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")]
    [InlineData("Gemma", "<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello.<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n", "<start_of_turn>", "<end_of_turn>")]
    [InlineData("Phi-3", "<|system|>\nBe brief.<|end|>\n<|user|>\n Hi <|end|>\n<|assistant|>\nHello.<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n", "<|user|>", "<|assistant|>", "<|end|>")]
    [InlineData("Phi-4", "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|> Hi <|im_end|><|im_start|>assistant<|im_sep|>Hello.<|im_end|><|im_start|>user<|im_sep|>Bye<|im_end|><|im_start|>assistant<|im_sep|>", "<|im_start|>", "<|im_end|>", "<|im_sep|>")]
    [InlineData("DeepSeek", "<s>Be brief.<｜User｜> Hi <｜Assistant｜>Hello.<｜end▁of▁sentence｜><｜User｜>Bye<｜Assistant｜>", "<｜User｜>", "<｜Assistant｜>")]
    [InlineData("Command R", "<s><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Be brief.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hello.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Bye<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>")]
    [InlineData("Granite", "<|start_of_role|>system<|end_of_role|>Be brief.<|end_of_text|>\n<|start_of_role|>user<|end_of_role|> Hi <|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>Hello.<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Bye<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>", "<|start_of_role|>", "<|end_of_role|>")]
    [InlineData("Mistral", "<s>[INST]  Hi  [/INST]Hello.</s>[INST] Be brief.\n\nBye [/INST]", "[INST]", "[/INST]")]
    public void A_vocabulary_shows_its_form(string name, string expected, params string[] tokens)
    {
        ChatTemplate template = ChatTemplate.For(With(tokens));
        Assert.StartsWith(name + " (assumed", template.Assumption, StringComparison.Ordinal);
        Assert.Contains(tokens[0], template.Assumption, StringComparison.Ordinal);
        Assert.Equal(expected, template.Render(Turns, Marks).Text);
    }

    [Theory]
    [InlineData("zephyr-7b-beta", "Zephyr", "<|system|>\nBe brief.</s>\n<|user|>\n Hi </s>\n<|assistant|>\nHello.</s>\n<|user|>\nBye</s>\n<|assistant|>\n")]
    [InlineData("Llama-2-7b-chat", "Llama 2", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST]")]
    [InlineData("Alpaca 7B", "Alpaca", "Be brief.\n\n### Instruction:\n Hi \n\n### Response:\nHello.\n\n### Instruction:\nBye\n\n### Response:\n")]
    [InlineData("vicuna-13b", "Vicuna", "<s>Be brief.\n\nUSER:  Hi \nASSISTANT: Hello.</s>\nUSER: Bye\nASSISTANT:")]
    [InlineData("Mistral-7B-Instruct-v0.1", "Mistral", "<s>[INST]  Hi  [/INST]Hello.</s>[INST] Be brief.\n\nBye [/INST]")]
    [InlineData(null, "Alpaca", "Be brief.\n\n### Instruction:\n Hi \n\n### Response:\nHello.\n\n### Instruction:\nBye\n\n### Response:\n")]
    public void Where_the_vocabulary_does_not_tell_the_name_does(string? modelName, string name, string expected)
    {
        ChatTemplate template = ChatTemplate.For(With("<s>", "</s>"), null, modelName);
        Assert.StartsWith(name + " (assumed", template.Assumption, StringComparison.Ordinal);
        Assert.Equal(expected, template.Render(Turns, Marks).Text);
    }

    [Fact]
    public void A_models_own_template_is_no_assumption()
    {
        ChatTemplate template = ChatTemplate.For(Samples.Tokenizer(), "{{ messages[0].content }}", "llama-2");
        Assert.Null(template.Assumption);
        Assert.Equal("Be brief.", template.Render(Turns).Text);
    }

    [Fact]
    public void Without_an_assistant_turn_to_come_none_is_begun()
    {
        string text = ChatTemplate.For(Samples.Tokenizer()).Render(Turns, new TemplateOptions { AddGenerationPrompt = false }).Text;
        Assert.EndsWith("Bye<|im_end|>\n", text, StringComparison.Ordinal);
    }

    private static Tokenizer With(params string[] names)
    {
        Tokenizer plain = Samples.Tokenizer();
        (string[] tokens, int[] types) = (plain.Tokens(), plain.TokenTypes());
        string[] kept = [.. tokens.Where((_, i) => types[i] != (int)TokenKind.Control), .. names];
        return Tokenizer.FromVocabulary(kept, plain.Merges(), [.. kept.Select((_, i) => (int)(i < kept.Length - names.Length ? TokenKind.Normal : TokenKind.Control))], plain.PreTokenizer);
    }
}
