namespace Gestalt.Text;

/// <summary>Two answers to the same conversation, of which a person or a rule prefers one.</summary>
/// <param name="Prompt">The conversation up to the answer; its last message is not the assistant's.</param>
/// <param name="Chosen">The better answer.</param>
/// <param name="Rejected">The worse answer.</param>
public sealed record PreferencePair(Conversation Prompt, string Chosen, string Rejected);
