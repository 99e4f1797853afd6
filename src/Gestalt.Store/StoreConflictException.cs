namespace Gestalt.Store;

/// <summary>A document is no longer the version that a change followed on.</summary>
/// <param name="message">Which document, and both versions.</param>
public sealed class StoreConflictException(string message) : Exception(message);
