namespace Gestalt.Models;

/// <summary>What a model is loaded for.</summary>
public enum LoadMode
{
    /// <summary>To be trained or changed: every parameter is decoded to float32, in memory of its own.</summary>
    Trainable,

    /// <summary>
    /// To be run: the file stays open and mapped, and parameters stay in it as they are stored. Loading takes no time and no memory; the system brings pages
    /// in as they are read. The file must not be changed meanwhile; replacing it by another (as everything here does) is safe.
    /// </summary>
    Mapped,
}
