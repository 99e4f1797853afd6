namespace Gestalt.Text.Templates;

/// <summary>What stands between the parentheses of a call.</summary>
internal readonly record struct CallArguments(IReadOnlyList<Value> Positional, IReadOnlyList<KeyValuePair<string, Value>> Named)
{
    public static CallArguments None { get; } = new([], []);

    public static CallArguments Of(params Value[] positional) => new(positional, []);
}

/// <summary>Something that can be called.</summary>
internal abstract class CallableValue(string name) : Value
{
    public string Name => name;

    public override string TypeName => "function";

    public abstract Value Call(Rendering rendering, CallArguments arguments);
}

/// <summary>The code of a function; parameters that were not given are null.</summary>
internal delegate Value FunctionBody(Rendering rendering, Value?[] arguments);

/// <summary>A function, filter, test or method of the language.</summary>
internal sealed class Function : CallableValue
{
    private readonly string[] _parameters;
    private readonly int _required;
    private readonly bool _takesRest, _takesNamed;
    private readonly FunctionBody _body;

    /// <param name="name">Its name.</param>
    /// <param name="parameters">The parameters' names. <c>?</c> follows one that may be missing; <c>*name</c> takes what is left, <c>**name</c> the named rest.</param>
    /// <param name="body">Its code.</param>
    public Function(string name, string parameters, FunctionBody body)
        : base(name)
    {
        string[] words = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _takesNamed = words.Length > 0 && words[^1].StartsWith("**", StringComparison.Ordinal);
        _takesRest = words.Any(word => word[0] == '*' && !word.StartsWith("**", StringComparison.Ordinal));
        _required = words.Count(word => word[0] != '*' && word[^1] != '?');
        _parameters = [.. words.Where(word => word[0] != '*').Select(word => word.TrimEnd('?'))];
        _body = body;
    }

    public override Value Call(Rendering rendering, CallArguments arguments)
    {
        var bound = new Value?[_parameters.Length + (_takesRest ? 1 : 0) + (_takesNamed ? 1 : 0)];
        int given = Math.Min(arguments.Positional.Count, _parameters.Length);
        for (int i = 0; i < given; i++)
        {
            bound[i] = arguments.Positional[i];
        }

        if (_takesRest)
        {
            bound[_parameters.Length] = new ListValue([.. arguments.Positional.Skip(_parameters.Length)], ListKind.Tuple);
        }
        else if (arguments.Positional.Count > _parameters.Length)
        {
            throw new TemplateException($"{Name}() was given {arguments.Positional.Count} arguments and takes {_parameters.Length}");
        }

        BindNamed(arguments.Named, bound);
        for (int i = 0; i < _required; i++)
        {
            if (bound[i] is null)
            {
                throw new TemplateException($"{Name}() lacks its argument '{_parameters[i]}'");
            }
        }

        return _body(rendering, bound);
    }

    private void BindNamed(IReadOnlyList<KeyValuePair<string, Value>> named, Value?[] bound)
    {
        var rest = _takesNamed ? new MappingValue() : null;
        foreach ((string name, Value value) in named)
        {
            int index = Array.IndexOf(_parameters, name);
            if (index >= 0 && bound[index] is not null)
            {
                throw new TemplateException($"{Name}() was given its argument '{name}' twice");
            }

            if (index >= 0)
            {
                bound[index] = value;
            }
            else if (rest is not null)
            {
                rest.Set(name, value);
            }
            else
            {
                throw new TemplateException($"{Name}() has no argument '{name}'{(_parameters.Length > 0 ? $"; it has {string.Join(", ", _parameters)}" : "")}");
            }
        }

        if (rest is not null)
        {
            bound[^1] = rest;
        }
    }
}

/// <summary>A method together with the value that it belongs to.</summary>
internal sealed class BoundMethod(Value self, Function method) : CallableValue(method.Name)
{
    public override string TypeName => "method";

    public override Value Call(Rendering rendering, CallArguments arguments) =>
        method.Call(rendering, arguments with { Positional = [self, .. arguments.Positional] });
}
