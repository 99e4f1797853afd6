using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>A kind of problems that can be made without end.</summary>
public interface IProblemKind
{
    /// <summary>Its name, as it is typed.</summary>
    string Name { get; }

    /// <summary>What is asked, in one line with an example.</summary>
    string About { get; }

    /// <summary>Makes a problem.</summary>
    /// <param name="dice">Chance: equal throws make equal problems.</param>
    Problem Draw(ref Dice dice);

    /// <summary>Whether a question is one that this kind asks, by its wording.</summary>
    /// <param name="question">The question.</param>
    bool Asks(string question);
}
