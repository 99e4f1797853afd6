using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Brings a model and the tensors of its file together: everything is checked before memory is taken for one parameter; then each is attached to the
/// mapped file or decoded from it.
/// </summary>
internal static unsafe class WeightBinding
{
    /// <summary>Gives every parameter its values.</summary>
    /// <param name="source">The open file.</param>
    /// <param name="kind">What the model is called in messages: <c>architecture 'llama'</c>.</param>
    /// <param name="layout">Which tensors hold which parameters.</param>
    /// <param name="mode">Where the values shall live.</param>
    /// <exception cref="ModelFileException">A tensor is missing, has another shape or type, or is not used by such a model.</exception>
    public static void Bind(IWeightSource source, string kind, IEnumerable<StoredTensor> layout, LoadMode mode)
    {
        List<StoredTensor> tensors = Check(source, kind, [.. layout]);
        foreach (StoredTensor tensor in tensors)
        {
            _ = source.TryFind(tensor.Name, out SourceTensor? stored);
            if (tensor.IsTransposed)
                Transpose(stored!, tensor);
            else
                Place(stored!, tensor, mode);
        }
    }

    private static List<StoredTensor> Check(IWeightSource source, string kind, List<StoredTensor> layout)
    {
        var wanted = new List<StoredTensor>();
        var expected = new HashSet<string>();
        foreach (StoredTensor tensor in layout.SelectMany(tensor => Parts(source, tensor)))
        {
            expected.Add(tensor.Name);
            if (!source.TryFind(tensor.Name, out SourceTensor? stored))
            {
                if (tensor.IsCopy)
                    continue;
                throw new ModelFileException(source.Path, $"has no tensor '{tensor.Name}', which a model of {kind} needs", advice: "Export or fetch it again.");
            }
            if (!stored.Dimensions.SequenceEqual(tensor.Dimensions))
                throw new ModelFileException(stored.Path, $"has a tensor '{tensor.Name}' of {stored.ShapeText}, where its configuration says {string.Join('×', tensor.Dimensions.Reverse())}", stored.Offset);
            _ = stored.Format;
            if (!tensor.IsCopy)
                wanted.Add(tensor);
        }
        if (source.TensorNames.FirstOrDefault(name => !expected.Contains(name)) is string other)
        {
            _ = source.TryFind(other, out SourceTensor? unused);
            throw new ModelFileException(unused!.Path, $"has a tensor '{other}', which a model of {kind} does not use: it would not compute what its maker meant", unused.Offset);
        }
        return wanted;
    }

    /// <summary>Some files keep apart what most keep as one: experts of the first Mixtral files, queries, keys and values of some Phi ones.</summary>
    private static IEnumerable<StoredTensor> Parts(IWeightSource source, StoredTensor tensor) =>
        tensor.Parameters.Length > 1 && !source.TryFind(tensor.Name, out _) && tensor.Parameters.All(parameter => source.TryFind(parameter.Name, out _))
            ? tensor.Parameters.Select(parameter => tensor with { Name = parameter.Name, Parameters = [parameter], IsStacked = false })
            : [tensor];

    private static void Place(SourceTensor stored, StoredTensor tensor, LoadMode mode)
    {
        byte* from = stored.Data;
        foreach (Parameter parameter in tensor.Parameters)
        {
            if (mode == LoadMode.Trainable || tensor.Offset != 0 || (tensor.IsVector && stored.Type != TensorType.F32))
                Decode(stored.Type, from, parameter, tensor.Offset);
            else if (tensor.IsVector)
                parameter.Attach((float*)from);
            else
                parameter.Attach(new StoredMatrix(from, stored.Format, parameter.Shape.Rows, parameter.Shape.Width));
            parameter.Trainable &= mode == LoadMode.Trainable;
            from += stored.Type.ByteLength(parameter.Length);
        }
    }

    private static void Decode(TensorType type, byte* from, Parameter parameter, float offset)
    {
        parameter.Allocate();
        TensorConversion.ToFloat32(type, from, parameter.Data, parameter.Length);
        if (offset != 0)
        {
            foreach (ref float value in parameter.Values)
                value += offset;
        }
    }

    /// <summary>Columns of the file become rows, in float32: there is no other way to read such a matrix row by row.</summary>
    private static void Transpose(SourceTensor stored, StoredTensor tensor)
    {
        (int columns, int all) = (tensor.Columns, (int)tensor.Dimensions[0]);
        using AlignedMemory line = AlignedMemory.OfFloats(all);
        foreach (Parameter parameter in tensor.Parameters)
            parameter.Allocate();
        for (int column = 0; column < columns; column++)
        {
            TensorConversion.ToFloat32(stored.Type, stored.Data + stored.Type.ByteLength((long)column * all), line.Floats, all);
            float* next = line.Floats;
            foreach (Parameter parameter in tensor.Parameters)
            {
                for (int row = 0; row < parameter.Shape.Rows; row++)
                    parameter.Data[((long)row * columns) + column] = *next++;
            }
        }
    }
}
