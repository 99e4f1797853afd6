namespace Gestalt.Text.Templates;

/// <summary>
/// What a rendering keeps apart from the author's text: everything that came with the conversation, as a prompt needs it (the default); the texts of one message alone; or what the
/// author put between <c>{% generation %}</c> and <c>{% endgeneration %}</c>. The characters that come out are the same.
/// </summary>
internal readonly record struct Traced
{
    private readonly int _message; // its number from 1; 0 for all

    private Traced(int message, bool answers) => (_message, IsAnswers) = (message, answers);

    /// <summary>What stands between <c>{% generation %}</c> and <c>{% endgeneration %}</c>.</summary>
    public static Traced Answers { get; } = new(0, answers: true);

    public bool IsAnswers { get; }

    /// <summary>Whether tools and variables are content.</summary>
    public bool CoversTheRest => _message == 0 && !IsAnswers;

    /// <summary>One message.</summary>
    /// <param name="number">Which, from 0.</param>
    public static Traced Message(int number) => new(number + 1, answers: false);

    /// <summary>Whether a message's texts are content.</summary>
    public bool Covers(int message) => !IsAnswers && (_message == 0 || _message == message + 1);
}
