using Gestalt.Cli.Terminal;
using Gestalt.Kernels;

namespace Gestalt.Cli.Benchmarks;

/// <summary>What a benchmark has to work with.</summary>
internal sealed class BenchmarkContext(WorkerPool pool, Ceilings ceilings, TorchPeer? peer, string? data, CancellationToken cancellation)
{
    /// <summary>Rounds of taking turns with a peer; the median counts.</summary>
    public const int Rounds = 3;

    /// <summary>The threads to use.</summary>
    public WorkerPool Pool { get; } = pool;

    /// <summary>What the machine can do at most.</summary>
    public Ceilings Ceilings { get; } = ceilings;

    /// <summary>PyTorch to compare with, if that was asked for and is there.</summary>
    public TorchPeer? Peer { get; } = peer;

    /// <summary>Another program that runs the same model files, if one was named.</summary>
    public LlamaBenchPeer? LlamaBench { get; init; }

    /// <summary>A folder or file of real text, if one was named.</summary>
    public string? Data { get; } = data;

    /// <summary>Stops the measuring.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Measures ours and the peer in turns, so that whatever the machine does beside strikes both, and gives the medians.</summary>
    /// <param name="ours">Measures ours once; a rate, so that more is better.</param>
    /// <param name="theirs">Measures the peer once, in the same unit; null without a peer.</param>
    public (double Ours, double? Theirs) InTurns(Func<double> ours, Func<double>? theirs)
    {
        Measured our = new(), their = new();
        for (int round = 0; round < Rounds; round++)
        {
            Cancellation.ThrowIfCancellationRequested();
            our.Add(ours());
            if (theirs is not null) their.Add(theirs());
        }
        return (our.Median, their.Any ? their.Median : null);
    }

    /// <summary>Says why a benchmark is left out.</summary>
    public static void Skip(string name, string reason) => Messages.Say($"{name}: left out. {reason}");
}
