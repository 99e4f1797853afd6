using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Gestalt.Evaluation.Arena;
using Gestalt.Store;
using Gestalt.Studio.Api;
using Gestalt.Studio.Serving;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Pages.Arena;

/// <summary>A piece of an answer, or its end.</summary>
/// <param name="Side"><c>left</c> or <c>right</c>.</param>
/// <param name="Text">What is said; null at the end.</param>
/// <param name="Failed">At the end: whether this side could not answer.</param>
internal sealed record BattlePiece(string Side, string? Text, bool? Failed = null);

/// <summary>Where battles are fought: it alone knows who is who until the vote. Battles live in memory, votes in the store.</summary>
internal sealed class ArenaHall(ModelPool pool, ChatPipeline pipeline, IStore store) : IDisposable
{
    private const int MostBattles = 200;
    private const int MostTokens = 512;
    private const int LongestPrompt = 64 << 10;
    private static readonly TimeSpan OldAge = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<string, Battle> _battles = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly Lock _gate = new();
    private (long Votes, object Board)? _board;

    /// <summary>Everybody who can be asked: models of this server, and endpoints.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation) =>
        [.. pool.Catalog.All().Select(model => model.Name), .. (await ArenaEndpoint.AllAsync(store, cancellation).ConfigureAwait(false)).Select(endpoint => endpoint.Name)];

    /// <summary>Makes a battle; chance chooses who stands where, and whoever is not named.</summary>
    /// <param name="prompt">What is asked.</param>
    /// <param name="first">One of the two; null or empty for anyone.</param>
    /// <param name="second">The other.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">It cannot be fought.</exception>
    public async Task<Battle> BeginAsync(string? prompt, string? first, string? second, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(prompt))
            throw ApiException.Bad("prompt", "There is nothing to answer: give a prompt.");
        if (prompt.Length > LongestPrompt)
            throw ApiException.Bad("prompt", $"The prompt has {prompt.Length:N0} characters; the arena takes at most {LongestPrompt:N0}.");
        IReadOnlyList<string> names = await NamesAsync(cancellation).ConfigureAwait(false);
        foreach (string? named in (ReadOnlySpan<string?>)[first, second])
        {
            if (!string.IsNullOrEmpty(named) && !names.Contains(named))
                throw ApiException.NoModel($"There is no '{named}' in the arena.");
        }
        if (!string.IsNullOrEmpty(first) && first == second)
            throw ApiException.Bad("second", $"'{first}' cannot fight itself: that would say nothing. Choose two.");
        string[] free = [.. names.Where(name => name != first && name != second)];
        Random.Shared.Shuffle(free);
        string[] two = [.. new[] { first, second }.Where(name => !string.IsNullOrEmpty(name)).OfType<string>(), .. free];
        if (two.Length < 2)
            throw ApiException.Bad("first", $"A battle takes two, and there {(names.Count == 1 ? "is only one model" : "is no model")} here. Pull another, begin a life, or add an endpoint.");
        bool turned = System.Security.Cryptography.RandomNumberGenerator.GetInt32(2) == 1;
        var battle = new Battle(prompt, new Fighter(two[turned ? 1 : 0]), new Fighter(two[turned ? 0 : 1]));
        Tidy();
        _battles[battle.Id] = battle;
        return battle;
    }

    /// <summary>The battle of that name; null if there is none, or it is long over.</summary>
    public Battle? Find(string id) => _battles.GetValueOrDefault(id);

    /// <summary>Both answers as they come. Whoever leaves ends them; what was said stays.</summary>
    public async IAsyncEnumerable<BattlePiece> FightAsync(Battle battle, string user, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArenaEndpoint[] endpoints = await ArenaEndpoint.AllAsync(store, cancellation).ConfigureAwait(false);
        var pieces = Channel.CreateUnbounded<BattlePiece>();
        Task both = Task.WhenAll(Answer(battle.Left, "left"), Answer(battle.Right, "right")).ContinueWith(_ =>
        {
            battle.End();
            pieces.Writer.Complete();
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (BattlePiece piece in pieces.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            yield return piece;
        await both.ConfigureAwait(false);

        async Task Answer(Fighter fighter, string side)
        {
            try
            {
                await foreach (string text in Texts(fighter, endpoints.FirstOrDefault(endpoint => endpoint.Name == fighter.Name), battle.Prompt, user, cancellation).ConfigureAwait(false))
                {
                    fighter.Say(text);
                    pieces.Writer.TryWrite(new BattlePiece(side, text));
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // What was said until then can be voted on.
            }
            catch (Exception problem) when (problem is ApiException or HttpRequestException or IOException or OperationCanceledException)
            {
                fighter.Problem = problem is OperationCanceledException ? $"{fighter.Name} took too long." : problem.Message;
            }
            pieces.Writer.TryWrite(new BattlePiece(side, null, fighter.Problem is not null));
        }
    }

    /// <summary>Keeps a vote.</summary>
    /// <exception cref="ApiException">There is nothing to vote on.</exception>
    public async Task VoteAsync(Battle battle, VoteOutcome outcome, string? voter, CancellationToken cancellation)
    {
        if (battle.IsVoid)
            throw new ApiException(409, "One side could not answer, so this round does not count. Begin another.");
        if (!battle.TryVote())
            throw new ApiException(409, battle.HasVote ? "The vote on this round was given already." : "The answers are still coming; vote when both are there.");
        await new Votes(store).AddAsync(new Vote
        {
            Left = battle.Left.Name,
            Right = battle.Right.Name,
            Outcome = outcome,
            Prompt = battle.Prompt,
            LeftAnswer = battle.Left.Answer,
            RightAnswer = battle.Right.Answer,
            LeftTokens = battle.Left.Tokens,
            RightTokens = battle.Right.Tokens,
            Voter = voter,
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>The leaderboard of all votes.</summary>
    public async Task<object> BoardAsync(CancellationToken cancellation)
    {
        long count = await store.CountAsync(Votes.Kind, cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            if (_board is (long votes, object known) && votes == count)
                return known;
        }
        var comparisons = new List<Comparison>();
        await foreach (StoredVote stored in new Votes(store).ListAsync(cancellation: cancellation).ConfigureAwait(false))
        {
            Vote vote = stored.Vote;
            comparisons.Add(new Comparison(vote.Left, vote.Right, vote.Outcome switch
            {
                VoteOutcome.Left => ComparisonOutcome.Left,
                VoteOutcome.Right => ComparisonOutcome.Right,
                VoteOutcome.Tie => ComparisonOutcome.Tie,
                _ => ComparisonOutcome.BothBad,
            }));
        }
        Leaderboard board = await Task.Run(() => Leaderboard.Of(comparisons, cancellation: cancellation), cancellation).ConfigureAwait(false);
        var view = new
        {
            Votes = comparisons.Count,
            Remarks = board.Remarks(),
            Standings = board.Standings.Select(one => new { one.Model, one.Rank, one.Rating, Low = Finite(one.Low), High = Finite(one.High), Bound = one.Bound.ToString(), one.Group, one.Comparisons, one.Points }),
        };
        lock (_gate)
            _board = (count, view);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async IAsyncEnumerable<string> Texts(Fighter fighter, ArenaEndpoint? endpoint, string prompt, string user, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (endpoint is not null)
        {
            await foreach (string text in endpoint.AnswerAsync(_http, prompt, MostTokens, cancellation).ConfigureAwait(false))
                yield return text;
            yield break;
        }
        using ChatRun run = await pipeline.StartAsync(new ChatJob("arena", fighter.Name, [new ChatMessage(ChatRole.User, prompt)], new ChatOptions()), user, cancellation).ConfigureAwait(false);
        int pieces = 0;
        await foreach (ChatPiece piece in run.ReadAsync(cancellation).ConfigureAwait(false))
        {
            if (piece.Update.Text.Length == 0)
                continue;
            yield return piece.Update.Text;
            if (++pieces == MostTokens)
                yield break; // a model that does not come to an end has said enough, whatever its context holds
        }
        fighter.Tokens = (int?)run.Usage.OutputTokenCount;
    }

    private void Tidy()
    {
        foreach (Battle old in _battles.Values.OrderByDescending(battle => battle.Begun).Where((battle, place) => place >= MostBattles || DateTime.UtcNow - battle.Begun > OldAge))
            _battles.TryRemove(old.Id, out _);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
