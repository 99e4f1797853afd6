using Gestalt.Inference;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Serving;
using Gestalt.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary><c>POST /v1/tokenize</c> and <c>POST /v1/detokenize</c>, which OpenAI has no word for.</summary>
/// <param name="pool">The models.</param>
internal sealed class TokenEndpoints(ModelPool pool)
{
    /// <summary>The tokens of a text as it stands, or of a conversation as the model reads it.</summary>
    public async Task TokenizeAsync(HttpContext context)
    {
        TokenizeBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.TokenizeBody).ConfigureAwait(false);
        if (body.Input is null == body.Messages is null)
            throw ApiException.Bad("input", "There must be either 'input', a text, or 'messages', a conversation.", "invalid_value");
        using ModelLease lease = await pool.UseAsync(body.Model, context.RequestAborted).ConfigureAwait(false);
        Tokenizer tokenizer = lease.Hosted.Model.Tokenizer;
        int[] ids = Ids(lease.Hosted.Model, body);
        TokenPart[]? parts = body.CountOnly == true ? null : [.. ids.Select(id => new TokenPart(id, TokenAnswers.Text(id, tokenizer), TokenAnswers.Bytes(id, tokenizer), tokenizer.KindOf(id) == TokenKind.Control))];
        await ApiCall.AnswerAsync(context, new TokenizeAnswer("tokens", lease.Hosted.Entry.Name, ids.Length, parts is null ? null : ids, parts), AnswerJson.Readable.TokenizeAnswer).ConfigureAwait(false);
    }

    /// <summary>The text of tokens.</summary>
    public async Task DetokenizeAsync(HttpContext context)
    {
        DetokenizeBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.DetokenizeBody).ConfigureAwait(false);
        using ModelLease lease = await pool.UseAsync(body.Model, context.RequestAborted).ConfigureAwait(false);
        Tokenizer tokenizer = lease.Hosted.Model.Tokenizer;
        TokenIds.Check(body.Tokens, tokenizer.VocabularySize, "tokens");
        await ApiCall.AnswerAsync(context, new DetokenizeAnswer("text", lease.Hosted.Entry.Name, tokenizer.DecodeText(body.Tokens)), AnswerJson.Readable.DetokenizeAnswer).ConfigureAwait(false);
    }

    private static int[] Ids(LanguageModel model, TokenizeBody body)
    {
        if (body.Input is string text)
            return body.AddSpecial == true ? model.Generator.PromptIds(text) : model.Tokenizer.Encode(text);
        var options = new ChatOptions();
        ToolReader.ReadTools(Field.Of(body.Tools, "tools"), isNested: true, options);
        List<ChatMessage> messages = MessageReader.Read(new Field(body.Messages!.Value, "messages"));
        try
        {
            return model.PromptIds(messages, options);
        }
        catch (Exception problem) when (Refusals.Explain(problem, "messages") is ApiException explained)
        {
            throw explained;
        }
    }
}
