using System.CommandLine;
using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Cli.Verbs;

/// <summary>How a model computes.</summary>
internal static class ComputeOptions
{
    /// <summary>The precision of matrix products.</summary>
    public static Option<string?> Precision()
    {
        var option = new Option<string?>("--precision") { Description = "Operands of matrix products: float32 or bfloat16 [default: the faster one here]", HelpName = "TYPE" };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "float32", "bfloat16");
        return option;
    }

    /// <summary>The precision that was asked for, or null.</summary>
    public static Precision? Parse(string? wish) => wish is null ? null : Enum.Parse<Precision>(wish, ignoreCase: true);

    /// <summary>The processor, in the precision that was asked for; for using a model float32 is exact and no slower, since memory is what it waits for.</summary>
    public static Device ForUse(string? wish) => new(WorkerPool.Shared, Parse(wish) ?? Kernels.Precision.Float32);
}
