using System.Buffers.Binary;
using System.Text.Json;
using Gestalt.Inference.Embedding;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary><c>POST /v1/embeddings</c>.</summary>
/// <param name="pool">The models.</param>
/// <param name="metrics">Counts.</param>
/// <param name="options">Limits.</param>
internal sealed class EmbeddingEndpoint(ModelPool pool, ServerMetrics metrics, StudioOptions options)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        EmbeddingBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.EmbeddingBody).ConfigureAwait(false);
        PromptText[] texts = PromptReader.Read(Field.Of(body.Input, "input") ?? throw ApiException.Bad("input", "'input' is null; it must be a text or a list.", "invalid_type"), options.Limits.Inputs);
        bool asBase64 = body.EncodingFormat switch
        {
            null or "float" => false,
            "base64" => true,
            string other => throw ApiException.Bad("encoding_format", $"'encoding_format' is '{other}'; it must be float or base64.", "invalid_value"),
        };
        Pooling pooling = body.Pooling switch
        {
            null or "mean" => Pooling.Mean,
            "last" => Pooling.Last,
            "cls" => Pooling.Cls,
            string other => throw ApiException.Bad("pooling", $"'pooling' is '{other}'; it must be mean, last or cls.", "invalid_value"),
        };
        CancellationToken gone = context.RequestAborted;
        using Generation generation = await Generation.StartAsync(pool, metrics, "embeddings", body.Model, ApiCall.User(context), 1, gone).ConfigureAwait(false);
        HostedModel hosted = generation.Model;
        int width = hosted.Model.Engine.Model.Config.Width;
        if (body.Dimensions is int wanted && (wanted < 1 || wanted > width))
            throw ApiException.Bad("dimensions", $"'dimensions' is {wanted}; this model's vectors have {width}, of which 1 to {width} can be had.", "invalid_value");
        int[][] ids = [.. texts.Select((text, index) => Ids(hosted, text, texts.Length == 1 ? "input" : $"input[{index}]"))];
        float[][] vectors = await Refusals.ExplainAsync(new ValueTask<float[][]>(Task.Run(() => hosted.Model.Engine.Embed(ids, pooling, normalize: true, gone), gone)), "input").ConfigureAwait(false);
        long tokens = ids.Sum(text => (long)text.Length);
        generation.NoteEnd(tokens, cached: 0, generated: 0);
        var answer = new EmbeddingAnswer(
            "list", [.. vectors.Select((vector, index) => new EmbeddingItem("embedding", index, Written(Shortened(vector, body.Dimensions), asBase64)))], hosted.Entry.Name, new Usage(tokens, null, tokens));
        await ApiCall.AnswerAsync(context, answer, AnswerJson.Readable.EmbeddingAnswer).ConfigureAwait(false);
    }

    private static int[] Ids(HostedModel hosted, PromptText text, string path)
    {
        if (text.Ids is int[] ids)
        {
            TokenIds.Check(ids, hosted.Model.Engine.Model.Config.Vocabulary, path);
            return ids;
        }
        ids = hosted.Model.Generator.PromptIds(text.Text!);
        return ids.Length > 0 ? ids : throw ApiException.Bad(path, $"'{path}' is empty; an empty text has no vector.", "invalid_value");
    }

    /// <summary>The first numbers of a vector, at length 1 again.</summary>
    private static ReadOnlyMemory<float> Shortened(float[] vector, int? dimensions)
    {
        if (dimensions is not int count || count == vector.Length)
            return vector;
        float[] shortened = vector[..count];
        double length = Math.Sqrt(shortened.Sum(value => (double)value * value));
        return length == 0 ? shortened : Array.ConvertAll(shortened, value => (float)(value / length));
    }

    private static JsonElement Written(ReadOnlyMemory<float> vector, bool asBase64)
    {
        if (!asBase64)
            return JsonSerializer.SerializeToElement(vector.ToArray(), AnswerJson.Readable.SingleArray);
        ReadOnlySpan<float> values = vector.Span;
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return JsonSerializer.SerializeToElement(Convert.ToBase64String(bytes), AnswerJson.Readable.String);
    }
}
