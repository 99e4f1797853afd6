using System.Globalization;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Names parameters as GGUF does, by scope: <c>scope.Block(3).Matrix("attn_q", …)</c> makes <c>blk.3.attn_q.weight</c>. The list that it fills is the
/// model's order of parameters.
/// </summary>
internal readonly struct WeightScope(Device device, List<Parameter> parameters, string prefix = "")
{
    /// <summary>The scope of one block.</summary>
    public WeightScope Block(int layer) =>
        new(device, parameters, string.Create(CultureInfo.InvariantCulture, $"{prefix}blk.{layer}."));

    /// <summary>A weight matrix (outputs,inputs).</summary>
    public Parameter Matrix(string name, int outputs, int inputs, ParameterRole role = ParameterRole.Matrix) =>
        Add(new Parameter(device, $"{prefix}{name}.weight", new Shape(outputs, inputs), role));

    /// <summary>The gain of a norm.</summary>
    public Parameter Gain(string name, int width) => Add(new Parameter(device, $"{prefix}{name}.weight", new Shape(width), ParameterRole.Vector));

    /// <summary>A bias, or null where the configuration has none.</summary>
    public Parameter? Bias(string name, int width, bool wanted) =>
        wanted ? Add(new Parameter(device, $"{prefix}{name}.bias", new Shape(width), ParameterRole.Vector)) : null;

    /// <summary>Numbers that come with the model and are never trained.</summary>
    public Parameter Constant(string name, int width)
    {
        Parameter constant = Gain(name, width);
        constant.Trainable = false;
        return constant;
    }

    private Parameter Add(Parameter parameter)
    {
        parameters.Add(parameter);
        return parameter;
    }
}
