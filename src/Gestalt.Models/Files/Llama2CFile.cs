using System.Runtime.InteropServices;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>
/// A model in the first format of llama2.c (<c>.bin</c>): seven int32 (width, hidden, layers, heads, key heads, vocabulary, negative where the head is its
/// own, context), then float32 tensors grouped by kind. Its vocabulary, where it has one, is a second file (<c>tokenizer.bin</c>).
/// </summary>
public static unsafe class Llama2CFile
{
    private const int HeaderBytes = 7 * sizeof(int);
    private const int LargestSize = 1 << 24;
    private const int FirstByteToken = 3; // after <unk>, <s> and </s>
    private const float UnknownScore = -1e9f;

    /// <summary>Opens a model; its weights stay in the mapped file.</summary>
    /// <param name="path">The <c>.bin</c> file.</param>
    /// <param name="tokenizerPath">Its <c>tokenizer.bin</c>, or null: the tokens then stand for themselves, and text is written in single bytes.</param>
    /// <param name="device">Where it shall compute.</param>
    /// <exception cref="ModelFileException">A file is missing, damaged, or not of this format.</exception>
    public static LoadedModel Load(string path, string? tokenizerPath, Device device)
    {
        var file = MappedFile.Open(path);
        Transformer? model = null;
        try
        {
            TransformerConfig config = ReadConfig(file);
            model = new Transformer(config, device, allocate: false);
            Attach(file, model);
            return new LoadedModel
            {
                Transformer = model,
                Tokenizer = tokenizerPath is null ? Nameless(path, config.Vocabulary) : ReadTokenizer(tokenizerPath, config.Vocabulary),
                Metadata = new Dictionary<string, string> { ["general.architecture"] = "llama", ["general.name"] = Path.GetFileNameWithoutExtension(path) },
                StartId = 1,
                AddsStart = true,
                StopIds = [2],
                Mapping = file,
            };
        }
        catch
        {
            model?.Dispose();
            file.Dispose();
            throw;
        }
    }

    private static TransformerConfig ReadConfig(MappedFile file)
    {
        if (file.Length < HeaderBytes)
            throw new ModelFileException(file.Path, $"is no model of llama2.c: it has {file.Length} bytes", 0);
        int[] header = MemoryMarshal.Cast<byte, int>(file.Span(0, HeaderBytes)).ToArray();
        if (header.Any(size => size == 0 || Math.Abs((long)size) > LargestSize) || header.Where((_, i) => i != 5).Any(size => size < 0) || header[0] % header[3] != 0)
            throw new ModelFileException(file.Path, $"is no model of llama2.c: its header says {string.Join(", ", header)}", 0, "Give a .bin file of the first format, as karpathy/tinyllamas has them.");
        var config = new TransformerConfig
        {
            Layers = header[2],
            Width = header[0],
            Heads = header[3],
            KeyValueHeads = header[4],
            HeadWidth = header[0] / header[3],
            FeedForwardWidth = header[1],
            Vocabulary = Math.Abs(header[5]),
            Context = header[6],
            NormEpsilon = 1e-5f,
            RotaryPairs = RotaryPairs.Neighbours,
            TiedEmbeddings = header[5] > 0,
        };
        try
        {
            config.Validate();
        }
        catch (ArgumentException problem)
        {
            throw new ModelFileException(file.Path, $"describes a model that cannot be built: {problem.Message.TrimEnd('.')}", 0, inner: problem);
        }
        return (UInt128)config.ParameterCount * sizeof(float) <= (UInt128)(file.Length - HeaderBytes)
            ? config
            : throw new ModelFileException(file.Path, $"is cut short: its header promises {config.ParameterCount} weights and the file has {file.Length} bytes", 0, "Fetch it again.");
    }

    private static void Attach(MappedFile file, Transformer model)
    {
        long at = HeaderBytes;
        foreach (string name in (string[])["token_embd", "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_down", "ffn_up", "output_norm"])
        {
            bool isInBlocks = name.StartsWith("attn_", StringComparison.Ordinal) || name.StartsWith("ffn_", StringComparison.Ordinal);
            for (int layer = 0; layer < (isInBlocks ? model.Config.Layers : 1); layer++)
                Take(isInBlocks ? $"blk.{layer}.{name}.weight" : $"{name}.weight");
        }
        if (!model.Config.TiedEmbeddings)
        {
            // Cosines and sines, (context, head width / 2) each, which nobody reads any more.
            at += (long)model.Config.Context * model.Config.HeadWidth * sizeof(float);
            Take("output.weight");
        }

        void Take(string name)
        {
            Parameter parameter = model[name];
            long bytes = parameter.Length * sizeof(float);
            if (bytes > file.Length - at)
                throw new ModelFileException(file.Path, $"is cut short: it ends inside '{name}'", at, "Fetch it again.");
            byte* data = file.At(at, bytes);
            if (parameter.Role == ParameterRole.Vector)
                parameter.Attach((float*)data);
            else
                parameter.Attach(new StoredMatrix(data, WeightFormat.F32, parameter.Shape.Rows, parameter.Shape.Width));
            parameter.Trainable = false;
            at += bytes;
        }
    }

    /// <summary>The longest piece (int32), then for each token its score (float32), length (int32) and bytes.</summary>
    private static Tokenizer ReadTokenizer(string path, int vocabulary)
    {
        using MappedFile file = MappedFile.Open(path);
        var tokens = new string[vocabulary];
        var scores = new float[vocabulary];
        long at = sizeof(int);
        for (int id = 0; id < vocabulary; id++)
        {
            if (file.Length - at < 8)
                throw new ModelFileException(path, $"ends inside token {id} of {vocabulary}", at, "It is cut short, or belongs to another model.");
            scores[id] = MemoryMarshal.Read<float>(file.Span(at, 4));
            int length = MemoryMarshal.Read<int>(file.Span(at + 4, 4));
            if (length < 0 || length > file.Length - at - 8)
                throw new ModelFileException(path, $"gives token {id} a length of {length} bytes", at, "It is damaged, or no tokenizer.bin of llama2.c.");
            tokens[id] = System.Text.Encoding.UTF8.GetString(file.Span(at + 8, length)).Replace(' ', '▁');
            at += 8 + length;
        }
        return Build(path, tokens, scores);
    }

    /// <summary>The tokens that every such model has are known: three special ones and the bytes. The rest are named by their numbers.</summary>
    private static Tokenizer Nameless(string path, int vocabulary)
    {
        string[] tokens = [.. Enumerable.Range(0, vocabulary).Select(id => id >= FirstByteToken + 256 ? $"[{id}]" : "")];
        return Build(path, tokens, [.. Enumerable.Repeat(UnknownScore, vocabulary)], isNameless: true);
    }

    private static Tokenizer Build(string path, string[] tokens, float[] scores, bool isNameless = false)
    {
        var kinds = new int[tokens.Length];
        for (int id = 0; id < tokens.Length; id++)
        {
            bool isByte = id >= FirstByteToken && id < FirstByteToken + 256;
            tokens[id] = id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", _ when isByte => $"<0x{id - FirstByteToken:X2}>", _ => tokens[id] };
            kinds[id] = (int)(id switch { 0 => TokenKind.Unknown, 1 or 2 => TokenKind.Control, _ when isByte => TokenKind.Byte, _ when isNameless => TokenKind.Unused, _ => TokenKind.Normal });
        }
        try
        {
            return new StoredVocabulary
            {
                Model = "llama",
                Tokens = tokens,
                Scores = scores,
                TokenTypes = kinds,
                Ids = new Dictionary<string, long> { ["bos_token_id"] = 1, ["eos_token_id"] = 2, ["unknown_token_id"] = 0 },
            }.ToTokenizer();
        }
        catch (InvalidDataException problem)
        {
            throw new ModelFileException(path, $"has a vocabulary that cannot be used: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }
}
