using System.Runtime.InteropServices;
using Gestalt.Inference.Scheduling;
using Gestalt.Models;
using Gestalt.Tensors;

namespace Gestalt.Inference.Speculation;

/// <summary>A small model that guesses for a large one, with keys and values of its own.</summary>
internal sealed class DraftModel(Transformer model, CacheBudget budget) : IDisposable
{
    private readonly Tape _tape = new(model.Device, recording: false);
    private readonly PagedCache _cache = new(model.Config, budget.Format, budget.Bytes);
    private readonly List<Drafter> _drafters = [];
    private RaggedBatch? _batch;

    /// <summary>Begins to guess for a sequence.</summary>
    /// <param name="sampling">How its tokens are drawn.</param>
    /// <param name="vocabulary">Ids of the large model; one of the two may have more.</param>
    public IDrafter Begin(SamplingOptions sampling, int vocabulary)
    {
        int common = Math.Min(vocabulary, model.Config.Vocabulary);
        if (sampling.LogitBias.Keys.Any(id => id >= common))
            sampling = sampling with { LogitBias = sampling.LogitBias.Where(bias => bias.Key < common).ToDictionary() };
        var drafter = new Drafter(this, new Sampler(sampling, common));
        _drafters.Add(drafter);
        return drafter;
    }

    /// <summary>Forgets what no sequence holds.</summary>
    public void Forget() => _cache.Forget();

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch?.Dispose();
        _tape.Dispose();
        _cache.Dispose();
    }

    private sealed class Drafter(DraftModel draft, Sampler sampler) : IDrafter
    {
        private readonly List<int> _read = [];
        private readonly List<int> _history = [];
        private CachedSequence? _sequence;

        public int Propose(ReadOnlySpan<int> tokens, Xoshiro256 random, Span<int> guesses)
        {
            if (tokens.Length + guesses.Length > draft.Context)
                return 0;
            int common = Math.Min(tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(_read)), tokens.Length - 1);
            if (tokens[common..].ContainsAnyExceptInRange(0, draft.Vocabulary - 1))
                return 0; // The large model has ids that the small one has not.
            GoBackTo(common);
            CollectionsMarshal.SetCount(_history, tokens.Length);
            tokens.CopyTo(CollectionsMarshal.AsSpan(_history));
            ReadOnlySpan<float> logits = default;
            while (_sequence!.Length < tokens.Length)
            {
                if (!draft.TryRead(this, tokens.Slice(_sequence.Length, Math.Min(StepRunner.ReadingLength, tokens.Length - _sequence.Length)), out logits))
                    return 0;
            }
            for (int i = 0; i < guesses.Length; i++)
            {
                guesses[i] = sampler.Next(logits[..sampler.Vocabulary], CollectionsMarshal.AsSpan(_history), ref random);
                _history.Add(guesses[i]);
                if (i + 1 < guesses.Length && !draft.TryRead(this, guesses.Slice(i, 1), out logits))
                    return i + 1;
            }
            return guesses.Length;
        }

        public void Dispose()
        {
            LetGo();
            draft._drafters.Remove(this);
        }

        internal CachedSequence Sequence => _sequence!;

        internal bool HoldsMemory => _sequence is not null;

        internal void Note(ReadOnlySpan<int> tokens) => _read.AddRange(tokens);

        internal void LetGo()
        {
            _sequence?.Dispose();
            _sequence = null;
            _read.Clear();
        }

        /// <summary>Back to where what was read and the sequence part, and a token further, so that there are logits.</summary>
        private void GoBackTo(int common)
        {
            if (_read.Count - common > PagedCache.WindowSlack)
            {
                LetGo();
                common = 0;
            }
            _sequence ??= draft._cache.Begin([]);
            _sequence.Truncate(common);
            CollectionsMarshal.SetCount(_read, common);
        }
    }

    private int Vocabulary => model.Config.Vocabulary;

    private int Context => Math.Min(model.Config.Context, budget.Context);

    /// <summary>Reads a sequence's tokens; false if there is no memory for them, even after others have let go of theirs.</summary>
    private bool TryRead(Drafter drafter, ReadOnlySpan<int> tokens, out ReadOnlySpan<float> logits)
    {
        logits = default;
        while (!_cache.TryReserve(drafter.Sequence, tokens.Length))
        {
            if (_drafters.Find(other => other != drafter && other.HoldsMemory) is not Drafter other)
                return false;
            other.LetGo();
        }
        _batch ??= new RaggedBatch(model.Config, _cache);
        _batch.Clear();
        _batch.Add(drafter.Sequence, tokens, 1);
        _tape.Reset();
        logits = model.Forward(_tape, _batch)!.Values; // (1,V)
        drafter.Note(tokens);
        return true;
    }
}
