namespace Gestalt.Store;

/// <summary>A store cannot be opened, read or written: it is in use, damaged, of a newer kind, or out of reach.</summary>
/// <param name="message">Which store, what is wrong, and what to do next. Never a password.</param>
/// <param name="inner">What went wrong beneath, if anything.</param>
public class StoreException(string message, Exception? inner = null) : IOException(message, inner);
