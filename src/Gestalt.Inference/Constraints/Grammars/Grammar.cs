namespace Gestalt.Inference.Constraints;

/// <summary>Rules by number; rule 0 is where a text begins.</summary>
internal sealed class Grammar
{
    private readonly List<Expression> _bodies = [];
    private readonly List<string> _names = [];

    public int Count => _bodies.Count;

    /// <summary>Adds a rule whose body is still to come.</summary>
    /// <param name="name">What messages call it.</param>
    public int Declare(string name)
    {
        _names.Add(name);
        _bodies.Add(Expression.Impossible);
        return _bodies.Count - 1;
    }

    /// <summary>Adds a rule.</summary>
    public Call Define(string name, Expression body)
    {
        int rule = Declare(name);
        _bodies[rule] = body;
        return new Call(rule);
    }

    /// <summary>A rule's body.</summary>
    public Expression this[int rule]
    {
        get => _bodies[rule];
        set => _bodies[rule] = value;
    }

    public string NameOf(int rule) => _names[rule];
}
