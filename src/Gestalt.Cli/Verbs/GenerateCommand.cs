using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Inference;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt generate</c>: a text's beginning → its continuation.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string[]>("PROMPT") { Description = "The beginning; standard input if it is -, nothing at all to let the model dream", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string?>("--model", "-m") { Description = "A model file, a run, or a pulled model [default: the newest run]", HelpName = "FILE" };
        var count = new Option<int>("--count") { Description = "How many continuations", HelpName = "N", DefaultValueFactory = _ => 1 };
        var sampling = new SamplingArguments(temperature: 0.8);
        var engine = new EngineArguments();
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "generate",
            "Let a model continue a text",
            "The continuation streams to stdout as it is written, without the prompt. A base model continues anything; an assistant is better talked to with 'gestalt chat'.",
            new Example("gestalt generate \"Once upon a time\"", "with the newest run's model"),
            new Example("gestalt generate \"The village of\" -m runs/first/base/model.gguf --temperature 0 -n 60", "what the base model finds likeliest"),
            new Example("gestalt generate \"A person: \" --json-schema person.json", "JSON that satisfies a schema, whatever the model"),
            new Example("gestalt generate - --count 5 --json < beginning.txt", "five continuations, a JSON object each"),
            new Example("gestalt generate \"def main\" -m large.gguf --draft small.gguf --cache q8_0", "the large model's text at more of the small one's pace, in half the memory"))
            .With(prompt, model, count).With(sampling.All).With(engine.All).With(precision, json)
            .Does(parse => Generate(
                parse.GetValue(prompt) ?? [], parse.GetValue(model), parse.GetValue(count), sampling.Read(parse), engine.Read(parse), parse.GetValue(precision), parse.GetValue(json)));
    }

    private static void Generate(string[] words, string? modelName, int count, SamplingRequest request, EngineRequest engine, string? precision, bool json)
    {
        string prompt = words is ["-"] ? Encoding.UTF8.GetString(TokenizerOptions.Input(words)) : string.Join(' ', words);
        using var interruption = new Interruption("");
        using LanguageModel model = engine.Open(ModelSource.Find(modelName), precision);
        TextGenerator generator = model.Generator;
        GenerationOptions options = request.For(model.Loaded);
        if (prompt.Length == 0 && generator.PromptIds("").Length == 0)
            throw new UserError(ExitCode.Usage, "this model needs a beginning: gestalt generate \"Once upon a time\"");
        for (int number = 0; number < count; number++)
        {
            GenerationOptions numbered = options with { Sampling = options.Sampling with { Seed = options.Sampling.Seed + (ulong)number } };
            long begun = Stopwatch.GetTimestamp();
            TextStream stream = generator.Complete(prompt, numbered, interruption.Token);
            var text = new StringBuilder();
            var shown = WrappedText.OnStdout();
            try
            {
                foreach (string piece in stream)
                {
                    text.Append(piece);
                    if (!json) shown.Write(piece);
                }
            }
            finally
            {
                shown.End();
            }
            if (!json) Console.Out.WriteLine();
            else
                Json.Write(new
                {
                    Prompt = prompt,
                    Text = text.ToString(),
                    stream.Reason,
                    stream.PromptTokens,
                    stream.GeneratedTokens,
                    numbered.Sampling.Seed,
                    Seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds,
                });
        }
    }
}
