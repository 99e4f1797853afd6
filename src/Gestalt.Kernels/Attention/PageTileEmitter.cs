using Gestalt.Kernels.Stored;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels;

/// <summary>What the two products of attention over a page, scores and results, have in common: 16 registers of sums, and a step for each word of a row.</summary>
/// <remarks>
/// A step loads 2 registers of the page and 8 words, each copied to all lanes (or 4 and 4), and does 16 multiply-adds: 8 cycles of arithmetic, 5 or 4 of
/// loads, so that there is time to bring the next chunk from memory. r8, r9 and r10 point to rows 0, 3 and 6, rcx is their distance; rdx is the chunk, rsi walks
/// through the next one, and r11 through this one where steps are a loop.
/// </remarks>
/// <param name="tile">The tile.</param>
/// <param name="headWidth">D, a multiple of 16; for bytes of 32.</param>
internal abstract class PageTileEmitter(PageTile tile, int headWidth) : StoredEmitter
{
    protected const int PageTokens = PagedShape.TokensPerPage;
    protected const int RegisterLanes = 16;
    private const int Unroll = 8;
    private const int MostUnrolled = 16;
    private const int RowsPerPointer = 3;

    private const int OffsetRows = 0;
    private const int OffsetRowStride = 8;
    private const int OffsetChunk = 16;
    private const int OffsetNext = 24;
    private const int OffsetResult = 32;
    private const int OffsetResultStride = 40;
    protected const int OffsetFactors = 48;
    protected const int OffsetOffsets = 56;
    protected const int OffsetShrinks = 64;

    private const int FirstOfPage = 16;
    private static readonly AssemblerRegister64[] RowPointers = [r8, r9, r10];

    private int _steps;
    private int _lines;

    protected PageTile Tile => tile;

    protected int HeadWidth => headWidth;

    /// <summary>Registers that the epilogue may use: those that held the page, and above.</summary>
    protected static AssemblerRegisterZMM Free(int i) => Vectors[FirstOfPage + i];

    /// <summary>Steps of the whole function.</summary>
    protected abstract int Steps { get; }

    protected sealed override void EmitBody()
    {
        LoadArgument(rdx, OffsetChunk);
        LoadArgument(rsi, OffsetNext);
        EmitTiles();
    }

    protected abstract void EmitTiles();

    protected AssemblerRegisterZMM Sum(int row, int vector) => Vectors[SumNumber(row, vector)];

    protected int SumNumber(int row, int vector) => (row * tile.Vectors) + vector;

    /// <summary>Adds the products of <paramref name="steps"/> words of each row to the sums.</summary>
    /// <param name="vectors">Registers of a row.</param>
    /// <param name="steps">Words.</param>
    /// <param name="rowsAt">The first word in a row, in bytes.</param>
    /// <param name="chunkAt">The first register in the chunk, in bytes.</param>
    /// <param name="vectorStride">From register to register, in bytes.</param>
    /// <param name="stepStride">From step to step, in bytes.</param>
    /// <param name="blockVectors">Registers that are multiplied with the same words of a row; the next ones with those of its next block.</param>
    protected void EmitSteps(int vectors, int steps, int rowsAt, int chunkAt, int vectorStride, int stepStride, int blockVectors)
    {
        LoadPointers(OffsetRows, OffsetRowStride);
        if (steps <= MostUnrolled)
        {
            for (int step = 0; step < steps; step++)
            {
                EmitPrefetches();
                EmitStep(vectors, rowsAt + (4 * step), rdx, chunkAt + (stepStride * step), vectorStride, blockVectors);
            }

            return;
        }

        Code.lea(r11, __qword_ptr[rdx + chunkAt]);
        Code.mov(eax, steps / Unroll);
        Label again = Code.CreateLabel();
        Code.Label(ref again);
        for (int step = 0; step < Unroll; step++)
        {
            EmitStep(vectors, rowsAt + (4 * step), r11, stepStride * step, vectorStride, blockVectors);
        }

        int lines = Unroll * Lines / Steps;
        for (int line = 0; line < lines; line++)
        {
            Code.prefetcht0(__byte_ptr[rsi + (LineBytes * line)]);
        }

        Code.add(rsi, LineBytes * lines);
        Code.add(r11, Unroll * stepStride);
        for (int pointer = 0; pointer * RowsPerPointer < tile.WordRows; pointer++)
        {
            Code.add(RowPointers[pointer], Unroll * 4);
        }

        Code.dec(eax);
        Code.jne(again);
    }

    protected void PointToResults() => LoadPointers(OffsetResult, OffsetResultStride);

    protected AssemblerMemoryOperand ResultOf(int row, int at) => __zmmword_ptr[Row(row, at)];

    /// <summary>Sums of bytes in two levels become one: upper × 256 + lower.</summary>
    protected void EmitLevels(int vectors)
    {
        for (int row = 0; row < tile.Rows && tile.Levels == 2; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                Code.vpslld(Sum(row, vector), Sum(row, vector), 8);
                Code.vpaddd(Sum(row, vector), Sum(row, vector), Sum(row + tile.Rows, vector));
            }
        }
    }

    /// <summary>Lines of the chunk that is wanted next: none where pages are repacked, which are in the cache.</summary>
    private int Lines => tile.Words switch
    {
        PageWords.Bytes => ((PageTokens * headWidth) + (PageTokens * headWidth / PagedShape.ScaleLength * sizeof(ushort)) + LineBytes - 1) / LineBytes,
        PageWords.Halves => PageTokens * headWidth * sizeof(ushort) / LineBytes,
        _ => 0,
    };

    private void EmitPrefetches()
    {
        _steps++;
        for (; _lines < Lines * _steps / Steps; _lines++)
        {
            Code.prefetcht0(__byte_ptr[rsi + (LineBytes * _lines)]);
        }
    }

    private void EmitStep(int vectors, int rowsAt, AssemblerRegister64 chunk, int chunkAt, int vectorStride, int blockVectors)
    {
        for (int vector = 0; vector < vectors; vector++)
        {
            int at = chunkAt + (vectorStride * vector);
            if (tile.Words == PageWords.Halves)
            {
                Code.vcvtph2ps(Free(vector), __ymmword_ptr[chunk + at]);
            }
            else
            {
                Code.vmovdqu32(Free(vector), __zmmword_ptr[chunk + at]);
            }
        }

        for (int row = 0; row < tile.WordRows; row++)
        {
            AssemblerRegisterZMM word = Free(4 + (row & 3));
            for (int vector = 0; vector < vectors; vector++)
            {
                if (vector % blockVectors == 0)
                {
                    Code.vpbroadcastd(word, __dword_ptr[Row(row, rowsAt + (vector / blockVectors * tile.WordRows * PageTokens))]);
                }

                MultiplyAdd(Sum(row, vector), word, Free(vector));
            }
        }
    }

    /// <summary>Which factor of bytes has no sign differs: keys have none, and neither have probabilities.</summary>
    protected abstract void MultiplyBytes(AssemblerRegisterZMM sum, AssemblerRegisterZMM word, AssemblerRegisterZMM page);

    private void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM word, AssemblerRegisterZMM page)
    {
        switch (tile.Words)
        {
            case PageWords.Bytes:
                MultiplyBytes(sum, word, page);
                break;
            case PageWords.Halves:
                Code.vfmadd231ps(sum, word, page);
                break;
            default:
                Code.vdpbf16ps(sum, word, page);
                break;
        }
    }

    private void LoadPointers(int pointerOffset, int strideOffset)
    {
        LoadArgument(rcx, strideOffset);
        LoadArgument(r8, pointerOffset);
        for (int pointer = 1; pointer * RowsPerPointer < tile.WordRows; pointer++)
        {
            Code.lea(RowPointers[pointer], __qword_ptr[RowPointers[pointer - 1] + (rcx * 2)]);
            Code.add(RowPointers[pointer], rcx);
        }
    }

    private AssemblerMemoryOperand Row(int row, int at)
    {
        AssemblerRegister64 pointer = RowPointers[row / RowsPerPointer];
        return (row % RowsPerPointer) switch
        {
            0 => pointer + at,
            1 => pointer + rcx + at,
            _ => pointer + (rcx * 2) + at,
        };
    }
}

/// <summary>Emits scores(rows, 64) = rows · keysᵀ: sixteen keys in the lanes, a step for each word of a query.</summary>
internal sealed class PageScoresEmitter(PageTile tile, int headWidth) : PageTileEmitter(tile, headWidth)
{
    private int Groups => PageTokens / (Tile.Vectors * RegisterLanes);

    private int StepsOfGroup => HeadWidth / Tile.ValuesPerWord;

    protected override int Steps => Groups * StepsOfGroup;

    protected override void EmitTiles()
    {
        int vectorStride = StepsOfGroup * Tile.VectorBytes;
        int blocks = Tile.Blocks(HeadWidth);
        int steps = StepsOfGroup / blocks;
        for (int group = 0; group < Groups; group++)
        {
            for (int block = 0; block < blocks; block++)
            {
                Begin(block);
                int at = (group * Tile.Vectors * vectorStride) + (block * steps * Tile.VectorBytes);
                EmitSteps(Tile.Vectors, steps, block * steps * 4, at, vectorStride, Tile.VectorBytes, Tile.Vectors);
                PointToResults();
                if (Tile.Words == PageWords.Bytes)
                {
                    StoreScaled(group, block);
                }
                else
                {
                    Store(group);
                }
            }
        }
    }

    protected override void MultiplyBytes(AssemblerRegisterZMM sum, AssemblerRegisterZMM word, AssemblerRegisterZMM page) => Code.vpdpbusd(sum, page, word);

    private void Begin(int block)
    {
        LoadArgument(rax, OffsetOffsets);
        for (int row = 0; row < Tile.WordRows; row++)
        {
            int query = row - (Tile.WordRows - Tile.Rows); // the lower level counts units
            for (int vector = 0; vector < Tile.Vectors; vector++)
            {
                if (Tile.Words != PageWords.Bytes || query < 0)
                {
                    Clear(Sum(row, vector));
                }
                else
                {
                    Code.vpbroadcastd(Sum(row, vector), __dword_ptr[rax + (4 * ((block * Tile.Rows) + query))]);
                }
            }
        }
    }

    private void StoreScaled(int group, int block)
    {
        int scales = (PageTokens * HeadWidth) + (block * PageTokens * sizeof(ushort));
        for (int vector = 0; vector < Tile.Vectors; vector++)
        {
            Code.vpmovzxwd(Free(vector), __ymmword_ptr[rdx + (scales + (((group * Tile.Vectors) + vector) * RegisterLanes * sizeof(ushort)))]);
            Code.vpslld(Free(vector), Free(vector), 16);
        }

        EmitLevels(Tile.Vectors);
        LoadArgument(rax, OffsetFactors);
        for (int row = 0; row < Tile.Rows; row++)
        {
            AssemblerRegisterZMM factor = Free(4 + (row & 3));
            Code.vbroadcastss(factor, __dword_ptr[rax + (4 * ((block * Tile.Rows) + row))]);
            for (int vector = 0; vector < Tile.Vectors; vector++)
            {
                AssemblerRegisterZMM sum = Sum(row, vector);
                AssemblerMemoryOperand result = ResultOf(row, At(group, vector));
                Code.vcvtdq2ps(sum, sum);
                Code.vmulps(sum, sum, Free(vector));
                if (block == 0)
                {
                    Code.vmulps(sum, sum, factor);
                }
                else
                {
                    Code.vfmadd213ps(sum, factor, result);
                }

                Code.vmovups(result, sum);
            }
        }
    }

    private void Store(int group)
    {
        for (int row = 0; row < Tile.Rows; row++)
        {
            for (int vector = 0; vector < Tile.Vectors; vector++)
            {
                Code.vmovups(ResultOf(row, At(group, vector)), Sum(row, vector));
            }
        }
    }

    private int At(int group, int vector) => ((group * Tile.Vectors) + vector) * RegisterLanes * sizeof(float);
}

/// <summary>Emits results(rows, D) = shrinks · results + factors · probabilities · values: sixteen values of a head in the lanes, a step for each word of probabilities.</summary>
internal sealed class PageResultsEmitter(PageTile tile, int headWidth) : PageTileEmitter(tile, headWidth)
{
    private int AllVectors => HeadWidth / RegisterLanes;

    private int StepsOfGroup => PageTokens / Tile.ValuesPerWord;

    private int Groups => (AllVectors + Tile.Vectors - 1) / Tile.Vectors;

    /// <summary>Registers that share probabilities and factors: bytes have those of their own block.</summary>
    private int BlockVectors => Tile.Words == PageWords.Bytes ? PagedShape.ScaleLength / RegisterLanes : Tile.Vectors;

    protected override int Steps => Groups * StepsOfGroup;

    protected override void EmitTiles()
    {
        for (int group = 0; group < Groups; group++)
        {
            int vectors = Math.Min(Tile.Vectors, AllVectors - (group * Tile.Vectors));
            for (int row = 0; row < Tile.WordRows; row++)
            {
                for (int vector = 0; vector < vectors; vector++)
                {
                    Clear(Sum(row, vector));
                }
            }

            int rowsAt = FirstBlock(group) * Tile.WordRows * PageTokens;
            EmitSteps(vectors, StepsOfGroup, rowsAt, group * Tile.Vectors * Tile.VectorBytes, Tile.VectorBytes, AllVectors * Tile.VectorBytes, BlockVectors);
            EmitLevels(vectors);
            AddToResults(group, vectors);
        }
    }

    protected override void MultiplyBytes(AssemblerRegisterZMM sum, AssemblerRegisterZMM word, AssemblerRegisterZMM page) => Code.vpdpbusd(sum, word, page);

    private int FirstBlock(int group) => Tile.Words == PageWords.Bytes ? group * Tile.Vectors / BlockVectors : 0;

    private void AddToResults(int group, int vectors)
    {
        PointToResults();
        LoadArgument(rax, OffsetFactors);
        LoadArgument(r11, OffsetShrinks);
        for (int row = 0; row < Tile.Rows; row++)
        {
            Code.vbroadcastss(Free(5), __dword_ptr[r11 + (4 * row)]);
            for (int vector = 0; vector < vectors; vector++)
            {
                if (vector % BlockVectors == 0)
                {
                    int block = FirstBlock(group) + (vector / BlockVectors);
                    Code.vbroadcastss(Free(4), __dword_ptr[rax + (4 * ((block * Tile.Rows) + row))]);
                }

                AssemblerMemoryOperand result = ResultOf(row, ((group * Tile.Vectors) + vector) * RegisterLanes * sizeof(float));
                if (Tile.Words == PageWords.Bytes)
                {
                    Code.vcvtdq2ps(Sum(row, vector), Sum(row, vector));
                }

                Code.vmulps(Free(vector), Free(5), result);
                Code.vfmadd231ps(Free(vector), Free(4), Sum(row, vector));
                Code.vmovups(result, Free(vector));
            }
        }
    }
}
