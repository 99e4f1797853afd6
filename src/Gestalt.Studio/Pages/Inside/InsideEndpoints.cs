using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Studio.Api;
using Gestalt.Studio.Api.Endpoints;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Serving;
using Gestalt.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Pages.Inside;

/// <summary>Looking into a model, below <c>/studio/inside</c>: a text's tokens, more of them one after the other, what went on before one, and the attention of a whole layer.</summary>
internal static class InsideEndpoints
{
    private const int MostGenerated = 512;

    /// <summary>Weights of one layer's picture; a larger one would be finer than any screen.</summary>
    private const long MostWeights = 16 << 20;

    /// <summary>A text to be read, or a conversation with an answer to it.</summary>
    /// <param name="Model">Which model; null for the default.</param>
    /// <param name="Text">The text.</param>
    /// <param name="AsQuestion">Whether it is said by a person, in the model's own form of conversations.</param>
    /// <param name="Messages">The conversation, as <c>/v1/chat/completions</c> takes it, in place of a text.</param>
    /// <param name="Tools">The tools that the model was told of.</param>
    /// <param name="Answer">What came after the conversation.</param>
    /// <param name="AnswerIds">The tokens of the answer as they were generated; without them the text is encoded, and they may fall otherwise.</param>
    private sealed record ReadRequest(string? Model, string? Text, bool AsQuestion = false, JsonElement? Messages = null, JsonElement? Tools = null, string? Answer = null, int[]? AnswerIds = null);

    /// <summary>A text as ids, to be looked at or gone on with.</summary>
    /// <param name="Model">Which model; null for the default.</param>
    /// <param name="Ids">The text.</param>
    /// <param name="Next">The token that came after it, if one did.</param>
    /// <param name="Layer">The block whose attention is wanted.</param>
    /// <param name="Count">How many tokens to generate.</param>
    /// <param name="Temperature">0 for always the likeliest.</param>
    /// <param name="TopP">The share of probability that is drawn from.</param>
    /// <param name="Seed">Another seed is another text.</param>
    private sealed record IdsRequest(string? Model, int[]? Ids, int? Next = null, int Layer = 0, int Count = 24, float Temperature = 0, float TopP = 1, ulong Seed = 0);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/inside");
        group.MapPost("/read", ReadAsync);
        group.MapPost("/continue", ContinueAsync);
        group.MapPost("/look", LookAsync);
        group.MapPost("/map", MapAsync);
    }

    private static async Task<IResult> ReadAsync(ReadRequest request, ModelPool pool, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(request.Text) && request.Messages is null)
            throw ApiException.Bad("text", "There is no text to read: give one as \"text\".");
        using ModelLease lease = await pool.UseAsync(request.Model, cancellation).ConfigureAwait(false);
        LanguageModel model = lease.Hosted.Model;
        if (request.AsQuestion && !model.IsAssistant)
            throw ApiException.Bad("as_question", $"The model '{lease.Hosted.Entry.Name}' was not made to answer: it has no form for conversations. Read the text as it is.");
        int[] ids = Explained(() => request.Messages is not null ? ConversationIds(request, model)
            : request.AsQuestion ? model.Generator.PromptIds(Conversation.Of(new Message(Roles.User, request.Text!))) : model.Generator.PromptIds(request.Text!));
        int prompt = ids.Length;
        ids = [.. ids, .. AnswerIds(request, model)];
        if (ids.Length > model.Engine.Context)
            throw ApiException.Bad("messages", $"The conversation has {ids.Length} tokens, but the model's context holds {model.Engine.Context}.", "context_length_exceeded");
        TransformerConfig config = model.Engine.Model.Config;
        return Results.Json(new
        {
            Model = lease.Hosted.Entry.Name,
            model.IsAssistant,
            model.Engine.Context,
            Tokens = ids.Select(id => TokenView.Of(model.Tokenizer, id)),
            Prompt = prompt,
            Stops = model.Loaded.StopIds,
            Shape = new
            {
                config.Layers,
                config.Width,
                config.Heads,
                config.KeyValueHeads,
                config.HeadWidth,
                config.FeedForwardWidth,
                config.Experts,
                config.ExpertsUsed,
                config.Vocabulary,
                Parameters = config.ParameterCount,
                config.TiedEmbeddings,
                Norm = config.Norm.ToString(),
                Positions = config.Positions.ToString(),
                FeedForward = config.FeedForward.ToString(),
            },
        });
    }

    private static int[] ConversationIds(ReadRequest request, LanguageModel model)
    {
        var options = new ChatOptions();
        ToolReader.ReadTools(Field.Of(request.Tools, "tools"), isNested: true, options);
        return model.PromptIds(MessageReader.Read(new Field(request.Messages!.Value, "messages")), options);
    }

    private static int[] AnswerIds(ReadRequest request, LanguageModel model)
    {
        if (request.AnswerIds is not { Length: > 0 } ids)
            return request.Answer is { Length: > 0 } answer ? model.Tokenizer.Encode(answer) : [];
        TokenIds.Check(ids, model.Engine.Model.Config.Vocabulary, "answer_ids");
        return ids;
    }

    private static async Task<IResult> LookAsync(IdsRequest request, ModelPool pool, HttpContext context, CancellationToken cancellation)
    {
        using ModelLease lease = await pool.UseAsync(request.Model, cancellation).ConfigureAwait(false);
        LanguageModel model = lease.Hosted.Model;
        int[] ids = Ids(request);
        if (request.Next is int next && (uint)next >= (uint)model.Engine.Model.Config.Vocabulary)
            throw ApiException.Bad("next", $"The token {next} is none of the model's; its ids are 0 to {model.Engine.Model.Config.Vocabulary - 1}.");
        Inspection inspection = await InspectAsync(lease, ids, null, context, cancellation).ConfigureAwait(false);
        return Results.Json(InspectionView.Of(inspection, model.Tokenizer, request.Next));
    }

    private static async Task<IResult> MapAsync(IdsRequest request, ModelPool pool, HttpContext context, CancellationToken cancellation)
    {
        using ModelLease lease = await pool.UseAsync(request.Model, cancellation).ConfigureAwait(false);
        int[] ids = Ids(request);
        long weights = (long)lease.Hosted.Model.Engine.Model.Config.Heads * ids.Length * (ids.Length + 1) / 2;
        if (weights > MostWeights)
            throw ApiException.Bad("ids", $"The attention of {ids.Length} tokens has {weights:N0} weights in this layer; at most {MostWeights:N0} are drawn. Take a shorter text.");
        Inspection inspection = await InspectAsync(lease, ids, request.Layer, context, cancellation).ConfigureAwait(false);
        return Results.Json(new { request.Layer, Tokens = ids.Length, Heads = inspection.Layers[request.Layer].AttentionMap!.Select(InspectionView.Shades) });
    }

    private static IResult ContinueAsync(IdsRequest request, ModelPool pool, HttpContext context, CancellationToken cancellation)
    {
        int[] ids = Ids(request);
        if (request.Count is < 1 or > MostGenerated)
            throw ApiException.Bad("count", $"{request.Count} tokens were asked for; this page generates 1 to {MostGenerated} at a time.");
        var sampling = new SamplingOptions { Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed };
        Explained(() =>
        {
            sampling.Validate();
            return true;
        });
        return TypedResults.ServerSentEvents(GoOnAsync(request, ids, sampling, pool, ApiCall.User(context), cancellation));
    }

    private static async IAsyncEnumerable<SseItem<string>> GoOnAsync(IdsRequest request, int[] ids, SamplingOptions sampling, ModelPool pool, string user, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using ModelLease lease = await pool.UseAsync(request.Model, cancellation).ConfigureAwait(false);
        using Admission.Place place = await lease.Hosted.Admission.EnterAsync(user, 1, cancellation).ConfigureAwait(false);
        LanguageModel model = lease.Hosted.Model;
        string? problem = null;
        IAsyncEnumerator<int>? stream = null;
        try
        {
            // What does not fit the context any more is said in the stream, since its answer has begun.
            int count = Math.Min(request.Count, model.Engine.Context - ids.Length + 1);
            stream = model.Engine.Generate(ids, new GenerationOptions { Sampling = sampling, MaxTokens = Math.Max(1, count), StopIds = model.Loaded.StopIds }, cancellation).ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        }
        catch (Exception refused) when (Refusals.Explain(refused, "ids") is ApiException explained)
        {
            problem = explained.Message;
        }
        if (problem is not null)
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(new { error = problem }));
            yield break;
        }
        await using (stream!.ConfigureAwait(false))
        {
            while (await stream!.MoveNextAsync().ConfigureAwait(false))
                yield return new SseItem<string>(JsonSerializer.Serialize(TokenView.Of(model.Tokenizer, stream.Current), JsonSerializerOptions.Web));
        }
    }

    private static async Task<Inspection> InspectAsync(ModelLease lease, int[] ids, int? layer, HttpContext context, CancellationToken cancellation)
    {
        using Admission.Place place = await lease.Hosted.Admission.EnterAsync(ApiCall.User(context), 1, cancellation).ConfigureAwait(false);
        return await Refusals.ExplainAsync(new ValueTask<Inspection>(Task.Run(() => lease.Hosted.Model.Engine.Inspect(ids, layer, cancellation), cancellation)), "ids").ConfigureAwait(false);
    }

    private static int[] Ids(IdsRequest request) => request.Ids is { Length: > 0 } ids ? ids : throw ApiException.Bad("ids", "There are no tokens: give at least one as \"ids\".");

    private static T Explained<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (Refusals.Explain(problem, "text") is ApiException explained)
        {
            throw explained;
        }
    }
}
