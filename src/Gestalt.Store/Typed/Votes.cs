using System.Runtime.CompilerServices;

namespace Gestalt.Store;

/// <summary>Which of two answers is better.</summary>
public enum VoteOutcome
{
    /// <summary>The left one.</summary>
    Left,

    /// <summary>The right one.</summary>
    Right,

    /// <summary>Both are equally good.</summary>
    Tie,

    /// <summary>Both are equally bad.</summary>
    BothBad,
}

/// <summary>A person's word on two answers to one prompt, given without knowing whose they are.</summary>
public sealed record Vote
{
    /// <summary>The model whose answer stood left.</summary>
    public required string Left { get; init; }

    /// <summary>The model whose answer stood right.</summary>
    public required string Right { get; init; }

    /// <summary>Which was better.</summary>
    public required VoteOutcome Outcome { get; init; }

    /// <summary>What was asked.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What stood left.</summary>
    public string LeftAnswer { get; init; } = "";

    /// <summary>What stood right.</summary>
    public string RightAnswer { get; init; } = "";

    /// <summary>How many tokens the left answer has; null if nobody counted.</summary>
    public int? LeftTokens { get; init; }

    /// <summary>How many tokens the right answer has; null if nobody counted.</summary>
    public int? RightTokens { get; init; }

    /// <summary>Who voted; null if nobody asked.</summary>
    public string? Voter { get; init; }
}

/// <summary>A vote with the name under which it is kept.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Given">When it was given.</param>
/// <param name="Vote">What it says.</param>
public sealed record StoredVote(string Id, DateTimeOffset Given, Vote Vote);

/// <summary>The votes of a store.</summary>
/// <param name="store">The store.</param>
public sealed class Votes(IStore store)
{
    /// <summary>The kind of their documents.</summary>
    public const string Kind = "vote";

    /// <summary>Keeps a vote.</summary>
    /// <param name="vote">What it says.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">A model has no name, or is compared with itself.</exception>
    public async Task<StoredVote> AddAsync(Vote vote, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(vote);
        ArgumentException.ThrowIfNullOrWhiteSpace(vote.Left, nameof(vote));
        ArgumentException.ThrowIfNullOrWhiteSpace(vote.Right, nameof(vote));
        if (vote.Left == vote.Right)
            throw new ArgumentException($"'{vote.Left}' was compared with itself: that says nothing. Choose two models.", nameof(vote));
        StoredDocument document = await store.PutAsync(Kind, Guid.CreateVersion7().ToString("N"), StoreJson.Write(vote), expectedVersion: 0, cancellation).ConfigureAwait(false);
        return new StoredVote(document.Id, document.Created, vote);
    }

    /// <summary>Takes a vote back; false if there was none.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<bool> RemoveAsync(string id, CancellationToken cancellation = default) => store.DeleteAsync(Kind, id, cancellation);

    /// <summary>The votes, the last given first.</summary>
    /// <param name="search">Words that each must contain; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public async IAsyncEnumerable<StoredVote> ListAsync(string? search = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (StoredDocument document in store.ListAsync(Kind, search, cancellation).ConfigureAwait(false))
            yield return new StoredVote(document.Id, document.Created, StoreJson.Read<Vote>(document));
    }
}
