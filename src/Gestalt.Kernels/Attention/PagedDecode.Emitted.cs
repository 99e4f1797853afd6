using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <content>A run with emitted kernels, which multiply words of pages as they lie with four queries at a time.</content>
internal readonly unsafe partial struct PagedDecode
{
    private const int Lanes = 16;

    /// <summary>Bytes are read for four queries in two levels: exact enough to be called exact, and still faster than memory.</summary>
    private PageTile Tile => shape.Format == CacheFormat.Q8_0 ? new PageTile(PageWords.Bytes, 2) : new PageTile(PageWords.Halves);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void RunEmitted(int run, int head)
    {
        int first = (plan.FirstPage + (run * plan.RunPages)) * PageTokens;
        int end = Math.Min(sequence.Keys, first + (plan.RunPages * PageTokens));
        int wholeEnd = (end + PageTokens - 1) / PageTokens * PageTokens;
        int rows = sequence.Queries * shape.HeadsPerKeyValueHead;
        PageTile tile = Tile;
        var memory = new DecodeMemory(shape, tile, (rows + tile.Rows - 1) / tile.Rows, plan.RunPages * PageTokens);
        for (int row = 0; row < rows; row++)
        {
            memory.Write(q + (Row(head, row) * shape.HeadWidth), row);
        }

        for (int key = first; key < end; key += PageTokens)
        {
            byte* next = key + PageTokens < end ? Chunk(key + PageTokens, head, values: false) : Chunk(first, head, values: true);
            memory.Scores(kernels!, Chunk(key, head, values: false), next, key - first);
        }

        for (int row = 0; row < rows; row++)
        {
            int t = row / shape.HeadsPerKeyValueHead;
            int seenFrom = Math.Max(first, Start(t)) - first;
            int seenTo = Math.Min(end, sequence.Keys - sequence.Queries + t + 1) - first;
            Soften<Register512>(memory.ScoresOf(row), 0, wholeEnd - first, seenFrom, seenTo, memory.Sums + (2 * row));
        }

        for (int key = first; key < end; key += PageTokens)
        {
            byte* chunk = Chunk(key, head, values: true);
            byte* next = key + PageTokens < end ? Chunk(key + PageTokens, head, values: true) : Chunk(first, (head + 1) % shape.KeyValueHeads, values: false);
            memory.Results(kernels!, chunk, next, key - first);
        }

        Leave<Register512>(run, head, rows, memory.ResultRows, shape.HeadWidth, memory.Sums);
    }

    /// <summary>The words, scores and results of a run, tile by tile.</summary>
    private readonly struct DecodeMemory
    {
        private readonly PageTile _tile;
        private readonly int _width;
        private readonly int _blocks;
        private readonly int _tiles;
        private readonly int _length;
        private readonly byte* _queries; // (tiles, word rows, D)
        private readonly byte* _probabilities; // of one tile
        private readonly float* _queryFactors; // (tiles, blocks, rows)
        private readonly int* _offsets; // (tiles, blocks, rows)
        private readonly float* _ones; // (rows)
        private readonly float* _parts; // (blocks, 64)
        private readonly float* _partFactors; // (blocks)
        private readonly float* _factors; // (blocks, rows)
        private readonly float* _scores; // (tiles, rows, length)

        public DecodeMemory(in PagedShape shape, PageTile tile, int tiles, int length)
        {
            (_tile, _width, _blocks, _tiles, _length) = (tile, shape.HeadWidth, tile.Blocks(shape.HeadWidth), tiles, length);
            int rows = tiles * tile.Rows;
            long queries = (long)tiles * PageTileRows.QueryBytes(tile, _width) / sizeof(float);
            long probabilities = PageTileRows.ProbabilityBytes(tile, _width) / sizeof(float);
            long factors = (((long)rows * _blocks) + Lanes - 1) / Lanes * Lanes;
            long results = (long)rows * _width;
            float* memory = Scratch.ForPart(
                queries + probabilities + (3 * factors) + Lanes + (_blocks * (PageTokens + 1)) + Lanes + results + ((long)rows * length) + (2 * rows));
            _queries = (byte*)memory;
            _probabilities = (byte*)(memory += queries);
            ResultRows = memory += probabilities;
            _scores = memory += results;
            _queryFactors = memory += (long)rows * length;
            _offsets = (int*)(memory += factors);
            _factors = memory += factors;
            _ones = memory += factors;
            _parts = memory += Lanes;
            _partFactors = memory += _blocks * PageTokens;
            Sums = memory + _blocks + Lanes;
            Vector512<float>.One.Store(_ones);
            RowEnds.Clear<Register512>(ResultRows, (int)results);
            if (tile.Words != PageWords.Bytes || tiles * tile.Rows > 0)
            {
                RowEnds.Clear<Register512>((float*)_queries, (int)queries); // of rows that fill up the last tile
                RowEnds.Clear<Register512>(_queryFactors, (int)(2 * factors));
            }
        }

        /// <summary>Maximum and sum of each row.</summary>
        public float* Sums { get; }

        public float* ResultRows { get; }

        public float* ScoresOf(int row) => _scores + ((long)row * _length);

        public void Write(float* query, int row)
        {
            int tile = row / _tile.Rows;
            int at = tile * _blocks * _tile.Rows;
            PageTileRows.WriteQuery(
                _tile, _width, query, row % _tile.Rows, _queries + ((long)tile * PageTileRows.QueryBytes(_tile, _width)), _queryFactors + at, _offsets + at);
        }

        public void Scores(PageKernels kernels, byte* chunk, byte* next, int key)
        {
            PageTileArguments arguments = default;
            arguments.RowStride = PageTileRows.QueryStride(_tile, _width);
            arguments.Chunk = chunk;
            arguments.Next = next;
            arguments.ResultStride = _length * sizeof(float);
            for (int tile = 0; tile < _tiles; tile++)
            {
                arguments.Rows = _queries + ((long)tile * PageTileRows.QueryBytes(_tile, _width));
                arguments.Factors = _queryFactors + (tile * _blocks * _tile.Rows);
                arguments.Offsets = _offsets + (tile * _blocks * _tile.Rows);
                arguments.Result = ScoresOf(tile * _tile.Rows) + key;
                kernels.Scores(_tile.Levels, &arguments);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Results(PageKernels kernels, byte* chunk, byte* next, int key)
        {
            PageTileArguments arguments = default;
            arguments.Chunk = chunk;
            arguments.Next = next;
            arguments.Factors = _ones;
            arguments.Shrinks = _ones;
            arguments.ResultStride = _width * sizeof(float);
            bool bytes = _tile.Words == PageWords.Bytes;
            if (bytes)
            {
                PageTileRows.ReadScales(_tile, chunk, _width, _parts, _partFactors);
                arguments.Factors = _factors;
            }

            for (int tile = 0; tile < _tiles; tile++)
            {
                float* scores = ScoresOf(tile * _tile.Rows) + key;
                for (int row = 0; row < _tile.Rows && bytes; row++)
                {
                    WriteProbabilities(scores + ((long)row * _length), row);
                }

                arguments.Rows = bytes ? _probabilities : (byte*)scores;
                arguments.RowStride = bytes ? PageTileRows.ProbabilityStride(_tile) : _length * sizeof(float);
                arguments.Result = ResultRows + ((long)tile * _tile.Rows * _width);
                kernels.Results(_tile.Levels, &arguments);
            }
        }

        /// <summary>As parts of the largest of the page, so that a page of small probabilities is as exact as one of large ones.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void WriteProbabilities(float* p, int row)
        {
            Vector512<float> p0 = Vector512.Load(p), p1 = Vector512.Load(p + Lanes), p2 = Vector512.Load(p + (2 * Lanes)), p3 = Vector512.Load(p + (3 * Lanes));
            float largest = PageTileRows.Largest(Vector512.MaxNative(Vector512.MaxNative(p0, p1), Vector512.MaxNative(p2, p3)));
            bool counts = largest > float.Epsilon * (1 << 23); // the inverse of less would be infinite
            Vector512<float> inverse = Vector512.Create(counts ? 1 / largest : 0);
            for (int block = 0; block < _blocks; block++)
            {
                _factors[(block * _tile.Rows) + row] = counts ? largest * _partFactors[block] : 0;
            }

            PageTileRows.WriteProbabilities(_tile, _width, p0 * inverse, row, 0, _parts, null, _probabilities);
            PageTileRows.WriteProbabilities(_tile, _width, p1 * inverse, row, Lanes, _parts, null, _probabilities);
            PageTileRows.WriteProbabilities(_tile, _width, p2 * inverse, row, 2 * Lanes, _parts, null, _probabilities);
            PageTileRows.WriteProbabilities(_tile, _width, p3 * inverse, row, 3 * Lanes, _parts, null, _probabilities);
        }
    }
}
