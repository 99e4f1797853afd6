namespace Gestalt.Studio.Serving;

/// <summary>Where a model that can be asked for comes from.</summary>
public enum ModelOrigin
{
    /// <summary>It was named when the server started.</summary>
    Named,

    /// <summary>It was pulled from a hub.</summary>
    Pulled,

    /// <summary>A run made it.</summary>
    Run,
}

/// <summary>A model that can be asked for.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Path">Its file or folder.</param>
/// <param name="Bytes">The length of its files.</param>
/// <param name="Created">When they were written.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record CatalogModel(string Name, string Path, long Bytes, DateTimeOffset Created, ModelOrigin Origin);
