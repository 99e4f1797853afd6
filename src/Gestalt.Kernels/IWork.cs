namespace Gestalt.Kernels;

/// <summary>
/// A piece of work cut into numbered parts that may run in any order and at the same time on the threads of a <see cref="WorkerPool"/>.
/// Implement it as a struct holding pointers and sizes: the pool then calls it without boxing, delegates or allocation.
/// </summary>
public interface IWork
{
    /// <summary>Does one part. What a part writes must depend on its number alone, never on the thread that happens to run it.</summary>
    /// <param name="part">Number of the part, from 0 to one less than the count given to <see cref="WorkerPool.Run"/>.</param>
    void Execute(int part);
}
