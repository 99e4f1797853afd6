using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gestalt.Inference;

namespace Gestalt.Studio.Tests.Pages;

/// <summary>What the page Inside is told: what the model computes.</summary>
public sealed class InsideEndpointTests(RunningServer running) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task What_is_looked_at_is_what_is_generated()
    {
        JsonElement read = await running.Ask("/studio/inside/read", """{"text":"the cat sat"}""");
        int[] ids = [.. read.GetProperty("tokens").EnumerateArray().Select(Id)];
        using var model = LanguageModel.Open(Path.Combine(running.Folder, "tiny.gguf"));
        Assert.Equal(model.Generator.PromptIds("the cat sat"), ids);

        List<JsonElement> written = await Events("/studio/inside/continue", new { ids, count = 6, temperature = 0 });
        int[] generated = [.. written.Select(Id)];
        Assert.InRange(generated.Length, 2, 6); // fewer where the model comes to an end
        for (int i = 0; i < generated.Length; i++)
        {
            int[] before = [.. ids, .. generated[..i]];
            JsonElement look = await running.Ask("/studio/inside/look", JsonSerializer.Serialize(new { ids = before, next = generated[i] }));
            float[] logits = Floats(look.GetProperty("logits"));
            Assert.Equal(model.Engine.Model.Config.Vocabulary, logits.Length);
            Assert.Equal(generated[i], Array.IndexOf(logits, logits.Max()));
            JsonElement last = look.GetProperty("guesses").EnumerateArray().Last();
            Assert.Equal(0, last.GetProperty("rank").GetInt32());
            Assert.Equal(1 / logits.Sum(logit => Math.Exp(logit - logits.Max())), last.GetProperty("probability").GetDouble(), 1e-5);
            Assert.Equal(generated[i], look.GetProperty("named")[0].GetProperty("id").GetInt32());
            Assert.Equal(model.Engine.Model.Config.Layers, look.GetProperty("layers").GetArrayLength());
            Assert.All(look.GetProperty("layers").EnumerateArray(), layer => Assert.All(layer.GetProperty("attention").EnumerateArray(), row =>
            {
                float[] weights = Floats(row);
                Assert.Equal(before.Length, weights.Length);
                Assert.Equal(1, weights.Sum(), 1e-4);
            }));
        }
    }

    [Fact]
    public async Task The_map_of_a_layer_has_a_triangle_for_each_head()
    {
        JsonElement map = await running.Ask("/studio/inside/map", """{"ids":[1,2,3,4,5],"layer":1}""");
        Assert.Equal(4, map.GetProperty("heads").GetArrayLength());
        Assert.All(map.GetProperty("heads").EnumerateArray(), head =>
        {
            byte[] shades = head.GetBytesFromBase64();
            Assert.Equal(15, shades.Length);
            Assert.Equal(255, shades[0]); // the first position has nothing to look at but itself
        });
    }

    [Fact]
    public async Task A_question_is_read_in_the_form_of_conversations()
    {
        JsonElement read = await running.Ask("/studio/inside/read", """{"text":"moon","asQuestion":true}""");
        Assert.True(read.GetProperty("isAssistant").GetBoolean());
        Assert.Contains(read.GetProperty("tokens").EnumerateArray(), token => token.GetProperty("kind").GetString() == "Control");
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_refused()
    {
        await running.Refused("/studio/inside/read", """{"text":""}""", HttpStatusCode.BadRequest, "text", "no text");
        await running.Refused("/studio/inside/look", """{"ids":[]}""", HttpStatusCode.BadRequest, "ids", "no tokens");
        await running.Refused("/studio/inside/look", """{"ids":[99999]}""", HttpStatusCode.BadRequest, "ids", "99999");
        await running.Refused("/studio/inside/look", """{"ids":[1],"next":-1}""", HttpStatusCode.BadRequest, "next", "-1");
        await running.Refused("/studio/inside/look", JsonSerializer.Serialize(new { ids = Enumerable.Repeat(1, 1025) }), HttpStatusCode.BadRequest, "ids", "1025", "1024");
        await running.Refused("/studio/inside/map", """{"ids":[1],"layer":2}""", HttpStatusCode.BadRequest, "ids", "blocks 0 to 1");
        await running.Refused("/studio/inside/continue", """{"ids":[1],"count":0}""", HttpStatusCode.BadRequest, "count", "1 to 512");
        await running.Refused("/studio/inside/look", """{"ids":[1],"model":"nobody"}""", HttpStatusCode.NotFound, "model", "nobody");
    }

    private async Task<List<JsonElement>> Events(string path, object body)
    {
        using HttpResponseMessage response = await running.Post(path, JsonSerializer.Serialize(body));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return [.. text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line[6..]).RootElement)];
    }

    private static int Id(JsonElement token) => token.GetProperty("id").GetInt32();

    private static float[] Floats(JsonElement base64) => MemoryMarshal.Cast<byte, float>(base64.GetBytesFromBase64()).ToArray();
}
