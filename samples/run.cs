#:property AllowUnsafeBlocks=true
#:property Optimize=true
#:property PublishAot=false
// A language model is two files: the parameters, and the code that runs them. This is the code, all of it.
//
//     dotnet run samples/run.cs model.gguf "Once upon a time"
//
// A model answers one question only: given how a text begins, how well would each possible next piece continue it? To write, we
// choose one of the better pieces, put it at the end of the text, and ask again. Every story, answer and program that you have
// seen a model write came about like this, one piece at a time.
//
// The parameters are a few hundred tables of numbers that nobody wrote. They began as random numbers. Training ran the code below
// on a great deal of text and, after every piece, moved each number by a hair in the direction that would have given the piece
// that really came next a better score. What a model knows is what these nudges left behind. We take the numbers as we find them.
//
// This file follows the data. Read it from top to bottom:
//     the loop         text goes in, text comes out (right below)
//     1 ModelFile      what is in a .gguf file
//     2 Tokenizer      text → tokens, the numbers of its pieces → text
//     3 Matrix         tables of numbers, and how to multiply with them fast
//     4 Transformer    a token → a score for each token that could follow
//     5 Sampler        scores → the next token
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.RegularExpressions;
using Lanes = System.Runtime.Intrinsics.Vector512<float>; // sixteen numbers that the processor treats as one
try
{
    var words = new List<string>(args);
    double temperature = Option("--temperature", 0.8, most: 100), topP = Option("--top-p", 0.95, most: 1);
    int seed = (int)Option("--seed", Random.Shared.Next(), int.MaxValue), asked = (int)Option("--tokens", 0, int.MaxValue);
    if (words.Count is 0 or > 2 || words.Any(word => word.StartsWith("--", StringComparison.Ordinal)))
        throw new ArgumentException("Usage: dotnet run run.cs MODEL.gguf [PROMPT] [--tokens 256] [--temperature 0.8] [--top-p 0.95] [--seed N]");
    (string prompt, var file) = (words.ElementAtOrDefault(1) ?? "", new ModelFile(words[0]));
    var tokenizer = new Tokenizer(file);
    var transformer = new Transformer(file);
    var sampler = new Sampler(temperature, topP, seed);
    List<int> tokens = tokenizer.Encode(prompt);
    int room = transformer.Context - tokens.Count + 1; // a model is made for texts of a certain length, its context
    file.Require(tokens.Count > 0, "needs a prompt to begin with");
    file.Require(room >= Math.Max(asked, 1), $"reads texts of {transformer.Context} tokens; the prompt has {tokens.Count}, and {Math.Max(asked, 1)} more are asked for");
    int limit = asked > 0 ? asked : Math.Min(room, 256), written = 0;
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    Console.Write(prompt);
    // The loop. Read the prompt; then choose a token, print it, read it, and so on, until the model chooses one that is the end.
    float[] thought = [];
    foreach (int token in tokens)
        thought = transformer.Read(token);
    long began = Environment.TickCount64;
    while (written < limit && sampler.Choose(transformer.Score(thought)) is int next && !tokenizer.IsEnd(next))
    {
        Console.Write(tokenizer.Decode(next));
        if (++written < limit)
            thought = transformer.Read(next);
    }
    Console.WriteLine(tokenizer.Decode(null));
    Console.Error.WriteLine(FormattableString.Invariant($"{written} tokens, {written * 1000.0 / Math.Max(1, Environment.TickCount64 - began):0.0} a second"));
    return 0;
    double Option(string name, double otherwise, double most)
    {
        int at = words.IndexOf(name);
        double number = at < 0 ? otherwise : double.TryParse(words.ElementAtOrDefault(at + 1), CultureInfo.InvariantCulture, out double given) ? given : -1;
        words = [.. words.Where((_, i) => at < 0 || (i != at && i != at + 1))];
        return number >= 0 && number <= most ? number : throw new ArgumentException(FormattableString.Invariant($"{name} needs a number from 0 to {most}."));
    }
}
catch (Exception problem) when (problem is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(problem.Message);
    return problem is ArgumentException ? 2 : 1;
}

// ── 1. The file ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
// A GGUF file says how many tables and facts it has; then the facts (qwen3.block_count is 16); then the name, size, format and place
// of each table; then come the tables. It is mapped, not loaded: the system fetches a page of it when we first touch that page.
sealed unsafe class ModelFile
{
    readonly Dictionary<string, object> _facts = [];
    readonly Dictionary<string, Matrix> _tables = [];
    readonly string _path;
    readonly byte* _start;
    readonly long _length;
    long _at;

    public ModelFile(string path)
    {
        _path = path;
        _length = new FileInfo(path).Length;
        Require(_length >= 24, "is not a GGUF file");
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        Require(Next<uint>() == 0x46554747, "is not a GGUF file"); // the letters GGUF
        Require(Next<uint>() is 2 or 3, "is of a version of GGUF that is neither 2 nor 3");
        int tables = NextCount(bytesEach: 32), facts = NextCount(bytesEach: 13);
        for (int i = 0; i < facts; i++)
            _facts[NextText()] = NextFact(Next<uint>());
        var places = new List<(string Name, int Columns, int Rows, Format Format, ulong Offset)>();
        for (int i = 0; i < tables; i++)
        {
            (string name, uint dimensions) = (NextText(), Next<uint>());
            Require(dimensions is 1 or 2, $"has a table '{name}' of {dimensions} dimensions");
            places.Add((name, NextCount(), dimensions == 2 ? NextCount() : 1, (Format)Next<uint>(), Next<ulong>()));
        }
        long alignment = Math.Max(1, Size("general.alignment", 32)), data = (_at + alignment - 1) / alignment * alignment;
        foreach ((string name, int columns, int rows, Format format, ulong offset) in places)
        {
            Require(Enum.IsDefined(format) && (format != Format.Q8_0 || columns % 32 == 0), $"stores '{name}' in format {format}; this program reads F32, F16, BF16 and Q8_0");
            Require((double)data + offset + (double)rows * Numbers.Bytes(format, columns) <= _length, $"is cut short: '{name}' ends beyond it");
            Require(_tables.TryAdd(name, new Matrix(_start + data + offset, format, rows, columns)), $"is damaged: it has two tables '{name}'");
        }
    }

    // Takes a table, which must be as large as the facts say, and its bias, which is added to its results, if it has one.
    public Matrix Take(string name, int? rows, int columns)
    {
        Require(_tables.Remove(name + ".weight", out Matrix? table) && table.Columns == columns && table.Rows == (rows ?? table.Rows), $"has no table '{name}' of {rows} × {columns}");
        _tables.Remove(name + ".bias", out Matrix? bias);
        Require(bias is null || bias.Columns == (rows == 1 ? columns : rows), $"has a '{name}.bias' of {bias?.Columns} numbers");
        return table!.WithBias(bias?.Row(0));
    }

    // A table that nobody took belongs to another kind of model: we would not compute what its maker meant.
    public void RequireAllTaken() => Require(_tables.Count == 0, $"has a table '{_tables.Keys.FirstOrDefault()}', for which this program has no use");
    public bool Has(string table) => _tables.ContainsKey(table + ".weight");

    public T Fact<T>(string name, T? otherwise = default) =>
        _facts.GetValueOrDefault(name, otherwise!) is T fact ? fact : throw new InvalidDataException($"{_path} does not say '{name}' as it should.");
    public int Size(string name, double otherwise = -1) =>
        Fact(name, otherwise) is >= 0 and <= 1 << 24 and double size ? (int)size : throw new InvalidDataException($"{_path} says nothing possible about '{name}'.");

    public void Require(bool isRight, string otherwise) => _ = isRight ? true : throw new InvalidDataException($"{_path} {otherwise}.");

    ReadOnlySpan<byte> NextBytes(int count)
    {
        Require(count <= _length - _at, "is cut short");
        _at += count;
        return new ReadOnlySpan<byte>(_start + _at - count, count);
    }

    T Next<T>() where T : unmanaged => MemoryMarshal.Read<T>(NextBytes(sizeof(T)));
    int NextCount(int bytesEach = 1) // files may lie: a count is believed only if so many things fit into the rest of the file
    {
        ulong count = Next<ulong>();
        Require(count <= (ulong)Math.Min((_length - _at) / bytesEach, int.MaxValue), $"is damaged or cut short: at byte {_at - 8} it announces {count} things");
        return (int)count;
    }
    string NextText() => Encoding.UTF8.GetString(NextBytes(NextCount()));
    object NextFact(uint type) => type switch { 8 => NextText(), 9 => NextList(Next<uint>()), _ => NextNumber(type) };
    object NextList(uint type) => type == 8 ? Repeat(NextText, bytesEach: 8) : Repeat(() => NextNumber(type), bytesEach: 1);
    T[] Repeat<T>(Func<T> next, int bytesEach) => [.. Enumerable.Range(0, NextCount(bytesEach)).Select(_ => next())];
    double NextNumber(uint type) => type switch
    {
        0 or 7 => Next<byte>(), 1 => Next<sbyte>(), 2 => Next<ushort>(), 3 => Next<short>(), 4 => Next<uint>(), 5 => Next<int>(),
        6 => Next<float>(), 10 => Next<ulong>(), 11 => Next<long>(), 12 => Next<double>(),
        _ => throw new InvalidDataException($"{_path} is damaged: it has a fact of type {type}."),
    };
}

// ── 2. Text → tokens → text ──────────────────────────────────────────────────────────────────────────────────────────────────────
// A model knows no letters. It knows the numbers of some thousand pieces of text, its vocabulary. Each of the 256 bytes is a piece, so
// any text can be written; the others were made by joining the two neighbours that stood side by side most often, again and again:
// "t" + "h", later "th" + "e". The file lists these merges in their order, and to encode a text we make them again in that order.
sealed class Tokenizer
{
    // No piece crosses the border of a word. What a word is, one of these expressions says; the file names which.
    const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    const string Gpt2Digits = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+";
    const string Gpt4 = @"'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // The file writes each byte as a character that can be printed: if its own cannot, as one of those from U+0100 on.
    static readonly string Alphabet = string.Concat(Enumerable.Range(0, 256).Select(b => (char)(HasShape(b) ? b : 256 + Enumerable.Range(0, b).Count(c => !HasShape(c)))));
    static bool HasShape(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and not 0xAD);
    readonly string[] _tokens;
    readonly Dictionary<string, int> _pieces = [], _merges = [];
    readonly double[] _kinds;
    readonly int[] _start;
    readonly Regex _word;
    readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

    public Tokenizer(ModelFile file)
    {
        file.Require(file.Fact<string>("tokenizer.ggml.model") == "gpt2", "has a vocabulary that is not made of byte pairs");
        string rule = file.Fact("tokenizer.ggml.pre", "gpt-2");
        string? word = rule switch { "gpt-2" => Gpt2, "smollm" => Gpt2Digits, "dbrx" => Gpt4, "qwen2" => Gpt4.Replace("{1,3}", ""), _ => null };
        file.Require(word is not null, $"cuts text into words by a rule '{rule}', which this program does not know");
        _word = new Regex(word!);
        file.Require(file.Fact("gestalt.tokenizer.whole_words_first", 0.0) == 0, "prefers whole words, which this program does not");
        _tokens = file.Fact<string[]>("tokenizer.ggml.tokens");
        _kinds = file.Fact("tokenizer.ggml.token_type", Enumerable.Repeat(1.0, _tokens.Length).ToArray());
        file.Require(_kinds.Length == _tokens.Length && !_kinds.Contains(4), "has tokens of a kind that this program does not know");
        foreach (int id in Enumerable.Range(0, _tokens.Length).Where(id => _kinds[id] is 1 or 6))
            _pieces.TryAdd(_tokens[id], id);
        foreach (string merge in file.Fact<string[]>("tokenizer.ggml.merges"))
            _merges.TryAdd(merge, _merges.Count);
        _start = file.Fact("tokenizer.ggml.add_bos_token", 0.0) != 0 ? [file.Size("tokenizer.ggml.bos_token_id")] : [];
    }

    // Special tokens, of kind 3, are not text. One stands before every text; others say that a text is over, or that somebody has finished speaking, or
    // begins: a chat is a text like any other, a play of which the model writes one part. No text that a person types can become a special token.
    public bool IsEnd(int token) => token >= _tokens.Length || _kinds[token] == 3;

    public List<int> Encode(string text)
    {
        // The expressions ask whether a character is a letter, a number, a space or something else. A character beyond U+FFFF is two halves
        // in C#, which are none of these, so another one of its kind takes its place.
        List<int> tokens = [.. _start];
        Rune[] runes = [.. text.EnumerateRunes()];
        string kinds = string.Concat(runes.Select(rune => rune.IsBmp ? (char)rune.Value : Rune.IsLetter(rune) ? 'ª' : Rune.IsNumber(rune) ? '²' : '°'));
        foreach (ValueMatch word in _word.EnumerateMatches(kinds))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(runes[word.Index..(word.Index + word.Length)]));
            tokens.AddRange(EncodeWord(string.Concat(bytes.Select(b => Alphabet[b]))));
        }
        return tokens;
    }

    IEnumerable<int> EncodeWord(string word)
    {
        List<string> pieces = [.. word.Select(c => c.ToString())];
        while (pieces.Count > 1)
        {
            (int rank, int at) = Enumerable.Range(0, pieces.Count - 1).Min(i => (_merges.GetValueOrDefault($"{pieces[i]} {pieces[i + 1]}", int.MaxValue), i));
            if (rank == int.MaxValue)
                break;
            pieces[at] += pieces[at + 1];
            pieces.RemoveAt(at + 1);
        }
        return pieces.Select(piece => _pieces.TryGetValue(piece, out int id) ? id : throw new InvalidDataException($"The vocabulary has no token for '{piece}'."));
    }

    // Most of the world's characters are two to four bytes, perhaps in several tokens: the decoder waits until one is whole. Null: no more are coming.
    public string Decode(int? token)
    {
        byte[] bytes = token is not int id ? [] : _kinds[id] is 1 or 6 ? [.. _tokens[id].Select(c => (byte)Alphabet.IndexOf(c))] : Encoding.UTF8.GetBytes(_tokens[id]);
        var characters = new char[_utf8.GetCharCount(bytes, flush: token is null)];
        _utf8.GetChars(bytes, characters, flush: token is null);
        return new string(characters);
    }
}

// ── 3. Tables of numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
// A table of numbers, the weights. Multiplied with a list of numbers x, it gives another list: each row says how much of every x goes into
// one result. All that a model has learnt is in weights, and all its time goes into these products. Every weight of the model is needed for every
// token, so the memory sets the pace: at 40 GB a second, a model of 1 GB reads or writes 40 tokens. That is why weights are stored in few bits,
// and why we unpack them in the processor's registers, sixteen at once, and never in memory.
sealed unsafe class Matrix(byte* data, Format format, int rows, int columns, float[]? bias = null)
{
    readonly long _bytes = Numbers.Bytes(format, columns); // of a row
    public int Rows => rows;
    public int Columns => columns;
    public float[]? Bias => bias;
    public Matrix WithBias(float[]? numbers) => new(data, format, rows, columns, numbers);
    public Matrix Part(int first, int count) => new(data + first * _bytes, format, count, columns, bias?[first..(first + count)]);
    public float[] Row(int row) => row < rows ? [.. Enumerable.Range(0, columns).Select(i => Numbers.One(format, data + row * _bytes, i))] : throw new InvalidDataException($"There is no row {row} in a table of {rows}.");

    public float[] Times(float[] x)
    {
        var y = new float[rows];
        Parallel.For(0, rows, Numbers.Cores((long)rows * columns), row => y[row] = Numbers.Dot(format, data + row * _bytes, x) + (bias is null ? 0 : bias[row]));
        return y;
    }
}

// How numbers are stored. F32 is C#'s float: 1 bit for the sign, 8 for the power of two, 23 for the digits. BF16 is its upper half, F16 has 1, 5 and
// 10 bits of these: three decimal digits are enough for a weight. Q8_0 has blocks of 34 bytes: an F16, and 32 whole numbers from -127 to 127 to multiply with it.
enum Format : uint { F32 = 0, F16 = 1, Q8_0 = 8, BF16 = 30 }
static unsafe class Numbers
{
    // The bits of an F16 at their places in a float say a number 2^112 times too small: the two count powers of two from different ends.
    const int Places = unchecked((int)0x8FFFE000);
    const float Correction = 5.192297e33f;

    public static long Bytes(Format format, long count) => format switch { Format.F32 => count * 4, Format.Q8_0 => count / 32 * 34, _ => count * 2 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float One(Format format, byte* row, int i) => format switch
    {
        Format.F32 => ((float*)row)[i],
        Format.F16 => BitConverter.Int32BitsToSingle((((short*)row)[i] << 13) & Places) * Correction,
        Format.BF16 => BitConverter.Int32BitsToSingle(((short*)row)[i] << 16),
        _ => One(Format.F16, row + i / 32 * 34, 0) * ((sbyte*)row)[i / 32 * 34 + 2 + i % 32],
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)] static Lanes Sixteen(Format format, byte* row, int i) => format switch
    {
        Format.F32 => Vector512.Load((float*)row + i),
        Format.F16 => ((Widen(Vector256.Load((short*)row + i)) << 13) & Vector512.Create(Places)).AsSingle() * Correction,
        Format.BF16 => (Widen(Vector256.Load((short*)row + i)) << 16).AsSingle(),
        _ => Vector512.ConvertToSingle(Widen(Vector256.WidenLower(Vector128.Load((sbyte*)row + (uint)i / 32 * 34 + 2 + (uint)i % 32).ToVector256Unsafe()))) * One(Format.F16, row + (uint)i / 32 * 34, 0),
    };

    static Vector512<int> Widen(Vector256<short> numbers) => Vector512.WidenLower(numbers.ToVector512Unsafe());

    public static float Dot(Format format, byte* w, ReadOnlySpan<float> x) // the sum of all w[i] · x[i]: 32 at once, and what remains one by one
    {
        Lanes sum1 = default, sum2 = default;
        int i = 0;
        fixed (float* input = x)
            for (; i + 32 <= x.Length; i += 32)
            {
                sum1 = Vector512.FusedMultiplyAdd(Sixteen(format, w, i), Vector512.Load(input + i), sum1);
                sum2 = Vector512.FusedMultiplyAdd(Sixteen(format, w, i + 16), Vector512.Load(input + i + 16), sum2);
            }
        float sum = Vector512.Sum(sum1 + sum2);
        for (; i < x.Length; i++)
            sum += One(format, w, i) * x[i];
        return sum;
    }

    public static void Add(Span<float> sum, ReadOnlySpan<float> x, float factor = 1)
    {
        int i = 0;
        for (; i + 16 <= sum.Length; i += 16)
            (Vector512.Create<float>(sum[i..]) + factor * Vector512.Create(x[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] += factor * x[i];
    }

    // All cores share the work, unless there is so little that waking them would take longer.
    public static ParallelOptions Cores(long products) => new() { MaxDegreeOfParallelism = products < 100_000 ? 1 : -1 };

    // Turns scores into shares of 1. One point more makes the share e = 2.7 times as large: the best stand out, and none is quite lost.
    public static void Softmax(float[] scores)
    {
        float best = scores.Max(), sum = 0;
        foreach (ref float score in scores.AsSpan())
            sum += score = MathF.Exp(score - best);
        foreach (ref float score in scores.AsSpan())
            score /= sum;
    }
}

// ── 4. A token → scores ──────────────────────────────────────────────────────────────────────────────────────────────────────────
// The Transformer makes of each token a list of some hundred or thousand numbers, x: a place in a space of so many dimensions, where things
// that have something in common lie in the same direction. At first x is what the token means by itself. Each block then looks back at the
// tokens before, thinks about what it found, and adds what it learnt to x. After the last block, x points to what comes next.
sealed class Transformer
{
    readonly Matrix _tokens, _head;
    readonly Matrix? _places;
    readonly Block[] _blocks;
    readonly Norm _norm;
    int _position;
    public int Context { get; }

    public Transformer(ModelFile file)
    {
        string kind = file.Fact<string>("general.architecture");
        file.Require(kind is "qwen3" or "gpt2", $"holds a model of architecture '{kind}'; this program runs qwen3 and gpt2");
        file.Require(file.Fact($"{kind}.rope.scaling.type", "none") == "none", "stretches its positions, which this program does not do");
        int width = file.Size($"{kind}.embedding_length");
        float epsilon = (float)file.Fact<double>($"{kind}.attention.layer_norm_{(kind == "gpt2" ? "" : "rms_")}epsilon");
        Context = file.Size($"{kind}.context_length");
        _tokens = file.Take("token_embd", rows: null, width);
        _places = kind == "gpt2" ? file.Take("position_embd", Context, width) : null;
        _blocks = [.. Enumerable.Range(0, file.Size($"{kind}.block_count")).Select(i => new Block(file, kind, $"blk.{i}", width, epsilon))];
        _norm = new Norm(file.Take("output_norm", 1, width), epsilon);
        _head = file.Has("output") ? file.Take("output", _tokens.Rows, width) : _tokens;
        file.RequireAllTaken();
    }

    // Reads the next token of the text: what it means here, after all that came before it.
    public float[] Read(int token)
    {
        float[] x = _tokens.Row(token);
        if (_places is not null)
            Numbers.Add(x, _places.Row(_position++)); // GPT-2 learnt what it means to be the fifth token
        foreach (Block block in _blocks)
        {
            block.LookBack(x);
            block.Think(x);
        }
        return _norm.Of(x);
    }

    public float[] Score(float[] x) => _head.Times(x); // how well each token would come next: the more it has in common with x, the better
}

sealed unsafe class Block
{
    readonly int _heads, _keyHeads, _headWidth;
    readonly double _theta;
    readonly Norm _beforeLooking, _beforeThinking;
    readonly Norm? _queryNorm, _keyNorm;
    readonly Matrix _query, _key, _value, _found, _up, _down;
    readonly Matrix? _gate;
    readonly List<float[]> _keys = [], _values = []; // what the tokens so far have left for later ones: nothing is ever read twice

    public Block(ModelFile file, string kind, string name, int width, float epsilon)
    {
        _heads = file.Size($"{kind}.attention.head_count");
        _keyHeads = file.Size($"{kind}.attention.head_count_kv", _heads);
        file.Require(_heads > 0 && _keyHeads > 0 && _heads % _keyHeads == 0, $"divides {_heads} heads among {_keyHeads}");
        _headWidth = file.Size($"{kind}.attention.key_length", width / _heads);
        file.Require(file.Size($"{kind}.rope.dimension_count", _headWidth) == _headWidth, "turns a part of each head only, which this program does not");
        (int queries, int keys, int hidden) = (_heads * _headWidth, _keyHeads * _headWidth, file.Size($"{kind}.feed_forward_length"));
        if (kind == "gpt2") // has the three in one table, one below the other
        {
            Matrix all = file.Take($"{name}.attn_qkv", queries + 2 * keys, width);
            (_query, _key, _value) = (all.Part(0, queries), all.Part(queries, keys), all.Part(queries + keys, keys));
        }
        else
        {
            (_query, _key, _value) = (file.Take($"{name}.attn_q", queries, width), file.Take($"{name}.attn_k", keys, width), file.Take($"{name}.attn_v", keys, width));
            (_queryNorm, _keyNorm) = (new Norm(file.Take($"{name}.attn_q_norm", 1, _headWidth), epsilon), new Norm(file.Take($"{name}.attn_k_norm", 1, _headWidth), epsilon));
            (_gate, _theta) = (file.Take($"{name}.ffn_gate", hidden, width), file.Fact($"{kind}.rope.freq_base", 10_000.0));
        }
        (_found, _up, _down) = (file.Take($"{name}.attn_output", width, queries), file.Take($"{name}.ffn_up", hidden, width), file.Take($"{name}.ffn_down", width, hidden));
        (_beforeLooking, _beforeThinking) = (new Norm(file.Take($"{name}.attn_norm", 1, width), epsilon), new Norm(file.Take($"{name}.ffn_norm", 1, width), epsilon));
    }

    // Attention: how a token learns of those before it. From its x come a query (what do I look for?), a key (what do I have?) and a value (what
    // do I tell?). The query is compared with the key of every token so far, and the better they agree, the more of that token's value is taken
    // over. So "it" finds the cat of five words ago. This happens several times side by side, in heads, each of which looks for something else.
    public void LookBack(float[] x)
    {
        float[] normal = _beforeLooking.Of(x);
        float[] query = Place(_query.Times(normal), _queryNorm);
        _keys.Add(Place(_key.Times(normal), _keyNorm));
        _values.Add(_value.Times(normal));
        var found = new float[query.Length];
        Parallel.For(0, _heads, Numbers.Cores(2L * _keys.Count * found.Length), head =>
        {
            int mine = head * _headWidth, kin = head / (_heads / _keyHeads) * _headWidth; // several heads may share keys and values, to save memory
            var shares = new float[_keys.Count];
            fixed (float* wanted = &query[mine])
                for (int t = 0; t < shares.Length; t++)
                    shares[t] = Numbers.Dot(Format.F32, (byte*)wanted, _keys[t].AsSpan(kin, _headWidth)) / MathF.Sqrt(_headWidth);
            Numbers.Softmax(shares);
            for (int t = 0; t < shares.Length; t++)
                Numbers.Add(found.AsSpan(mine, _headWidth), _values[t].AsSpan(kin, _headWidth), shares[t]);
        });
        Numbers.Add(x, _found.Times(found));
    }

    // The feed-forward layer, where most of a model's knowledge is. Each row of the first table looks for one thing in x; a bent curve makes nothing
    // of what was not found; each column of the last table is what to add to x for one thing that was. Without the bend, two tables could do no more than one.
    public void Think(float[] x)
    {
        float[] normal = _beforeThinking.Of(x), up = _up.Times(normal);
        float[]? gate = _gate?.Times(normal); // in newer models one row says whether a thing is there, and another one how much of it
        for (int i = 0; i < up.Length; i++)
            up[i] = gate is null ? up[i] / 2 * (1 + MathF.Tanh(0.7978846f * (up[i] + 0.044715f * up[i] * up[i] * up[i]))) : up[i] * gate[i] / (1 + MathF.Exp(-gate[i]));
        Numbers.Add(x, _down.Times(up));
    }

    // Says where a token stands, by turning pairs of its numbers like the hands of clocks, fast ones and slow ones, a little further at each place. The
    // product of a query and a key then depends on how far apart they are (rotary positions, arXiv 2104.09864).
    float[] Place(float[] heads, Norm? norm)
    {
        for (int at = 0; at < heads.Length && norm is not null; at += _headWidth)
            norm.Of(heads[at..(at + _headWidth)]).CopyTo(heads, at);
        for (int i = 0; i < _headWidth / 2 && _theta > 0; i++)
        {
            (double sin, double cos) = Math.SinCos(_keys.Count * Math.Pow(_theta, -2.0 * i / _headWidth));
            for (int a = i, b = i + _headWidth / 2; b < heads.Length; a += _headWidth, b += _headWidth)
                (heads[a], heads[b]) = ((float)(heads[a] * cos - heads[b] * sin), (float)(heads[b] * cos + heads[a] * sin));
        }
        return heads;
    }
}

// On their way through the blocks, numbers grow. A norm brings a list to a common size, an average square of 1, times what training found best for
// each number. GPT-2 also subtracts the average and adds a bias.
sealed class Norm(Matrix table, float epsilon)
{
    readonly float[] _gain = table.Row(0);
    public float[] Of(float[] x)
    {
        float mean = table.Bias is null ? 0 : x.Average();
        float size = MathF.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / x.Length + epsilon);
        return [.. x.Select((value, i) => (value - mean) / size * _gain[i] + (table.Bias?[i] ?? 0))];
    }
}

// ── 5. Scores → the next token ───────────────────────────────────────────────────────────────────────────────────────────────────
// Always to take the best token gives dull texts that run in circles. So we draw lots, and a token with twice the share wins twice as often. Of the
// least likely tokens, which have 1 - top-p together, none is drawn; a temperature below 1 makes the likely ones likelier still, and at 0 the best one wins.
sealed class Sampler(double temperature, double topP, int seed)
{
    readonly Random _random = new(seed);
    public int Choose(float[] scores)
    {
        if (!float.IsFinite(scores.Max()))
            throw new InvalidDataException("The model's scores are not numbers: its file is damaged.");
        if (temperature == 0)
            return Array.IndexOf(scores, scores.Max());
        Numbers.Softmax(scores);
        int[] likely = [.. Enumerable.Range(0, scores.Length).Where(token => scores[token] >= (1 - topP) / scores.Length).OrderByDescending(token => scores[token])];
        double before = 0, sum = 0;
        var lots = new List<double>();
        for (int i = 0; i < likely.Length && (i == 0 || before < topP); before += scores[likely[i++]])
            lots.Add(sum += Math.Pow(scores[likely[i]], 1 / temperature));
        double drawn = _random.NextDouble() * sum;
        return likely[lots.FindIndex(lot => lot > drawn)];
    }
}
