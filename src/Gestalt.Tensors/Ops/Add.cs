namespace Gestalt.Tensors;

/// <content>Sum: y = a + b. Gradients: da = dy, db = dy.</content>
public sealed unsafe partial class Tape
{
    /// <summary>Adds two tensors of one shape.</summary>
    /// <param name="a">One term.</param>
    /// <param name="b">The other.</param>
    public Tensor Add(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape != b.Shape)
        {
            throw new ArgumentException($"Shapes {a.Shape} and {b.Shape} differ.", nameof(b));
        }

        bool record = Recording && (a.RequiresGradient || b.RequiresGradient);
        Tensor y = New(a.Shape, record);
        Device.Add(a.Data, b.Data, y.Data, a.Shape.Length);
        if (record)
        {
            AddOperation operation = Record<AddOperation>(y);
            (operation.First, operation.Second) = (a, b);
        }

        return y;
    }

    private sealed class AddOperation : Operation
    {
        public Tensor First = null!;
        public Tensor Second = null!;

        public override void Backward(Tape tape)
        {
            if (First.RequiresGradient)
            {
                tape.Device.AddInPlace(tape.GradientOf(First), Output.Gradient, Output.Shape.Length);
            }

            if (Second.RequiresGradient)
            {
                tape.PassGradient(Output, Second);
            }
        }

        protected override void Forget() => (First, Second) = (null!, null!);
    }
}
