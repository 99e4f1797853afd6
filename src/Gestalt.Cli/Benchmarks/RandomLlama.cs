using System.Globalization;
using System.Runtime.InteropServices;
using Gestalt.Cli.Terminal;
using Gestalt.Models;

namespace Gestalt.Cli.Benchmarks;

/// <summary>
/// A model of Llama's shape with 1.1 billion random weights, as a GGUF file that others open, too: how fast a model runs does not depend on what it says.
/// </summary>
/// <param name="Name">How its weights are stored, as files are named.</param>
/// <param name="Most">The form of most matrices.</param>
/// <param name="Precious">The form of the matrices that suffer most from few bits, in the layers in which llama.cpp's mixtures keep them finer, and of the head.</param>
internal sealed unsafe record RandomLlama(string Name, TensorType Most, TensorType Precious)
{
    private const int Width = 2048, Heads = 32, KeyValueHeads = 8, FeedForward = 8192, Vocabulary = 32_000, Context = 16_384;

    // What a soft layer adds, against a loud one: a draft of the loud layers alone then agrees most of the time, as real drafts do.
    private const float Softness = 0.02f;

    /// <summary>Layers.</summary>
    public int Layers { get; init; } = 16;

    /// <summary>How many layers speak up; the others add little, so that a model of the first few layers alone guesses the whole one's words.</summary>
    public int LoudLayers { get; init; } = int.MaxValue;

    /// <summary>Which random numbers the weights are.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Plain ids that never end a text: behind the three special tokens and the 256 bytes.</summary>
    public const int FirstPlainId = 259;

    /// <summary>The four that are measured.</summary>
    public static IReadOnlyList<RandomLlama> All { get; } =
    [
        new("f16", TensorType.F16, TensorType.F16), new("q8_0", TensorType.Q8_0, TensorType.Q8_0),
        new("q4_0", TensorType.Q4_0, TensorType.Q4_0), new("q4_k_m", TensorType.Q4_K, TensorType.Q6_K),
    ];

    /// <summary>Where the file is kept from one run to the next.</summary>
    public string Path => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "gestalt", "bench", $"llama-{FileName}-{Name}.gguf");

    private string FileName => (Layers == 16 ? "1.1b" : $"{Layers}-layers") + (LoudLayers < Layers ? $"-{LoudLayers}-loud" : "") + (Seed == 1 ? "" : $"-seed-{Seed}");

    /// <summary>Bytes of weights that a token reads: all but the table of embeddings, of which it reads a row.</summary>
    public long BytesPerToken => Tensors().Sum(tensor => tensor.Name == "token_embd.weight" ? 0 : tensor.Type.ByteLength(tensor.Rows * tensor.Columns));

    /// <summary>Makes the file if it is not there; it takes up to a minute.</summary>
    public string Ensure()
    {
        if (File.Exists(Path)) return Path;
        Messages.Say($"making {Path} once, with random weights");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        long most = Tensors().Max(tensor => tensor.Rows * tensor.Columns);
        float* values = (float*)NativeMemory.Alloc((nuint)(most * sizeof(float)));
        float* soft = (float*)NativeMemory.Alloc((nuint)(most * sizeof(float)));
        float* ones = (float*)NativeMemory.Alloc(Width * sizeof(float));
        try
        {
            FillGaussian(new Span<float>(values, checked((int)most)));
            for (long i = 0; i < most; i++) soft[i] = Softness * values[i];
            new Span<float>(ones, Width).Fill(1);
            var writer = new GgufWriter();
            Describe(writer);
            foreach ((string name, TensorType type, long rows, long columns) in Tensors())
            {
                if (rows == 1) writer.AddTensor(name, type, ones, columns);
                else writer.AddTensor(name, type, IsSoft(name) ? soft : values, rows, columns);
            }
            writer.Write(Path);
        }
        finally
        {
            NativeMemory.Free(values);
            NativeMemory.Free(soft);
            NativeMemory.Free(ones);
        }
        return Path;
    }

    private IEnumerable<(string Name, TensorType Type, long Rows, long Columns)> Tensors()
    {
        const int KeyWidth = Width / Heads * KeyValueHeads;
        yield return ("token_embd.weight", Most, Vocabulary, Width);
        for (int layer = 0; layer < Layers; layer++)
        {
            // The first and the last eighth of the layers and every third between.
            bool isPrecious = layer < Layers / 8 || layer >= Layers * 7 / 8 || (layer - (Layers / 8)) % 3 == 2;
            TensorType fine = isPrecious ? Precious : Most;
            string block = $"blk.{layer}.";
            yield return (block + "attn_norm.weight", TensorType.F32, 1, Width);
            yield return (block + "attn_q.weight", Most, Width, Width);
            yield return (block + "attn_k.weight", Most, KeyWidth, Width);
            yield return (block + "attn_v.weight", fine, KeyWidth, Width);
            yield return (block + "attn_output.weight", Most, Width, Width);
            yield return (block + "ffn_norm.weight", TensorType.F32, 1, Width);
            yield return (block + "ffn_gate.weight", Most, FeedForward, Width);
            yield return (block + "ffn_up.weight", Most, FeedForward, Width);
            yield return (block + "ffn_down.weight", fine, Width, FeedForward);
        }
        yield return ("output_norm.weight", TensorType.F32, 1, Width);
        yield return ("output.weight", Precious, Vocabulary, Width);
    }

    /// <summary>Whether a tensor writes to the stream in a layer that does not speak up.</summary>
    private bool IsSoft(string name) =>
        name.Split('.') is ["blk", string layer, "attn_output" or "ffn_down", ..] && int.Parse(layer, CultureInfo.InvariantCulture) >= LoudLayers;

    private void Describe(GgufWriter writer)
    {
        writer.SetText("general.architecture", "llama");
        writer.SetText("general.name", "random");
        writer.SetUInt32("llama.block_count", (uint)Layers);
        writer.SetUInt32("llama.context_length", Context);
        writer.SetUInt32("llama.embedding_length", Width);
        writer.SetUInt32("llama.feed_forward_length", FeedForward);
        writer.SetUInt32("llama.attention.head_count", Heads);
        writer.SetUInt32("llama.attention.head_count_kv", KeyValueHeads);
        writer.SetUInt32("llama.rope.dimension_count", Width / Heads);
        writer.SetFloat32("llama.rope.freq_base", 500_000);
        writer.SetFloat32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        writer.SetUInt32("llama.vocab_size", Vocabulary);

        var tokens = new string[Vocabulary];
        var scores = new float[Vocabulary];
        var types = new int[Vocabulary];
        for (int id = 0; id < Vocabulary; id++)
        {
            tokens[id] = id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", < FirstPlainId => $"<0x{id - 3:X2}>", _ => $"▁t{id}" };
            types[id] = id switch { 0 => 2, 1 or 2 => 3, < FirstPlainId => 6, _ => 1 };
            scores[id] = id < FirstPlainId ? 0 : -id;
        }
        writer.SetText("tokenizer.ggml.model", "llama");
        writer.SetTexts("tokenizer.ggml.tokens", tokens);
        writer.SetFloat32s("tokenizer.ggml.scores", scores);
        writer.SetInt32s("tokenizer.ggml.token_type", types);
        writer.SetUInt32("tokenizer.ggml.bos_token_id", 1);
        writer.SetUInt32("tokenizer.ggml.eos_token_id", 2);
        writer.SetUInt32("tokenizer.ggml.unknown_token_id", 0);
    }

    /// <summary>Normal values of deviation 0.02: Box and Muller's way, two at a time.</summary>
    private void FillGaussian(Span<float> values)
    {
        var random = new Random(Seed);
        for (int i = 0; i + 1 < values.Length; i += 2)
        {
            float radius = 0.02f * MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle()));
            (float sin, float cos) = MathF.SinCos(2 * MathF.PI * random.NextSingle());
            values[i] = radius * sin;
            values[i + 1] = radius * cos;
        }
    }
}
