namespace Gestalt.Text.Templates;

/// <summary>A value of the template language: what Python's objects are to Jinja. All are immutable except <see cref="NamespaceValue"/>.</summary>
internal abstract class Value
{
    /// <summary>What Python calls such a value; error messages use it.</summary>
    public abstract string TypeName { get; }

    /// <summary>Whether it counts as true in a condition.</summary>
    public virtual bool IsTrue => true;
}

/// <summary>Nothing, on purpose.</summary>
internal sealed class NoneValue : Value
{
    public static NoneValue Instance { get; } = new();

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;
}

/// <summary>What an unknown name stands for: empty when printed or looped over, an error when anything else is done with it.</summary>
/// <param name="reason">What is missing, for that error.</param>
internal sealed class UndefinedValue(string reason) : Value
{
    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    /// <summary>The error of using it.</summary>
    public TemplateException Error => new(reason);
}

/// <summary>True or false; in arithmetic 1 or 0.</summary>
internal sealed class BooleanValue : Value
{
    private BooleanValue(bool value) => Value = value;

    public static BooleanValue True { get; } = new(true);

    public static BooleanValue False { get; } = new(false);

    public bool Value { get; }

    public override string TypeName => "bool";

    public override bool IsTrue => Value;

    public static BooleanValue Of(bool value) => value ? True : False;
}

/// <summary>A whole number. 128 bits hold every number of a JSON schema; larger ones are refused.</summary>
internal sealed class IntegerValue(Int128 value) : Value
{
    public Int128 Value => value;

    public override string TypeName => "int";

    public override bool IsTrue => value != 0;
}

/// <summary>A number with a fraction.</summary>
internal sealed class FloatValue(double value) : Value
{
    public double Value => value;

    public override string TypeName => "float";

    public override bool IsTrue => value != 0;
}

/// <summary>What <c>namespace()</c> makes: the one thing that a loop can change for the lines after it.</summary>
internal sealed class NamespaceValue(Dictionary<string, Value> members) : Value
{
    public Dictionary<string, Value> Members => members;

    public override string TypeName => "Namespace";
}
