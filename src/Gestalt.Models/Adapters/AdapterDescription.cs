namespace Gestalt.Models;

/// <summary>What an adapter's files say of it, without its model.</summary>
/// <param name="Format"><c>PEFT</c> or <c>GGUF</c>.</param>
/// <param name="Kind"><c>LoRA</c> or <c>DoRA</c>.</param>
/// <param name="Model">The model that it says it belongs to; empty if it does not say.</param>
/// <param name="Rank">r of its first matrix.</param>
/// <param name="Alpha">α.</param>
/// <param name="Matrices">How many matrices it changes.</param>
/// <param name="Parts">Which parts of a block they are, in the file's words.</param>
/// <param name="Values">How many values it has.</param>
/// <param name="Bytes">Bytes of its tensors' file.</param>
public sealed record AdapterDescription(
    string Format, string Kind, string Model, int Rank, double Alpha, int Matrices, IReadOnlyList<string> Parts, long Values, long Bytes)
{
    /// <summary>Reads what an adapter's files say.</summary>
    /// <param name="path">A PEFT folder or a GGUF file.</param>
    /// <exception cref="ModelFileException">It is missing, damaged or no adapter.</exception>
    public static AdapterDescription Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!AdapterFile.IsOne(path))
            throw new ModelFileException(path, "is no adapter", advice: $"Give a folder with {AdapterFile.ConfigName}, or a GGUF adapter.");
        return path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? OfGguf(path) : OfPeft(AdapterFile.FolderOf(path));
    }

    private static AdapterDescription OfGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        const string Ending = ".weight.lora_a";
        GgufTensor[] downs = [.. file.Tensors.Where(tensor => tensor.Name.EndsWith(Ending, StringComparison.Ordinal))];
        return new AdapterDescription(
            "GGUF", "LoRA", file.TryGet("general.base_model.0.name", out GgufValue name) ? name.AsText() : "", downs is [{ Dimensions: [_, long rank] }, ..] ? (int)rank : 0,
            file.TryGet("adapter.lora.alpha", out GgufValue alpha) ? alpha.AsNumber() : 0, downs.Length,
            [.. downs.Select(tensor => tensor.Name[..^Ending.Length].Split('.')[^1]).Distinct().Order(StringComparer.Ordinal)], file.Tensors.Sum(tensor => tensor.Count), file.Length);
    }

    private static AdapterDescription OfPeft(string folder)
    {
        var json = new HubJson(Path.Combine(folder, AdapterFile.ConfigName), HubFolder.Json(folder, AdapterFile.ConfigName)!.Value);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, AdapterFile.TensorsName));
        const string Ending = ".lora_A.weight";
        SafetensorsTensor[] downs = [.. file.Tensors.Where(tensor => tensor.Name.EndsWith(Ending, StringComparison.Ordinal))];
        return new AdapterDescription(
            "PEFT", json.Flag("use_dora", otherwise: false) ? "DoRA" : "LoRA", json.Has("base_model_name_or_path") ? json.Text("base_model_name_or_path") : "", json.Size("r"),
            json.Number("lora_alpha", 0), downs.Length, [.. downs.Select(tensor => tensor.Name[..^Ending.Length].Split('.')[^1]).Distinct().Order(StringComparer.Ordinal)],
            file.Tensors.Sum(tensor => tensor.Count), file.Length);
    }
}
