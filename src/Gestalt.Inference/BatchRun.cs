using System.Runtime.InteropServices;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference;

/// <summary>
/// Many prompts through one model. Rows of a shared cache grow together, one token a step, right-aligned: what a row has not
/// reached back to is padding. When an eighth of the rows is free, as many prompts of similar length are read together in a cache of
/// their own and their keys and values copied into the free rows. When no prompts are left, the rows still at work move into smaller and smaller caches.
/// </summary>
internal sealed unsafe class BatchRun : IDisposable
{
    // Tokens of prompts read together, padding included: what keeps matrix products efficient without much memory for activations.
    private const int ReadingTokens = 4096;

    // Room behind the longest sequence, so that moving the cache's content to the front is rare.
    private const int Slack = 64;

    // A large model with a long context gets fewer rows rather than more memory than this for its keys and values.
    private const long CacheBytes = 1L << 30;

    private readonly Engine _engine;
    private readonly Tape _tape;
    private readonly IReadOnlyList<int[]> _prompts;
    private readonly int[] _limits;
    private readonly GenerationOptions _options;
    private readonly Func<int, int, bool>? _stop;
    private readonly Action<int, Generation>? _finished;
    private readonly Generation[] _results;
    private readonly Sampler _sampler;
    private readonly TokenBatch _batch = new(1, 1);
    private readonly Queue<int> _waiting;
    private readonly int _capacity;
    private Row?[] _rows;
    private KvCache _cache;

    public BatchRun(
        Engine engine,
        Tape tape,
        IReadOnlyList<int[]> prompts,
        int[] limits,
        GenerationOptions options,
        Func<int, int, bool>? stop,
        Action<int, Generation>? finished)
    {
        (_engine, _tape, _prompts, _limits, _options, _stop, _finished) = (engine, tape, prompts, limits, options, stop, finished);
        _results = new Generation[prompts.Count];
        _sampler = new Sampler(options.Sampling, engine.Model.Config.Vocabulary);
        // Neighbours in this order have prompts of similar length, so little padding is read; the longest come first, so that none is left for the end.
        _waiting = new Queue<int>(Enumerable.Range(0, prompts.Count).OrderByDescending(index => prompts[index].Length));
        _capacity = Enumerable.Range(0, prompts.Count).Select(index => prompts[index].Length + limits[index]).DefaultIfEmpty(1).Max() + Slack;
        long rowBytes = 2L * sizeof(float) * engine.Model.Config.Layers * engine.Model.Config.KeyWidth * _capacity;
        long affordable = Math.Max(1, CacheBytes / rowBytes);
        _rows = new Row?[Math.Clamp((int)Math.Min(engine.BatchRows, affordable), 1, Math.Max(1, prompts.Count))];
        _cache = new KvCache(engine.Model.Config, engine.Model.Device, _rows.Length, _capacity);
    }

    private int Working => _rows.Count(row => row is not null);

    /// <summary>A sequence at work.</summary>
    /// <param name="index">Which prompt.</param>
    /// <param name="tokens">The prompt, to which the answer is added.</param>
    /// <param name="random">Its own random numbers.</param>
    private sealed class Row(int index, List<int> tokens, Xoshiro256 random)
    {
        public int Index => index;

        public List<int> Tokens => tokens;

        public List<float> LogProbabilities { get; } = [];

        public Xoshiro256 Random = random;

        /// <summary>Keys before the row's first token.</summary>
        public int Padding { get; set; }
    }

    public Generation[] Run(CancellationToken cancellation)
    {
        while (_waiting.Count > 0 || Working > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            int free = _rows.Length - Working;
            if (_waiting.Count > 0 && free >= Math.Max(1, _rows.Length / 8))
                ReadPrompts(free, cancellation);
            else
                Step();
            if (_waiting.Count == 0)
                Shrink();
        }
        return _results;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _cache.Dispose();
    }

    private void ReadPrompts(int free, CancellationToken cancellation)
    {
        int longest = _prompts[_waiting.Peek()].Length;
        int count = Math.Clamp(ReadingTokens / longest, 1, Math.Min(free, _waiting.Count));
        var rows = new Row[count];
        for (int i = 0; i < count; i++)
        {
            int index = _waiting.Dequeue();
            rows[i] = new Row(index, [.. _prompts[index]], Xoshiro256.ForStream(_options.Sampling.Seed, (ulong)index));
        }
        using var cache = new KvCache(_engine.Model.Config, _engine.Model.Device, count, longest);
        Tensor? logits = null;
        for (int start = 0; start < longest; start += Engine.ReadingLength)
        {
            cancellation.ThrowIfCancellationRequested();
            logits = ReadPiece(rows, cache, start, Math.Min(Engine.ReadingLength, longest - start), longest);
        }
        if (Working == 0)
            _cache.Clear();
        PadTo(longest);
        for (int i = 0; i < count; i++)
        {
            if (!Accept(rows[i], logits!.Values.Slice(i * _sampler.Vocabulary, _sampler.Vocabulary)))
                continue;
            int place = Array.IndexOf(_rows, null);
            int length = _prompts[rows[i].Index].Length;
            _cache.CopyRow(place, cache, i, length);
            rows[i].Padding = _cache.Length - length;
            _rows[place] = rows[i];
        }
    }

    /// <summary>Reads tokens [start, start + length) of prompts that all end at <paramref name="longest"/>; logits only after the last piece.</summary>
    private Tensor? ReadPiece(Row[] rows, KvCache cache, int start, int length, int longest)
    {
        _tape.Reset();
        _batch.Resize(rows.Length, length);
        for (int i = 0; i < rows.Length; i++)
        {
            List<int> tokens = rows[i].Tokens;
            int padding = longest - tokens.Count;
            for (int t = Math.Max(0, padding - start); t < length; t++)
                _batch.Inputs[(i * length) + t] = tokens[start + t - padding];
            _batch.SetLeftPadding(i, padding, cached: start);
        }
        if (start + length == longest)
            return _engine.Model.Forward(_tape, _batch, cache); // (rows,V)
        _engine.Model.Hidden(_tape, _batch, cache);
        return null;
    }

    private void Step()
    {
        if (_cache.Length == _cache.Capacity)
            MoveToFront();
        _tape.Reset();
        _batch.Resize(_rows.Length, 1);
        for (int i = 0; i < _rows.Length; i++)
        {
            _batch.Inputs[i] = _rows[i]?.Tokens[^1] ?? 0;
            _batch.SetLeftPadding(i, _rows[i]?.Padding ?? _cache.Length, cached: _cache.Length);
        }
        Tensor logits = _engine.Model.Forward(_tape, _batch, _cache); // (rows,V)
        for (int i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] is Row row && !Accept(row, logits.Values.Slice(i * _sampler.Vocabulary, _sampler.Vocabulary)))
                _rows[i] = null;
        }
    }

    /// <summary>Draws a row's next token; false when that ended the sequence.</summary>
    private bool Accept(Row row, ReadOnlySpan<float> logits)
    {
        int generated = row.Tokens.Count - _prompts[row.Index].Length;
        if (generated == _limits[row.Index])
            return Finish(row, FinishReason.TokenLimit); // asked for no token at all
        int id = _sampler.Next(logits, CollectionsMarshal.AsSpan(row.Tokens), ref row.Random);
        if (_options.StopIds.Contains(id))
            return Finish(row, FinishReason.Stop);
        row.Tokens.Add(id);
        if (_options.LogProbabilities)
            row.LogProbabilities.Add(Sampler.LogProbability(logits, id));
        if (_stop?.Invoke(row.Index, id) == true)
            return Finish(row, FinishReason.Stop);
        if (generated + 1 == _limits[row.Index])
            return Finish(row, generated + 1 == _options.MaxTokens ? FinishReason.TokenLimit : FinishReason.ContextFull);
        return true;
    }

    private bool Finish(Row row, FinishReason reason)
    {
        var generation = new Generation([.. row.Tokens.Skip(_prompts[row.Index].Length)], [.. row.LogProbabilities], reason);
        _results[row.Index] = generation;
        _finished?.Invoke(row.Index, generation);
        return false;
    }

    /// <summary>Makes the cache at least so long, so that a prompt's keys fit into a row of it.</summary>
    private void PadTo(int length)
    {
        int missing = length - _cache.Length;
        if (missing <= 0)
            return;
        _cache.PadFront(missing);
        foreach (Row? row in _rows)
        {
            if (row is not null)
                row.Padding += missing;
        }
    }

    private void MoveToFront()
    {
        int unused = _rows.Min(row => row?.Padding ?? int.MaxValue);
        _cache.DropFront(unused);
        foreach (Row? row in _rows)
        {
            if (row is not null)
                row.Padding -= unused;
        }
    }

    private void Shrink()
    {
        int working = Working;
        if (working == 0 || working > _rows.Length / 2)
            return;
        Row[] rows = [.. _rows.OfType<Row>()];
        int length = rows.Max(row => _cache.Length - row.Padding);
        var smaller = new KvCache(_engine.Model.Config, _engine.Model.Device, rows.Length, _capacity);
        smaller.PadFront(length);
        for (int i = 0; i < rows.Length; i++)
        {
            int used = _cache.Length - rows[i].Padding;
            smaller.CopyRow(i, _cache, Array.IndexOf(_rows, rows[i]), used);
            rows[i].Padding = length - used;
        }
        _cache.Dispose();
        (_cache, _rows) = (smaller, rows);
    }
}
