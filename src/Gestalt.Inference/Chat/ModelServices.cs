namespace Gestalt.Inference;

/// <summary>What the adapters tell of themselves to those who ask for more than the interface.</summary>
internal static class ModelServices
{
    /// <summary>The first of <paramref name="offered"/> that is of the type; null if none is, or a key is given.</summary>
    public static object? Find(Type type, object? key, params ReadOnlySpan<object> offered)
    {
        ArgumentNullException.ThrowIfNull(type);
        foreach (object service in offered)
        {
            if (key is null && type.IsInstanceOfType(service))
                return service;
        }
        return null;
    }
}
