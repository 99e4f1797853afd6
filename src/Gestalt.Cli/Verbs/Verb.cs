using System.CommandLine;

namespace Gestalt.Cli.Verbs;

/// <summary>A command line worth imitating, and what it does.</summary>
internal sealed record Example(string Command, string Meaning);

/// <summary>A command whose help explains itself: what it is for, how it is used, examples.</summary>
internal sealed class Verb : Command
{
    /// <summary>Names a verb.</summary>
    /// <param name="name">The word after <c>gestalt</c>.</param>
    /// <param name="description">One line: from what to what.</param>
    /// <param name="explanation">A few sentences for <c>--help</c>.</param>
    /// <param name="examples">Command lines to imitate, the simplest first.</param>
    public Verb(string name, string description, string explanation, params IReadOnlyList<Example> examples)
        : base(name, description)
    {
        Explanation = explanation;
        Examples = examples;
    }

    /// <summary>A few sentences for <c>--help</c>.</summary>
    public string Explanation { get; }

    /// <summary>Command lines to imitate.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Adds arguments and options, in the order in which help shows them.</summary>
    public Verb With(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument: Add(argument); break;
                case Option option: Add(option); break;
                case Command command: Add(command); break;
            }
        }
        return this;
    }

    /// <summary>Says what the verb does; the exit code is <see cref="Errors.ExitCode.Done"/> unless it throws.</summary>
    public Verb Does(Action<ParseResult> action)
    {
        SetAction(parse =>
        {
            action(parse);
            return Errors.ExitCode.Done;
        });
        return this;
    }
}
