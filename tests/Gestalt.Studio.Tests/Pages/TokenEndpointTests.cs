using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Studio.Tests.Pages;

/// <summary>What the page Tokens is told: exactly what encoding does.</summary>
public sealed class TokenEndpointTests(RunningServer running) : IClassFixture<RunningServer>
{
    private const string Text = "the cat — 東京 <|im_end|>\n  moon";

    [Fact]
    public async Task Tokens_are_those_of_the_vocabulary_and_special_ones_come_only_where_they_are_asked_for()
    {
        foreach (bool specials in (bool[])[false, true])
        {
            JsonElement answer = await running.Ask("/studio/tokens/", JsonSerializer.Serialize(new { model = RunningServer.Model, text = Text, specials }));
            int[] expected = specials ? TinyModel.Tokenizer.EncodeWithSpecials(Text, [.. TinyModel.Tokenizer.Special]) : TinyModel.Tokenizer.Encode(Text);
            JsonElement[] table = [.. answer.GetProperty("table").EnumerateArray()];
            Assert.Equal(expected, answer.GetProperty("tokens").EnumerateArray().Select(place => table[place.GetInt32()].GetProperty("id").GetInt32()));
            Assert.All(table, entry => Assert.Equal(Convert.ToHexStringLower(TinyModel.Tokenizer.TokenBytes(entry.GetProperty("id").GetInt32())), entry.GetProperty("bytes").GetString()));
            Assert.Equal(specials, table.Any(entry => entry.GetProperty("kind").GetString() == nameof(TokenKind.Control)));
            Assert.Equal(Encoding.UTF8.GetByteCount(Text), answer.GetProperty("bytes").GetInt32());
        }
    }

    [Fact]
    public async Task A_trace_leads_to_the_tokens_of_its_word()
    {
        int[] ids = TinyModel.Tokenizer.Encode(Text);
        for (int token = 0; token < ids.Length; token += 3)
        {
            JsonElement trace = await running.Ask("/studio/tokens/trace", JsonSerializer.Serialize(new { text = Text, token }));
            List<int> symbols = [.. trace.GetProperty("start").EnumerateArray().Select(Id)];
            foreach (JsonElement step in trace.GetProperty("steps").EnumerateArray())
            {
                symbols.RemoveRange(step.GetProperty("at").GetInt32(), step.GetProperty("taken").GetInt32());
                symbols.InsertRange(step.GetProperty("at").GetInt32(), step.GetProperty("made").EnumerateArray().Select(Id));
            }
            int first = trace.GetProperty("firstToken").GetInt32();
            Assert.InRange(token, first, first + symbols.Count - 1);
            Assert.Equal(ids[first..(first + symbols.Count)], symbols);
        }

        static int Id(JsonElement symbol) => symbol.GetProperty("id").GetInt32();
    }

    [Fact]
    public async Task What_cannot_be_cut_is_refused()
    {
        await running.Refused("/studio/tokens/", """{"model":"nobody","text":"a"}""", HttpStatusCode.NotFound, null, "nobody");
        await running.Refused("/studio/tokens/", """{"model":"tiny"}""", HttpStatusCode.BadRequest, null, "no text");
        await running.Refused("/studio/tokens/trace", """{"text":"a","token":7}""", HttpStatusCode.BadRequest, null, "no token 7");
        await running.Refused("/studio/tokens/trace", """{"text":"a","token":-1}""", HttpStatusCode.BadRequest, null, "from 0");
        await running.Refused("/studio/tokens/trace", JsonSerializer.Serialize(new { text = new string('a', 5000), token = 0 }), HttpStatusCode.BadRequest, null, "5000 bytes", "4096");
        await running.Refused("/studio/tokens/", JsonSerializer.Serialize(new { text = new string('a', (8 << 20) + 1) }), HttpStatusCode.RequestEntityTooLarge, null, "8,388,608");
    }

    [Fact]
    public async Task A_megabyte_is_cut_and_one_of_its_words_traced_without_a_wait()
    {
        string text = string.Concat(Enumerable.Repeat("the cat saw the moon too, ", 40_000));
        string body = JsonSerializer.Serialize(new { text, token = 200_000 });
        await running.Ask("/studio/tokens/", body);
        long start = Stopwatch.GetTimestamp();
        JsonElement answer = await running.Ask("/studio/tokens/", body);
        TimeSpan cut = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        await running.Ask("/studio/tokens/trace", body);
        TimeSpan traced = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"{text.Length:N0} bytes, {answer.GetProperty("tokens").GetArrayLength():N0} tokens: cut in {cut.TotalMilliseconds:0} ms, one word traced in {traced.TotalMilliseconds:0} ms, both with the way there and back");
        Assert.True(cut + traced < TimeSpan.FromSeconds(5), $"{cut} and {traced}; on an idle machine it is some hundred milliseconds.");
    }
}
