#:project ../src/Gestalt.Inference/Gestalt.Inference.csproj
#:property PublishAot=false

// Finds the lines of a file that mean most nearly what you ask:   dotnet run samples/search.cs model.gguf notes.txt "where did I park?"
using Gestalt.Inference;
using Microsoft.Extensions.AI;

using var model = LanguageModel.Open(args[0]);
using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsEmbeddingGenerator();
string[] lines = [.. File.ReadLines(args[1]).Where(line => line.Length > 0)];
GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync([.. lines, args[2]]);
ReadOnlyMemory<float> wanted = vectors[^1].Vector;

// Vectors have length 1, so that the product of two says how far they point the same way.
foreach ((float likeness, string line) in lines.Select((line, i) => (Product(vectors[i].Vector.Span, wanted.Span), line)).OrderByDescending(found => found.Item1).Take(3))
    Console.WriteLine(FormattableString.Invariant($"{likeness:0.000}  {line}"));

static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
{
    float sum = 0;
    for (int i = 0; i < a.Length; i++)
        sum += a[i] * b[i];
    return sum;
}
