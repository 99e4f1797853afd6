using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <content>A part with emitted kernels, which multiply words of pages as they lie with four queries at a time.</content>
internal readonly unsafe partial struct PagedDecode
{
    private PageTile Tile => new(shape.Format == CacheFormat.Q8_0 ? PageWords.Bytes : PageWords.Halves, 4);

    /// <summary>
    /// Works on all heads of a part page by page: their keys lie one behind the other, and so do their values, so that memory is read in two long streams. Head by head it
    /// would be read in pieces of a chunk, too short for the processor's own prefetching: half as fast.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void RunEmitted(int run, int firstHead, int endHead)
    {
        int rows = sequence.Queries * shape.HeadsPerKeyValueHead;
        PageTile tile = Tile;
        int headTiles = (rows + tile.Rows - 1) / tile.Rows;
        PageTileKernels emitted = kernels![tile];
        var memory = new PageTileMemory(tile, shape.HeadWidth, headTiles * (endHead - firstHead));
        for (int head = firstHead; head < endHead; head++)
        {
            for (int row = 0; row < headTiles * tile.Rows; row++)
            {
                // Rows that fill up the last tile do as the last one does; nobody looks at them.
                memory.Write(q + (Row(head, Math.Min(row, rows - 1)) * shape.HeadWidth), ((head - firstHead) * headTiles * tile.Rows) + row);
            }
        }

        int first = (plan.FirstPage + (run * plan.RunPages)) * PageTokens;
        int end = Math.Min(sequence.Keys, first + (plan.RunPages * PageTokens));
        for (int key = first; key < end; key += PageTokens)
        {
            for (int head = firstHead; head < endHead; head++)
            {
                bool isLast = head + 1 == endHead;
                byte* next = Chunk(isLast && key + PageTokens < end ? key + PageTokens : key, isLast ? firstHead : head + 1, values: false);
                Multiply(emitted, memory, (head - firstHead) * headTiles, rows, key, Chunk(key, head, values: false), next);
            }
        }

        for (int head = firstHead; head < endHead; head++)
        {
            for (int row = 0; row < rows; row++)
            {
                float* results = memory.Read(((head - firstHead) * headTiles * tile.Rows) + row, out float maximum, out float sum);
                Leave<Register512>(run, head, row, rows, results, maximum, sum);
            }
        }
    }

    /// <summary>All tiles of a head with a page.</summary>
    private void Multiply(PageTileKernels emitted, in PageTileMemory memory, int firstTile, int rows, int key, byte* keys, byte* nextKeys)
    {
        byte* values = keys + (shape.PageBytes / 2);
        byte* nextValues = nextKeys + (shape.PageBytes / 2);
        memory.Prepare(ref keys, ref values);
        for (int row = 0, tile = firstTile; row < rows; row += memory.Tile.Rows, tile++)
        {
            memory.Multiply(emitted, tile, keys, nextKeys);
            if (shape.SoftCap > 0)
            {
                SoftmaxTiles.Cap<Register512>(memory.Scores, memory.Tile.Rows * PageTokens, shape.ScoreScale);
            }

            for (int i = 0; i < memory.Tile.Rows; i++)
            {
                int t = Math.Min(row + i, rows - 1) / shape.HeadsPerKeyValueHead;
                int last = sequence.Keys - sequence.Queries + t;
                if (key + PageTokens - 1 > last || key < Start(t))
                {
                    memory.Mask(i, Start(t) - key, last + 1 - key);
                }
            }

            memory.Soften(tile, shape.SoftCap > 0 ? shape.SoftCap * VectorMath.Log2E : shape.ScoreScale);
            memory.Add(emitted, tile, values, nextValues);
        }
    }
}
