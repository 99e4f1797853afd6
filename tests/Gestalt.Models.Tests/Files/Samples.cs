using System.Text.Json.Nodes;

namespace Gestalt.Models.Tests.Files;

/// <summary>Small files with something of everything in them.</summary>
internal static unsafe class Samples
{
    /// <summary>A GGUF file of every writable value and tensor type; <paramref name="values"/> holds at least 4×64 values.</summary>
    public static GgufWriter Gguf(NativeFloats values)
    {
        var writer = new GgufWriter();
        writer.SetText("general.architecture", "toy");
        writer.SetUInt32("general.alignment", 32);
        writer.SetUInt32("toy.count", 4_000_000_000);
        writer.SetUInt64("toy.big", 1UL << 40);
        writer.SetFloat32("toy.ratio", 0.1f);
        writer.SetFlag("toy.flag", true);
        writer.SetTexts("toy.tokens", ["<s>", "", "Ġthe", "𝒜"]);
        writer.SetInt32s("toy.types", [1, -2, int.MaxValue]);
        writer.SetFloat32s("toy.scores", [0.5f, -1]);
        writer.AddTensor("f32", TensorType.F32, values.Data, 4, 64);
        writer.AddTensor("f16", TensorType.F16, values.Data, 2, 2, 64);
        writer.AddTensor("bf16", TensorType.BF16, values.Data, 4, 64);
        writer.AddTensor("q8", TensorType.Q8_0, values.Data, 4, 64);
        writer.AddTensor("one", TensorType.F32, values.Data, 1);
        return writer;
    }

    /// <summary>Buffers as a tiny training run has them.</summary>
    public static NamedBuffer[] Buffers(NativeFloats weights, NativeFloats momentum) =>
    [
        new NamedBuffer("blk.0.attn_q.weight", weights.Data, weights.Length / 4, 4),
        new NamedBuffer("optimizer.blk.0.attn_q.weight.momentum", momentum.Data, momentum.Length),
    ];

    /// <summary>Everything else that such a run has to remember.</summary>
    public static JsonObject State(int step) => new()
    {
        ["step"] = step,
        ["random"] = new JsonArray(ulong.MaxValue, 0x123456789ABCDEFUL),
        ["loader"] = new JsonObject { ["shard"] = 3, ["position"] = 1L << 50 },
        ["plan"] = "b6f1\"é",
    };
}
