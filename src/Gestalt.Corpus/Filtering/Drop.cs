namespace Gestalt.Corpus;

/// <summary>Why a document was left out.</summary>
/// <param name="Reason">A fixed name, <c>family.rule</c>, under which such documents are counted.</param>
/// <param name="Detail">The number that was wrong and the threshold that it missed.</param>
public readonly record struct Drop(string Reason, string Detail);
