namespace Gestalt.Cli.Terminal;

/// <summary>What is said to the person at the keyboard: always on stderr, never mixed with results.</summary>
internal static class Messages
{
    /// <summary>Whether a person is watching stderr.</summary>
    public static bool Watched => !Console.IsErrorRedirected;

    /// <summary>Says something.</summary>
    public static void Say(string message) => Console.Error.WriteLine(message);

    /// <summary>Says something that the user should act on.</summary>
    public static void Warn(string message) => Console.Error.WriteLine("gestalt: " + message);
}
