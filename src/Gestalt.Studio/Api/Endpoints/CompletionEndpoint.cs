using System.Runtime.CompilerServices;
using System.Text;
using Gestalt.Inference;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;
using Gestalt.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary><c>POST /v1/completions</c>: texts that go on, or that are filled in before a suffix.</summary>
/// <param name="pool">The models.</param>
/// <param name="metrics">Counts.</param>
/// <param name="options">Limits.</param>
internal sealed class CompletionEndpoint(ModelPool pool, ServerMetrics metrics, StudioOptions options)
{
    /// <summary>OpenAI's default.</summary>
    private const int UsualTokens = 16;

    /// <summary>What is told of tokens that cannot come: JSON has no infinity, and OpenAI says this.</summary>
    private const double LeastLogProbability = -9999;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        CompletionBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.CompletionBody).ConfigureAwait(false);
        int choices = ApiCall.Choices(body.N, options.Limits);
        GenerationOptions asked = Read(body, choices);
        PromptText[] prompts = Field.Of(body.Prompt, "prompt") is Field field ? PromptReader.Read(field, options.Limits.Inputs) : [new PromptText("", null)];
        if (body is { Suffix: not null, Echo: true })
            throw ApiException.Bad("echo", "'echo' and 'suffix' cannot both be given: the text between them is the answer.", "invalid_value");
        using Generation generation = await Generation.StartAsync(pool, metrics, "completions", body.Model, ApiCall.User(context), prompts.Length * choices, context.RequestAborted).ConfigureAwait(false);
        CompletionText[] texts = [.. prompts.SelectMany((prompt, index) => Texts(generation.Model.Model, body, asked, prompt, prompts.Length == 1 ? "prompt" : $"prompt[{index}]", choices, context.RequestAborted))];
        IAsyncEnumerable<CompletionPiece> pieces = Merging.Explained(
            Merging.Merge<CompletionPiece>([.. texts.Select<CompletionText, Func<CancellationToken, IAsyncEnumerable<CompletionPiece>>>((text, index) => token => ReadAsync(text, index, generation, token))], context.RequestAborted),
            "prompt", context.RequestAborted);
        if (body.Stream == true)
            await StreamAsync(context, generation, texts, pieces, body.StreamOptions?.IncludeUsage == true, choices).ConfigureAwait(false);
        else
            await AnswerAsync(context, generation, texts, pieces, choices).ConfigureAwait(false);
    }

    private static GenerationOptions Read(CompletionBody body, int choices)
    {
        var chat = new ChatOptions();
        SamplingReader.Read(body, chat);
        SamplingReader.Within("logprobs", body.Logprobs, 0, 20);
        if (body.BestOf is int best && best != choices)
            throw ApiException.Bad("best_of", $"'best_of' is {best}; it must be 'n' ({choices}): all answers that are generated are told.", "unsupported_value");
        if (body.StreamOptions is not null && body.Stream != true)
            throw ApiException.Bad("stream_options", "'stream_options' needs 'stream': true.", "invalid_value");
        return new GenerationOptions
        {
            Sampling = ChatSampling.Read(chat),
            MaxTokens = SamplingReader.TokenLimit("max_tokens", body.MaxTokens, least: 0) ?? UsualTokens,
            StopStrings = [.. chat.StopSequences ?? []],
            LogProbabilities = body.Logprobs is not null,
            LikeliestTokens = body.Logprobs ?? 0,
        };
    }

    private static IEnumerable<CompletionText> Texts(LanguageModel model, CompletionBody body, GenerationOptions asked, PromptText prompt, string path, int choices, CancellationToken gone)
    {
        int[] ids = Ids(model, body, prompt, path);
        string echo = body.Echo != true ? "" : prompt.Text ?? model.Tokenizer.DecodeText(prompt.Ids);
        var echoed = new Lazy<Task<GeneratedToken[]>>(() => Task.Run(() => EchoedTokens(model, ids, prompt, asked, gone), gone)); // once for all answers
        for (int choice = 0; choice < choices; choice++)
        {
            GenerationOptions own = asked with { Sampling = asked.Sampling with { Seed = unchecked(asked.Sampling.Seed + ((ulong)choice * 0x9E3779B97F4A7C15)) } };
            // A text that goes on begins with the blank before its first word; ids were cut somewhere by whoever gives them.
            yield return new CompletionText(echo, body is { Echo: true, Logprobs: not null } ? echoed : null, ids.Length, token => prompt.Text is { Length: > 0 } text && body.Suffix is null ? model.Generator.Complete(text, own, token) : model.Generator.Stream(ids, own, token));
        }
    }

    /// <summary>The prompt's own tokens with their probabilities. The first has none, as with OpenAI, whose texts begin with nothing; so the token that sequences of this model begin with is left out.</summary>
    private static GeneratedToken[] EchoedTokens(LanguageModel model, int[] ids, PromptText prompt, GenerationOptions asked, CancellationToken gone)
    {
        int start = ids.Length - (prompt.Ids ?? model.Tokenizer.Encode(prompt.Text!)).Length;
        IReadOnlyList<GeneratedToken> scores = model.Engine.Score(ids, asked.LikeliestTokens, model.Tokenizer.VocabularySize, gone); // of ids[1..]
        return start == ids.Length ? [] : [new GeneratedToken(ids[start], float.NaN, []), .. scores.Skip(start)];
    }

    private static int[] Ids(LanguageModel model, CompletionBody body, PromptText prompt, string path)
    {
        if (prompt.Ids is not null)
            TokenIds.Check(prompt.Ids, model.Engine.Model.Config.Vocabulary, path);
        if (body.Suffix is string suffix)
        {
            SpecialTokens special = model.Tokenizer.Special;
            if (special is not { FillPrefix: SpecialToken before, FillSuffix: SpecialToken after, FillMiddle: SpecialToken middle })
                throw ApiException.Bad("suffix", "This model was not taught to fill in: its vocabulary has no tokens for what comes before, after and between.", "unsupported_value");
            return [.. model.Generator.PromptIds(""), before, .. prompt.Ids ?? model.Tokenizer.Encode(prompt.Text!), after, .. model.Tokenizer.Encode(suffix), middle];
        }
        int[] ids = prompt.Ids ?? model.Generator.PromptIds(prompt.Text!);
        return ids.Length > 0 ? ids : throw ApiException.Bad(path, $"'{path}' is empty, and this model needs a beginning.", "invalid_value");
    }

    private static async IAsyncEnumerable<CompletionPiece> ReadAsync(CompletionText text, int index, Generation generation, [EnumeratorCancellation] CancellationToken cancellation)
    {
        GeneratedToken[] echoed = text.EchoedTokens is null ? [] : await text.EchoedTokens.Value.WaitAsync(cancellation).ConfigureAwait(false);
        if (text.Echo.Length > 0)
            yield return new CompletionPiece(index, text.Echo, echoed, null);
        TextStream stream = text.Begin(cancellation);
        await foreach (string piece in stream.ReadAsync(cancellation).ConfigureAwait(false))
        {
            generation.NotePiece();
            yield return new CompletionPiece(index, piece, stream.TakeTokens(), null);
        }
        (text.Cached, text.Generated) = (stream.CachedTokens, stream.GeneratedTokens);
        yield return new CompletionPiece(index, "", stream.TakeTokens(), stream.Reason == FinishReason.Stop ? "stop" : "length");
    }

    private static async Task AnswerAsync(HttpContext context, Generation generation, CompletionText[] texts, IAsyncEnumerable<CompletionPiece> pieces, int choices)
    {
        var written = new StringBuilder[texts.Length];
        var tokens = new List<GeneratedToken>[texts.Length];
        string?[] reasons = new string?[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            (written[i], tokens[i]) = (new StringBuilder(), []);
        await foreach (CompletionPiece piece in pieces.ConfigureAwait(false))
        {
            written[piece.Index].Append(piece.Text);
            tokens[piece.Index].AddRange(piece.Tokens);
            reasons[piece.Index] = piece.Reason;
        }
        var answer = new CompletionAnswer(
            ApiCall.NewId("cmpl-"), "text_completion", ApiCall.Now, generation.Model.Entry.Name,
            [.. texts.Select((text, index) => new CompletionChoice(index, written[index].ToString(), LogProbabilities(tokens[index], text.EchoedTokens is null ? text.Echo.Length : 0, generation.Model), reasons[index]))])
        {
            Usage = Note(generation, texts, choices),
        };
        await ApiCall.AnswerAsync(context, answer, AnswerJson.Readable.CompletionAnswer).ConfigureAwait(false);
    }

    private static async Task StreamAsync(HttpContext context, Generation generation, CompletionText[] texts, IAsyncEnumerable<CompletionPiece> pieces, bool tellsUsage, int choices)
    {
        string id = ApiCall.NewId("cmpl-");
        long created = ApiCall.Now;
        int[] offsets = new int[texts.Length];
        using var stream = new EventStream(context);
        await stream.WriteAllAsync(pieces, Write, End, problem => stream.Send(new ErrorAnswer(ErrorDetail.Of(problem)), AnswerJson.Readable.ErrorAnswer)).ConfigureAwait(false);

        void Write(CompletionPiece piece)
        {
            Send([new CompletionChoice(piece.Index, piece.Text, LogProbabilities(piece.Tokens, offsets[piece.Index], generation.Model), piece.Reason)], null);
            offsets[piece.Index] += piece.Text.Length;
        }

        void Send(CompletionChoice[] told, Usage? usage) =>
            stream.Send(new CompletionAnswer(id, "text_completion", created, generation.Model.Entry.Name, told) { Usage = usage }, AnswerJson.Readable.CompletionAnswer);

        ValueTask End()
        {
            Usage usage = Note(generation, texts, choices);
            if (tellsUsage)
                Send([], usage);
            stream.SendDone();
            return ValueTask.CompletedTask;
        }
    }

    private static Usage Note(Generation generation, CompletionText[] texts, int choices)
    {
        long prompt = texts.Where((_, index) => index % choices == 0).Sum(text => (long)text.PromptTokens);
        long cached = texts.Where((_, index) => index % choices == 0).Sum(text => (long)text.Cached);
        long generated = texts.Sum(text => (long)text.Generated);
        generation.NoteEnd(prompt, cached, generated);
        return new Usage(prompt, generated, prompt + generated) { PromptTokensDetails = new PromptDetails(cached) };
    }

    private static CompletionLogProbabilities? LogProbabilities(IReadOnlyList<GeneratedToken> tokens, int offset, HostedModel hosted)
    {
        if (tokens.Count == 0)
            return null;
        Tokenizer tokenizer = hosted.Model.Tokenizer;
        string[] texts = [.. tokens.Select(token => TokenAnswers.Text(token.Id, tokenizer))];
        int[] offsets = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            (offsets[i], offset) = (offset, offset + texts[i].Length);
        return new CompletionLogProbabilities(
            texts, [.. tokens.Select(token => float.IsNaN(token.LogProbability) ? (double?)null : Math.Max(token.LogProbability, LeastLogProbability))],
            tokens.All(token => token.Likeliest.Count == 0) ? null : [.. tokens.Select(token => float.IsNaN(token.LogProbability) ? null : ByText(token.Likeliest, tokenizer))], offsets);
    }

    private static Dictionary<string, double> ByText(IReadOnlyList<TokenLogProbability> likeliest, Tokenizer tokenizer) =>
        likeliest.DistinctBy(likely => TokenAnswers.Text(likely.Id, tokenizer)).ToDictionary(likely => TokenAnswers.Text(likely.Id, tokenizer), likely => (double)likely.LogProbability);

    /// <summary>A text that goes on.</summary>
    private sealed record CompletionText(string Echo, Lazy<Task<GeneratedToken[]>>? EchoedTokens, int PromptTokens, Func<CancellationToken, TextStream> Begin)
    {
        public int Cached { get; set; }

        public int Generated { get; set; }
    }

    private readonly record struct CompletionPiece(int Index, string Text, IReadOnlyList<GeneratedToken> Tokens, string? Reason);
}
