namespace Gestalt.Store;

/// <summary>A folder's store is open already, in another process or in this one: it can be open once at a time.</summary>
/// <param name="folder">The store.</param>
/// <param name="owner">Who has it open, for people.</param>
/// <param name="inner">What went wrong beneath.</param>
public sealed class StoreInUseException(string folder, string owner, Exception? inner = null)
    : StoreException($"The store {folder} is in use by {owner}. Close that one, or name another folder.", inner)
{
    /// <summary>The store.</summary>
    public string Folder { get; } = folder;

    /// <summary>Who has it open: <c>another program (process 123)</c>.</summary>
    public string Owner { get; } = owner;
}
