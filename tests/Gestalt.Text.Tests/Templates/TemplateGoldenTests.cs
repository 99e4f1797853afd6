using System.Text.Json;

namespace Gestalt.Text.Tests;

public sealed class TemplateGoldenTests
{
    [Fact]
    [Trait("Speed", "Smoke")]
    public void Each_part_of_the_language_does_what_Jinja_does()
    {
        var wrong = new List<string>();
        int cases = 0;
        foreach (JsonElement @case in Golden.Language)
        {
            cases++;
            string template = @case.GetProperty("template").GetString()!;
            Compare(wrong, template, Golden.Expected(@case), () => ChatTemplate.Parse(template).Render(new Conversation([]), Golden.Options).Text);
        }

        Assert.True(cases > 400, $"only {cases} cases");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases} differ:\n" + string.Join("\n", wrong));
    }

    [Theory]
    [InlineData("NousResearch-Hermes-3-Llama-3.1-8B-tool_use")]
    [InlineData("Qwen-Qwen2.5-7B-Instruct")]
    [InlineData("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B")]
    [InlineData("google-gemma-2-2b-it")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct")]
    [InlineData("microsoft-Phi-3.5-mini-instruct")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    public void A_real_template_writes_every_conversation_as_Jinja_does(string name)
    {
        ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(SharedData.Path($"templates/{name}.jinja")));
        var wrong = new List<string>();
        int cases = 0;
        foreach (JsonElement @case in Golden.Real.Where(@case => @case.GetProperty("file").GetString() == name + ".jinja"))
        {
            cases++;
            int tools = @case.GetProperty("tools").GetInt32();
            bool prompt = @case.GetProperty("prompt").GetBoolean();
            string conversation = @case.GetProperty("conversation").GetString()!;
            var options = new TemplateOptions
            {
                Tools = tools == 0 ? null : Golden.Tools(tools).GetRawText(),
                AddGenerationPrompt = prompt,
                BosText = "<BOS>",
                EosText = "<EOS>",
                Now = Golden.Now,
            };
            Compare(wrong, $"{conversation}, tools {tools}, prompt {prompt}", Golden.Expected(@case), () => template.Render(Golden.Conversation(conversation), options).Text);
        }

        Assert.True(cases >= 80, $"only {cases} cases");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases} differ:\n" + string.Join("\n", wrong));
    }

    private static void Compare(List<string> wrong, string what, string? expected, Func<string> render)
    {
        string? actual;
        string reason = "";
        try
        {
            actual = render();
        }
        catch (TemplateException problem)
        {
            (actual, reason) = (null, problem.Message);
            Assert.True(problem.Line > 0, $"no line is named for {what}: {problem.Message}");
        }

        if (actual != expected)
        {
            wrong.Add($"{what}\n    Jinja   {Shown(expected)}\n    Gestalt {(actual is null ? reason : Shown(actual))}");
        }
    }

    private static string Shown(string? text) => text is null ? "refuses" : JsonSerializer.Serialize(text);
}
