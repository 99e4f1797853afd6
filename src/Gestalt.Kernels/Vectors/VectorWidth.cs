using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>Work that is written once over <see cref="IRegister{TSelf}"/> and compiled for every width of register.</summary>
/// <remarks>
/// Implementations are marked <c>AggressiveOptimization | NoInlining</c>. Without the latter the compiler, once it optimises the loop over parts, pulls
/// the bodies of all four widths into one method, runs out of its inlining budget and leaves every register operation a call: GELU went
/// from 0.23 to 5 ns an element after some seconds of running well. Without the former a kernel starts unoptimised, which for register
/// operations means a call each, until the runtime finds time to compile it again. The same goes for methods that they call per row.
/// </remarks>
internal interface IVectorWork
{
    /// <summary>Does one part with registers of type <typeparamref name="R"/>. See <see cref="IWork.Execute"/>.</summary>
    void Execute<R>(int part)
        where R : struct, IRegister<R>;
}

/// <summary>Chooses the widest registers of this processor for a piece of work and runs it.</summary>
internal static class VectorWidth
{
    [ThreadStatic]
    private static int t_limit;

    /// <summary>
    /// The widest registers, in bits, that work started by the current thread may use; 0 for no limit. Tests set it to check the narrower
    /// versions of every kernel on one machine. It belongs to the thread, so that tests running side by side do not disturb each other.
    /// </summary>
    internal static int Limit
    {
        get => t_limit;
        set => t_limit = value;
    }

    /// <summary>Width in bits that work started now by this thread will use.</summary>
    internal static int Bits
    {
        get
        {
            int limit = t_limit == 0 ? int.MaxValue : t_limit;
            return Vector512.IsHardwareAccelerated && limit >= 512 ? 512
                : Vector256.IsHardwareAccelerated && limit >= 256 ? 256
                : Vector128.IsHardwareAccelerated && limit >= 128 ? 128
                : 32;
        }
    }

    /// <summary>Does all parts of the work on the threads of the pool.</summary>
    internal static void Run<TWork>(WorkerPool pool, int parts, TWork work)
        where TWork : struct, IVectorWork
    {
        if (parts > 0)
        {
            var dispatch = new Dispatch<TWork>(work, Bits);
            pool.Run(parts, ref dispatch);
        }
    }

    private struct Dispatch<TWork>(TWork work, int bits) : IWork
        where TWork : struct, IVectorWork
    {
        private TWork _work = work;

        public void Execute(int part)
        {
            if (Vector512.IsHardwareAccelerated && bits == 512)
            {
                _work.Execute<Register512>(part);
            }
            else if (Vector256.IsHardwareAccelerated && bits == 256)
            {
                _work.Execute<Register256>(part);
            }
            else if (bits == 128)
            {
                _work.Execute<Register128>(part);
            }
            else
            {
                _work.Execute<Register32>(part);
            }
        }
    }
}
