namespace Gestalt.Store;

/// <summary>A JSON document of a store.</summary>
/// <param name="Kind">What it is: "conversation", "setting", "vote" ...</param>
/// <param name="Id">Its name among those of its kind.</param>
/// <param name="Json">What it says.</param>
/// <param name="Version">1 when it was first put, and one more each time it was put again.</param>
/// <param name="Created">When it was first put.</param>
/// <param name="Updated">When it was last put.</param>
public sealed record StoredDocument(string Kind, string Id, string Json, long Version, DateTimeOffset Created, DateTimeOffset Updated);
