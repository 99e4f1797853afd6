using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class MuonAllTests
{
    [Theory]
    [InlineData(1, 14)]
    [InlineData(2, 14)]
    [InlineData(3, 14)]
    [InlineData(2, 3)]
    public void Many_matrices_at_once_get_the_bits_of_one_after_the_other(int threads, int count)
    {
        using WorkerPool pool = new(threads);
        List<Guarded<float>> buffers = [];
        MuonMatrix[] matrices = new MuonMatrix[count];
        float[][] expected = new float[count][];
        for (int i = 0; i < count; i++)
        {
            (int rows, int columns) = (8 + (i * 5 % 23), 40 - (2 * i));
            Guarded<float> parameter = new(Numbers.Normal(new Random(i), rows * columns));
            Guarded<float> gradient = new(Numbers.Normal(new Random(100 + i), rows * columns));
            Guarded<float> momentum = new(rows * columns);
            buffers.AddRange([parameter, gradient, momentum]);
            matrices[i] = new MuonMatrix
            {
                Parameter = parameter.Pointer,
                Gradient = gradient.Pointer,
                Momentum = momentum.Pointer,
                Rows = rows,
                Columns = columns,
            };

            using Guarded<float> alone = new(parameter.ToArray());
            using Guarded<float> aloneMomentum = new(rows * columns);
            using Guarded<float> workspace = new((int)Muon.WorkspaceLength(rows, columns));
            Muon.Step(pool, Precision.Float32, alone.Pointer, gradient.Pointer, aloneMomentum.Pointer, workspace.Pointer, rows, columns,
                0.02f, 0.95f, 0.1f, 0.5f);
            expected[i] = alone.ToArray();
        }

        Muon.StepAll(pool, Precision.Float32, matrices, 0.02f, 0.95f, 0.1f, 0.5f);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(expected[i], buffers[3 * i].ToArray());
        }

        buffers.ForEach(b => b.Dispose());
    }
}
