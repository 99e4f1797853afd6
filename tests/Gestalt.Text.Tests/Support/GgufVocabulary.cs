using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>The vocabulary of a GGUF file (version 2 or 3), read with no help from the code that is tested.</summary>
internal sealed class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    private readonly Dictionary<string, object> _metadata = [];

    public GgufVocabulary(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal(0x46554747u, reader.ReadUInt32());
        Assert.InRange(reader.ReadUInt32(), 2u, 3u);
        reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        for (ulong i = 0; i < count; i++)
        {
            string key = ReadString(reader);
            _metadata[key] = ReadValue(reader, reader.ReadUInt32());
        }
    }

    public string[] Tokens => [.. ((object[])_metadata["tokenizer.ggml.tokens"]).Cast<string>()];

    public string[] Merges => [.. ((object[])_metadata["tokenizer.ggml.merges"]).Cast<string>()];

    public int[] TokenTypes => [.. ((object[])_metadata["tokenizer.ggml.token_type"]).Cast<int>()];

    public string PreTokenizer => (string)_metadata["tokenizer.ggml.pre"];

    public Tokenizer ToTokenizer() => ToStored().ToTokenizer();

    public StoredVocabulary ToStored()
    {
        Dictionary<string, object> values = _metadata.Where(value => value.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(value => value.Key[Prefix.Length..], value => value.Value);
        return new StoredVocabulary
        {
            Model = (string)values["model"],
            PreTokenizer = (string?)values.GetValueOrDefault("pre"),
            Tokens = Tokens,
            TokenTypes = values.ContainsKey("token_type") ? TokenTypes : null,
            Scores = values.TryGetValue("scores", out object? scores) ? [.. ((object[])scores).Cast<float>()] : null,
            Merges = values.ContainsKey("merges") ? Merges : null,
            Ids = values.Where(value => value.Value is uint or int).ToDictionary(value => value.Key, value => Convert.ToInt64(value.Value, CultureInfo.InvariantCulture)),
            Flags = values.Where(value => value.Value is bool).ToDictionary(value => value.Key, value => (bool)value.Value),
            ModelName = (string?)_metadata.GetValueOrDefault("general.name"),
        };
    }

    private static string ReadString(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes(checked((int)reader.ReadUInt64())));

    private static object ReadValue(BinaryReader reader, uint type)
    {
        switch (type)
        {
            case 0: return reader.ReadByte();
            case 1: return reader.ReadSByte();
            case 2: return reader.ReadUInt16();
            case 3: return reader.ReadInt16();
            case 4: return reader.ReadUInt32();
            case 5: return reader.ReadInt32();
            case 6: return reader.ReadSingle();
            case 7: return reader.ReadBoolean();
            case 8: return ReadString(reader);
            case 10: return reader.ReadUInt64();
            case 11: return reader.ReadInt64();
            case 12: return reader.ReadDouble();
            default:
                Assert.Equal(9u, type);
                uint itemType = reader.ReadUInt32();
                var items = new object[reader.ReadUInt64()];
                for (int i = 0; i < items.Length; i++)
                {
                    items[i] = ReadValue(reader, itemType);
                }

                return items;
        }
    }
}
