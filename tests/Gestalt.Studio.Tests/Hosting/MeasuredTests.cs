using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Gestalt.Inference;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Tests.Hosting;

/// <summary>What the server must reach, measured; <c>docs/log/2026-11-server.md</c> has the figures. They mean something on a quiet machine only.</summary>
[Trait("Speed", "Slow")]
public sealed class MeasuredTests(ITestOutputHelper output)
{
    private const int Tokens = 200;

    /// <summary>A real model's file instead of a small one, for the server's part beside an engine that has much to do.</summary>
    private static readonly string? Own = Environment.GetEnvironmentVariable("GESTALT_MEASURED_MODEL");

    private static int[] _ends = EndsOf(TinyModel.Tokenizer);

    /// <summary>Tokens that would end an answer early, at most as many as a request may weigh.</summary>
    private static int[] EndsOf(Text.Tokenizer tokenizer) => [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.KindOf(id) == Text.TokenKind.Control).Take(300)];

    private static string Body(int tokens, string text) =>
        $$"""{"messages":[{"role":"user","content":"{{text}}"}],"max_tokens":{{tokens}},"temperature":0,"stream":true,"logit_bias":{ {{string.Join(",", _ends.Select(id => $"\"{id}\":-100"))}} } }""";

    private static GenerationOptions Options(int tokens) => new()
    {
        MaxTokens = tokens,
        Sampling = SamplingOptions.Greedy with { LogitBias = _ends.ToDictionary(id => id, _ => -100f) },
    };

    private void Say(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <summary>Asks over HTTP; tells when the first piece of text came, and when all.</summary>
    private static async Task<(double First, double All)> Asked(RunningServer server, string text, int tokens = Tokens, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Body(tokens, text), Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        double first = 0;
        string last = "";
        for (string? line; (line = await reader.ReadLineAsync(cancellation)) is not null;)
        {
            if (first == 0 && line.StartsWith("data:", StringComparison.Ordinal))
                first = clock.Elapsed.TotalSeconds;
            last = line.Length > 0 ? line : last;
        }
        Assert.Equal("data: [DONE]", last);
        return (first, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Asks the engine itself.</summary>
    private static async Task<(double First, double All)> Direct(LanguageModel model, string text, int tokens = Tokens)
    {
        var clock = Stopwatch.StartNew();
        double first = 0;
        int[] prompt = model.Generator.PromptIds(Text.Conversation.Of(new Text.Message(Text.Roles.User, text)));
        await foreach (string _ in model.Generator.Stream(prompt, Options(tokens)).ReadAsync())
            first = first == 0 ? clock.Elapsed.TotalSeconds : first;
        return (first, clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task The_server_costs_little_beside_the_engine()
    {
        int tokens = Own is null ? Tokens : 64;
        await using RunningServer server = await new RunningServer().StartAsync(options => Own is null ? options : options with { Models = [Own], Engine = options.Engine with { Context = 4096 } }, width: 1024);
        await Asked(server, "warm", 4);
        HostedModel hosted = Assert.Single(server.Server.Pool.Loaded);
        _ends = EndsOf(hosted.Model.Tokenizer);
        foreach (int streams in (int[])[1, 32])
        {
            var ratios = new List<double>();
            var firsts = new List<double>();
            var rates = new List<double>();
            for (int round = 0; round < (streams == 1 ? 31 : 7); round++)
            {
                // In turns, and texts that nobody has asked before.
                string[] texts = [.. Enumerable.Range(0, streams).Select(i => $"{round} cats of {i} sat {streams} times")];
                var clock = Stopwatch.StartNew();
                (double First, double All)[] direct = await Task.WhenAll(texts.Select(text => Direct(hosted.Model, "direct " + text, tokens)));
                double alone = clock.Elapsed.TotalSeconds;
                clock.Restart();
                (double First, double All)[] asked = await Task.WhenAll(texts.Select(text => Asked(server, "server " + text, tokens)));
                ratios.Add(clock.Elapsed.TotalSeconds / alone);
                rates.Add(streams * tokens / alone);
                firsts.Add(1000 * (Median(asked.Select(one => one.First)) - Median(direct.Select(one => one.First))));
            }
            Say($"{streams} streams: engine alone {Median(rates):F0} tokens/s; through the server {100 * (Median(ratios) - 1):F1} % more time (half of the turns from {100 * (ratios.Order().ElementAt(ratios.Count / 4) - 1):F1} to {100 * (ratios.Order().ElementAt(3 * ratios.Count / 4) - 1):F1}); first byte {Median(firsts):F1} ms after the engine's first token would be");
        }
    }

    [Fact]
    public async Task Many_streams_that_wait_and_many_that_run_all_end_well()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { RunningSequences = 32 } }, width: 256);
        await Asked(server, "warm", 4);
        HostedModel hosted = Assert.Single(server.Server.Pool.Loaded);
        var clock = Stopwatch.StartNew();
        Task<(double First, double All)>[] all = [.. Enumerable.Range(0, 232).Select(i => Asked(server, $"the cat sat {i} times", 400))];
        int mostRunning = 0, mostWaiting = 0;
        while (!all.All(one => one.IsCompleted))
        {
            (mostRunning, mostWaiting) = (Math.Max(mostRunning, hosted.Admission.Running), Math.Max(mostWaiting, hosted.Admission.Waiting));
            await Task.Delay(20);
        }
        await Task.WhenAll(all);
        Say($"232 streams of 400 tokens in {clock.Elapsed.TotalSeconds:F1} s: at most {mostRunning} ran and {mostWaiting} waited; none failed");
        Assert.Equal(32, mostRunning);
        Assert.True(mostWaiting >= 190, $"{mostWaiting} waited");
        Assert.Equal((0, 0), (hosted.Admission.Running, hosted.Admission.Waiting));
    }

    /// <summary>GESTALT_SOAK_SECONDS says how long; a tenth of it warms up.</summary>
    [Fact]
    public async Task Clients_that_leave_at_random_leave_nothing_behind()
    {
        double seconds = double.Parse(Environment.GetEnvironmentVariable("GESTALT_SOAK_SECONDS") ?? "30", CultureInfo.InvariantCulture);
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { RunningSequences = 16 } });
        await Asked(server, "warm", 4);
        HostedModel hosted = Assert.Single(server.Server.Pool.Loaded);
        var clock = Stopwatch.StartNew();
        long asked = 0, left = 0;
        var memory = new List<(double Second, double Heap, double Resident)>();
        Task[] clients = [.. Enumerable.Range(0, 24).Select(Client)];
        for (double next = seconds / 10; clock.Elapsed.TotalSeconds < seconds; next += seconds / 10)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, next - clock.Elapsed.TotalSeconds)));
            memory.Add((clock.Elapsed.TotalSeconds, GC.GetTotalMemory(forceFullCollection: true) / 1e6, Environment.WorkingSet / 1e6));
        }
        await Task.WhenAll(clients);
        var patience = Stopwatch.StartNew();
        while (hosted.Admission.Running + hosted.Admission.Waiting > 0 && patience.Elapsed.TotalSeconds < 10)
            await Task.Delay(20);
        foreach ((double second, double heap, double resident) in memory)
            Say($"{second,5:F0} s: heap {heap:F1} MB, resident {resident:F1} MB");
        Say($"{asked} requests, of which {left} were left; warnings: {server.Warnings.Count}");
        Assert.Equal((0, 0), (hosted.Admission.Running, hosted.Admission.Waiting));
        Assert.Empty(server.Warnings);
        double early = Median(memory.Take(memory.Count / 2).Select(one => one.Resident)), late = Median(memory.Skip(memory.Count / 2).Select(one => one.Resident));
        Say($"resident, median of the second half against the first: {100 * ((late / early) - 1):F1} %");
        Assert.True(late < early * 1.1, $"{early:F1} MB became {late:F1} MB");

        async Task Client(int number)
        {
            var random = new Random(number);
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                Interlocked.Increment(ref asked);
                using var leaves = new CancellationTokenSource();
                if (random.Next(2) == 0)
                    leaves.CancelAfter(random.Next(1, 400));
                try
                {
                    await Asked(server, $"the cat sat {random.Next(1000)} times", random.Next(1, 200), leaves.Token);
                }
                catch (Exception problem) when (problem is OperationCanceledException || (leaves.IsCancellationRequested && problem is IOException or HttpRequestException))
                {
                    Interlocked.Increment(ref left);
                }
            }
        }
    }
}
