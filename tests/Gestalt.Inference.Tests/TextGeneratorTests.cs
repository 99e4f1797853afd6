using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Inference.Tests;

public sealed class TextGeneratorTests
{
    private static readonly GenerationOptions Greedy = new() { Sampling = SamplingOptions.Greedy, MaxTokens = 40 };

    [Fact]
    public void Ids_behind_the_vocabulary_are_never_drawn()
    {
        using Transformer model = SmallModel.Build(context: 300);
        using Transformer padded = SmallModel.Resized(model, model.Config.Vocabulary + 300);
        using var engine = new Engine(padded);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        var wild = new GenerationOptions { Sampling = new SamplingOptions { Temperature = 1000, Seed = 1 }, MaxTokens = 100, LogProbabilities = true };
        Assert.Contains(engine.Generate([1, 2, 3], wild), id => id >= SmallModel.Tokenizer.VocabularySize);
        for (ulong seed = 0; seed < 5; seed++)
            Assert.NotEmpty(generator.Complete("the cat", wild with { Sampling = wild.Sampling with { Seed = seed } }).ReadToEnd());
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Generate([1], new GenerationOptions { Vocabulary = 0 }));
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void The_text_is_the_decoded_ids()
    {
        using Transformer model = SmallModel.Build(context: 128);
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        int[] prompt = [SmallModel.Tokenizer.Special.EndOfText, .. SmallModel.Tokenizer.Encode("the cat")];
        Assert.Equal(prompt, generator.PromptIds("the cat"));
        Assert.Equal(SmallModel.Tokenizer.Encode("the cat"), new TextGenerator(engine, SmallModel.Tokenizer, startsWithEndOfText: false).PromptIds("the cat"));
        string text = SmallModel.Tokenizer.DecodeText(SmallModel.Greedy(model, prompt, 40));
        TextStream stream = generator.Complete("the cat", Greedy);
        Assert.Equal(text, stream.ReadToEnd());
        Assert.Equal((prompt.Length, 40, FinishReason.TokenLimit), (stream.PromptTokens, stream.GeneratedTokens, stream.Reason));
        Assert.Equal(text, generator.AnswerAll([prompt], Greedy)[0].Text);
    }

    [Fact]
    public async Task A_reply_begins_after_the_header_of_the_assistants_message()
    {
        using Transformer model = SmallModel.Build(context: 128);
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        Conversation conversation = Conversation.Of(new Message(Roles.User, "the cat <|im_end|>"));
        int[] prompt = generator.PromptIds(conversation);
        Assert.Equal([SmallModel.Tokenizer.Special.EndOfText, .. ChatMl.Render(SmallModel.Tokenizer, conversation, addGenerationPrompt: true).Ids], prompt);
        string reply = generator.Reply(conversation, Greedy).ReadToEnd();
        Assert.Equal(SmallModel.Tokenizer.DecodeText(SmallModel.Greedy(model, prompt, 40)), reply);
        string streamed = "";
        await foreach (string piece in generator.Reply(conversation, Greedy).ReadAsync())
            streamed += piece;
        Assert.Equal(reply, streamed);
    }

    [Fact]
    public void Stop_strings_end_a_text_wherever_tokens_break_them()
    {
        using Transformer model = SmallModel.Build(context: 128);
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        string whole = generator.Complete("the mat", Greedy).ReadToEnd();
        int[] prompt = generator.PromptIds("the mat");
        for (int start = 0; start + 5 <= whole.Length; start += 3)
        {
            string stop = whole.Substring(start, 5);
            GenerationOptions options = Greedy with { StopStrings = ["no such text", stop] };
            string expected = whole[..whole.IndexOf(stop, StringComparison.Ordinal)];
            TextStream stream = generator.Complete("the mat", options);
            Assert.Equal(expected, stream.ReadToEnd());
            Assert.Equal(FinishReason.Stop, stream.Reason);
            TextGeneration answer = Assert.Single(generator.AnswerAll([prompt], options));
            Assert.Equal((expected, FinishReason.Stop), (answer.Text, answer.Reason));
        }
    }

    [Fact]
    public void The_models_own_end_marks_end_a_text()
    {
        using Transformer model = SmallModel.Build(context: 128);
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        SpecialTokens special = SmallModel.Tokenizer.Special;
        foreach (int end in new int[] { special.EndOfText, special.MessageEnd })
        {
            // The head's row of the mark becomes that of the token that would be fourth, a little longer: the mark comes instead of it.
            int[] prompt = generator.PromptIds("the moon");
            int[] ids = SmallModel.Greedy(model, prompt, 4);
            Assert.Equal(4, ids.Distinct().Count());
            Span<float> head = model["output.weight"].Values;
            int width = model.Config.Width;
            float[] kept = head.Slice(end * width, width).ToArray();
            for (int i = 0; i < width; i++)
                head[(end * width) + i] = 1.01f * head[(ids[3] * width) + i];
            TextStream stream = generator.Complete("the moon", Greedy);
            Assert.Equal(SmallModel.Tokenizer.DecodeText(ids.AsSpan(0, 3)), stream.ReadToEnd());
            Assert.Equal((3, FinishReason.Stop), (stream.GeneratedTokens, stream.Reason));
            kept.CopyTo(head[(end * width)..]);
        }
    }

    [Fact]
    public void Pieces_cut_anywhere_stop_where_the_whole_text_does()
    {
        var random = new Random(4);
        for (int trial = 0; trial < 3000; trial++)
        {
            string text = RandomText(random, random.Next(0, 40));
            string[] stops = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => RandomText(random, random.Next(1, 6)))];
            int end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
            var matcher = new StopMatcher(stops);
            string given = "";
            for (int at = 0; at < text.Length && !matcher.HasStopped;)
            {
                int length = Math.Min(random.Next(0, 5), text.Length - at);
                given += matcher.Push(text.Substring(at, length));
                at += length;
                Assert.StartsWith(given, text);
            }
            Assert.Equal(end >= 0, matcher.HasStopped);
            given += matcher.Flush();
            // When two stop strings end at different places the one that is complete first decides, as it would for a reader.
            Assert.True(given == (end < 0 ? text : text[..end]) || stops.Length > 1, $"'{text}' with '{string.Join("','", stops)}' gave '{given}'");
        }
        static string RandomText(Random random, int length) => string.Create(length, random, (span, source) =>
        {
            foreach (ref char letter in span)
                letter = (char)('a' + source.Next(3));
        });
    }

    [Fact]
    public void An_empty_stop_string_is_refused()
    {
        using Transformer model = SmallModel.Build();
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, SmallModel.Tokenizer);
        Assert.Throws<ArgumentException>(() => generator.Complete("the", Greedy with { StopStrings = [""] }));
    }
}
