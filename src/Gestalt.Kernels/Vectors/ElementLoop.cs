using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>The lanes of one step of a loop: a full register, or the few values at the end of an array.</summary>
internal unsafe interface IWindow
{
    /// <summary>Reads the lanes of the window; those outside are zero.</summary>
    R Load<R>(float* source)
        where R : struct, IRegister<R>;

    /// <summary>Writes the lanes of the window and nothing else.</summary>
    void Store<R>(float* target, R value)
        where R : struct, IRegister<R>;
}

/// <summary>A formula applied to every element of one or several arrays.</summary>
internal interface IElementwise
{
    /// <summary>Computes the elements from <paramref name="index"/> on that the window covers.</summary>
    void Step<R, TWindow>(long index, TWindow window)
        where R : struct, IRegister<R>
        where TWindow : struct, IWindow;
}

/// <summary>The loop over elements that all element-wise kernels share: cut in blocks for the threads, stepped in registers, ended in a partial one.</summary>
internal static unsafe class ElementLoop
{
    /// <summary>
    /// Elements of one part: 32 KiB per array, so that claiming it (some 100 ns) does not show and a dozen parts already balance two threads.
    /// </summary>
    internal const int Block = 8 * 1024;

    /// <summary>Applies the formula to elements 0 to <paramref name="count"/> - 1.</summary>
    internal static void Run<TBody>(WorkerPool pool, long count, TBody body)
        where TBody : struct, IElementwise
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        VectorWidth.Run(pool, checked((int)((count + Block - 1) / Block)), new Loop<TBody>(body, count));
    }

    private readonly struct Loop<TBody>(TBody body, long count) : IVectorWork
        where TBody : struct, IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            TBody formula = body;
            long i = (long)part * Block;
            long end = Math.Min(count, i + Block);
            for (; i <= end - R.Count; i += R.Count)
            {
                formula.Step<R, Whole>(i, default);
            }

            if (i < end)
            {
                formula.Step<R, Rest>(i, new Rest((int)(end - i)));
            }
        }
    }

    private readonly struct Whole : IWindow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public R Load<R>(float* source)
            where R : struct, IRegister<R> => R.Load(source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<R>(float* target, R value)
            where R : struct, IRegister<R> => value.Store(target);
    }

    private readonly struct Rest(int count) : IWindow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public R Load<R>(float* source)
            where R : struct, IRegister<R> => R.LoadPartial(source, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<R>(float* target, R value)
            where R : struct, IRegister<R> => value.StorePartial(target, count);
    }
}
