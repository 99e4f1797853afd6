using System.ComponentModel;
using System.Text.Json;
using Gestalt.Inference.Constraints;
using Gestalt.Models;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference.Tests.Chat;

/// <summary>A call that is ordered comes, whatever the model is like, and is valid.</summary>
public sealed class RequiredToolTests
{
    private const string Turns = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{{ tools | tojson }}<|im_start|>assistant\n";

    private enum Sky
    {
        Clear,
        Cloudy,
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Turns + "{# <tool_call> #}")]
    [InlineData(Turns + "{# <|python_tag|> #}")]
    [InlineData(Turns + "{# [TOOL_CALLS] #}")]
    [InlineData(Turns + "{# [TOOL_CALLS] [ARGS] #}")]
    public async Task A_call_is_forced_and_valid_in_every_form(string? template)
    {
        using LanguageModel model = Model(template);
        using IChatClient client = model.AsChatClient();
        AIFunction[] tools = [AIFunctionFactory.Create(Forecast), AIFunctionFactory.Create(Sleep)];
        var called = new HashSet<string>();
        for (int seed = 0; seed < 6; seed++)
        {
            var options = new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireAny, Temperature = 1.5f, Seed = seed, MaxOutputTokens = 400 };
            ChatResponse response = await client.GetResponseAsync("the cat", options);
            FunctionCallContent call = Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents));
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            called.Add(call.Name);
            object? result = await tools.Single(tool => tool.Name == call.Name).InvokeAsync(new AIFunctionArguments(call.Arguments), TestContext.Current.CancellationToken);
            Assert.NotNull(result);
            Check(call);

            options.ToolMode = ChatToolMode.RequireSpecific("Sleep");
            response = await client.GetResponseAsync("the cat", options);
            Assert.Equal("Sleep", Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents)).Name);
        }
        Assert.NotEmpty(called);

        static void Check(FunctionCallContent call)
        {
            if (call.Name == "Sleep")
                return;
            Assert.Equal(["sky", "today"], call.Arguments!.Keys.Order());
            Assert.Contains(((JsonElement)call.Arguments["today"]!).ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
            Assert.Contains(((JsonElement)call.Arguments["sky"]!).ToString(), (string[])["Clear", "Cloudy", "0", "1"]);
        }
    }

    [Fact]
    public async Task An_order_that_cannot_be_followed_is_refused_by_name()
    {
        using LanguageModel model = Model(null);
        using IChatClient client = model.AsChatClient();
        AITool[] tools = [AIFunctionFactory.Create(Sleep)];
        Assert.Contains("'Nap', which is none of the tools: Sleep", (await Refused(new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireSpecific("Nap") })).Message);
        Assert.Contains("there is no tool to call", (await Refused(new ChatOptions { ToolMode = ChatToolMode.RequireAny })).Message);
        AIFunctionDeclaration strange = AIFunctionFactory.CreateDeclaration("strange", "", JsonDocument.Parse("""{"type": "object", "not": {}}""").RootElement);
        ConstraintException problem = await Assert.ThrowsAsync<ConstraintException>(() =>
            client.GetResponseAsync("x", new ChatOptions { Tools = [strange], ToolMode = ChatToolMode.RequireAny }, TestContext.Current.CancellationToken));
        Assert.StartsWith("tool 'strange', #", problem.Message, StringComparison.Ordinal);

        Task<ArgumentException> Refused(ChatOptions options) => Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("x", options));
    }

    [Fact]
    public async Task What_a_model_thinks_is_no_text_of_its_answer()
    {
        using LanguageModel model = Model(Turns + "<think>\n{# </think> #}");
        using IChatClient client = model.AsChatClient();
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 20 };
        ChatResponse response = await client.GetResponseAsync("the cat", options, TestContext.Current.CancellationToken);
        Assert.Equal("", response.Text);
        TextReasoningContent thought = Assert.IsType<TextReasoningContent>(Assert.Single(response.Messages[0].Contents));
        Assert.NotEqual("", thought.Text);
        Assert.Equal(20, response.Usage!.ReasoningTokenCount);

        using LanguageModel plain = Model(Turns);
        response = await plain.AsChatClient().GetResponseAsync("the cat", options, TestContext.Current.CancellationToken);
        Assert.NotEqual("", response.Text);
        Assert.Null(response.Usage!.ReasoningTokenCount);
    }

    [Description("Tells the weather.")]
    private static string Forecast(bool today, Sky sky) => today ? $"{sky}" : $"{sky} tomorrow";

    [Description("Sleeps.")]
    private static string Sleep() => "slept";

    private static LanguageModel Model(string? template)
    {
        var loaded = new LoadedModel
        {
            Transformer = SmallModel.Build(context: 2048),
            Tokenizer = SmallModel.Tokenizer,
            Metadata = new Dictionary<string, string> { ["general.name"] = "tiny" },
            Template = template ?? ChatMl.Template,
        };
        return new LanguageModel(loaded, owns: true);
    }
}
