using System.Text;
using Gestalt.Models;
using Gestalt.Models.Hub;
using Gestalt.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Tokens;

/// <summary>Texts as tokens, below <c>/studio/tokens</c>: all tokens of a text, and the steps by which the word around one of them came about.</summary>
internal static class TokenEndpoints
{
    /// <summary>More would not be looked at, and would take long to draw.</summary>
    private const int LongestText = 8 << 20;

    /// <summary>A text to be cut.</summary>
    /// <param name="Model">Whose vocabulary; null for the default model's.</param>
    /// <param name="Text">The text.</param>
    /// <param name="Specials">Whether names of special tokens stand for those tokens.</param>
    /// <param name="Token">The token whose word is traced.</param>
    private sealed record TextRequest(string? Model, string? Text, bool Specials = false, int Token = 0);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/tokens");
        group.MapPost("/", (TextRequest request, TokenizerShelf shelf) => With(request, shelf, Cut));
        group.MapPost("/trace", (TextRequest request, TokenizerShelf shelf) => With(request, shelf, Trace));
    }

    private static IResult With(TextRequest request, TokenizerShelf shelf, Func<TextRequest, string, Tokenizer, byte[], IResult> answer)
    {
        if (request.Text is null)
            return Bad("There is no text: give the text that is to be cut as \"text\".");
        byte[] utf8 = Encoding.UTF8.GetBytes(request.Text);
        if (utf8.Length > LongestText)
            return StudioPages.Problem(StatusCodes.Status413PayloadTooLarge, $"The text has {utf8.Length:N0} bytes; this page takes at most {LongestText:N0}.");
        try
        {
            return shelf.Find(request.Model) is (string name, Tokenizer tokenizer)
                ? answer(request, name, tokenizer, utf8)
                : StudioPages.Problem(StatusCodes.Status404NotFound, $"There is no model '{request.Model}' whose vocabulary could be used. See what there is: GET /v1/models");
        }
        catch (Exception problem) when (problem is ModelFileException or HubException)
        {
            return Bad(problem.Message);
        }
    }

    /// <summary>All tokens as places in a table of those that occur, so that a megabyte stays small.</summary>
    private static IResult Cut(TextRequest request, string name, Tokenizer tokenizer, byte[] utf8)
    {
        var ids = new List<int>((utf8.Length / 3) + 8);
        if (request.Specials)
            tokenizer.EncodeWithSpecials(utf8, [.. tokenizer.Special], ids);
        else
            tokenizer.Encode(utf8, ids);
        var places = new Dictionary<int, int>();
        var table = new List<object>();
        int[] tokens = new int[ids.Count];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!places.TryGetValue(ids[i], out int place))
            {
                places[ids[i]] = place = table.Count;
                table.Add(new { Id = ids[i], Bytes = Hex(tokenizer.TokenBytes(ids[i])), Kind = tokenizer.KindOf(ids[i]).ToString() });
            }
            tokens[i] = place;
        }
        return Results.Json(new
        {
            Model = name,
            Kind = tokenizer.Kind.ToString(),
            Vocabulary = tokenizer.VocabularySize,
            Bytes = utf8.Length,
            Specials = tokenizer.Special.Select(special => special.Text),
            Tokens = tokens,
            Table = table,
        });
    }

    private static IResult Trace(TextRequest request, string name, Tokenizer tokenizer, byte[] utf8)
    {
        if (request.Token < 0)
            return Bad($"The token is {request.Token}; tokens are counted from 0.");
        try
        {
            if (tokenizer.TraceToken(utf8, request.Token, request.Specials) is not WordTrace word)
                return Bad($"The text has no token {request.Token}; tokens are counted from 0.");
            return Results.Json(new
            {
                Model = name,
                Method = word.Method.ToString(),
                word.FirstToken,
                Start = word.Start.Select(Symbol),
                Steps = word.Steps.Select(step => new { step.At, step.Taken, Made = step.Made.Select(Symbol), step.Rank, step.Score }),
            });
        }
        catch (ArgumentException problem)
        {
            return Bad(problem.Message.Split(" (Parameter")[0]);
        }
    }

    private static object Symbol(TraceSymbol symbol) => new { symbol.Id, Bytes = Hex(symbol.Bytes.Span) };

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static IResult Bad(string message) => StudioPages.Problem(StatusCodes.Status400BadRequest, message);
}
