using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Benchmarks;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt bench</c>: what this machine can do, and how near to it Gestalt comes.</summary>
internal static class BenchCommand
{
    private const string EraseLine = "\r\u001b[K";

    public static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "Which benchmarks; all of them if none is named", Arity = ArgumentArity.ZeroOrMore };
        var list = new Option<bool>("--list") { Description = "Say which benchmarks there are" };
        var peer = new Option<string?>("--peer") { Description = "Take turns with a peer in the same run: torch, or the path of a llama-bench", HelpName = "PEER" };
        var python = new Option<string>("--python") { Description = "The interpreter that has PyTorch", HelpName = "FILE", DefaultValueFactory = _ => "/usr/bin/python3" };
        var data = new Option<string?>("--data") { Description = "Real text to measure on: a file or a folder", HelpName = "PATH" };
        Option<bool> json = Json.Option();
        return new Verb(
            "bench",
            "Measure this machine, and how near to its ceilings Gestalt comes",
            "First the ceilings: arithmetic per precision from the first-level cache, memory bandwidth, on one thread and on all. Then each benchmark as a value, its unit and its share of the ceiling. Leave the machine alone meanwhile; figures taken at another hour or on another machine do not compare, only ratios within one run do.",
            new Example("gestalt bench", "everything, in a minute or two"),
            new Example("gestalt bench gemm-bf16 train-124m --peer torch", "in turns with PyTorch (apt-get install python3-torch libopenblas0-pthread)"),
            new Example("gestalt bench shakespeare --data shakespeare.txt", "nanoGPT's CPU example on the file that it uses"),
            new Example("gestalt bench decode prefill --peer llama.cpp/build/bin/llama-bench", "a 1.1B model of random weights, in turns with llama.cpp on the same files"),
            new Example("gestalt bench speculation-lookup speculation-stranger", "guessing ahead, in turns with plain decoding: what it brings, and that it costs nothing where it brings nothing"),
            new Example("gestalt bench --json > before.jsonl", "one object a line: name, value, unit, ceiling_fraction, peer, ratio"))
            .With(names, list, peer, python, data, json)
            .Does(parse =>
            {
                if (parse.GetValue(list)) List();
                else Run(parse.GetValue(names) ?? [], parse.GetValue(peer), parse.GetRequiredValue(python), parse.GetValue(data), parse.GetValue(json));
            });
    }

    private static void List()
    {
        foreach (Benchmark benchmark in BenchmarkList.All) Console.Out.WriteLine($"{benchmark.Name,-18}{benchmark.Meaning}");
    }

    private static void Run(string[] names, string? peerName, string python, string? data, bool json)
    {
        foreach (string name in names)
            if (BenchmarkList.All.All(benchmark => benchmark.Name != name))
                throw new UserError(ExitCode.Usage, $"there is no benchmark '{name}'. There are: {string.Join(", ", BenchmarkList.All.Select(benchmark => benchmark.Name))}");
        if (data is not null && !File.Exists(data) && !Directory.Exists(data))
            throw new UserError(ExitCode.Missing, $"there is no file or folder '{data}' to measure on.");

        WorkerPool pool = WorkerPool.Shared;
        TorchPeer? peer = null;
        LlamaBenchPeer? llamaBench = null;
        if (peerName is not null and not "torch")
        {
            if (!File.Exists(peerName)) throw new UserError(ExitCode.Missing, $"there is no peer '{peerName}'. It can be 'torch', or the path of llama.cpp's llama-bench.");
            llamaBench = new LlamaBenchPeer(Path.GetFullPath(peerName), pool.Threads);
        }
        else if (peerName is not null)
        {
            peer = TorchPeer.Find(python, pool.Threads, out string problem);
            if (peer is null) Messages.Warn($"there will be no peer to compare with: {problem}.");
        }

        using var interruption = new Interruption();
        if (!json) Console.Out.WriteLine($"{"",-30}{"value",10}  {"unit",-10}{"of ceiling",10}{"peer",10}{"ratio",8}");
        Working("ceilings");
        Ceilings ceilings = Ceilings.Measure(pool);
        foreach (BenchmarkResult result in ceilings.Results()) Print(result, json);
        var context = new BenchmarkContext(pool, ceilings, peer, data, interruption.Token) { LlamaBench = llamaBench };
        foreach (Benchmark benchmark in BenchmarkList.All.Where(benchmark => names.Length == 0 ? !benchmark.OnlyWhenNamed : names.Contains(benchmark.Name)))
        {
            interruption.Token.ThrowIfCancellationRequested();
            Working(benchmark.Name);
            foreach (BenchmarkResult result in benchmark.Run(context))
            {
                Print(result, json);
                Working(benchmark.Name);
            }
        }
        if (Messages.Watched) Console.Error.Write(EraseLine);
    }

    /// <summary>Says what is being measured, on a line that the next result takes away.</summary>
    private static void Working(string what)
    {
        if (Messages.Watched) Console.Error.Write($"{EraseLine}{what} ...");
    }

    private static void Print(BenchmarkResult result, bool json)
    {
        if (Messages.Watched) Console.Error.Write(EraseLine);
        if (json)
        {
            Json.Write(result);
            return;
        }
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Name,-30}{Figure(result.Value),10}  {result.Unit,-10}{(result.CeilingFraction is double share ? $"{share * 100:0.0} %" : ""),10}{(result.Peer is double peer ? Figure(peer) : ""),10}{(result.Ratio is double ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) + " ×" : ""),8}{(result.RatioLow is double low ? $" ({low:0.00} to {result.RatioHigh:0.00})" : "")}"));
    }

    private static string Figure(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture);
}
