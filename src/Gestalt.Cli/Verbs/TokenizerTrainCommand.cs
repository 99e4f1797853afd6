using System.CommandLine;
using System.Diagnostics;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Text;
using Gestalt.Training;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer train</c>: text → vocabulary.</summary>
internal static class TokenizerTrainCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("INPUT") { Description = "Text files, folders, globs, a corpus made by 'gestalt corpus', or - for standard input", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> run = RunSource.Option("The run to learn for, from its corpus; writes its token shards, too");
        var vocabulary = new Option<int>("--vocabulary", "-v") { Description = "Tokens, special ones included", HelpName = "N", DefaultValueFactory = _ => 8192 };
        var output = new Option<string>("--out", "-o") { Description = "The file to write", HelpName = "FILE", DefaultValueFactory = _ => "tokenizer.json" };
        var rule = new Option<string>("--rule") { Description = "How text is cut into words first: gpt2, cl100k or qwen2", HelpName = "RULE", DefaultValueFactory = _ => "qwen2" };
        rule.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "gpt2", "cl100k", "qwen2");
        Option<bool> json = Json.Option();
        return new Verb(
            "train",
            "Learn a vocabulary from text",
            "The result depends on the text alone: not on the number of threads, not on the order of the files. Seven special tokens are always there: <|endoftext|>, <|im_start|> and <|im_end|>, <tool_call> and <think> with what closes them; text can never contain them.",
            new Example("gestalt tokenizer train books/ --vocabulary 8192", "learn 8,192 tokens from a folder and write tokenizer.json"),
            new Example("gestalt tokenizer train --run first --vocabulary 4096", "for a run, with its token shards"),
            new Example("cat *.txt | gestalt tokenizer train - -v 4096 -o small.json", "from standard input"))
            .With(inputs, run, vocabulary, output, rule, json)
            .Does(parse =>
            {
                if (parse.GetValue(run) is string name) TrainFor(RunSource.Existing(name), parse.GetValue(vocabulary), parse.GetValue(GlobalOptions.Threads) ?? Environment.ProcessorCount, parse.GetValue(json));
                else Train(parse.GetValue(inputs) ?? [], parse.GetValue(vocabulary), parse.GetRequiredValue(output),
                Rule(parse.GetRequiredValue(rule)), parse.GetValue(json));
            });
    }

    private static PreTokenizer Rule(string name) => PreTokenizer.All.First(rule => string.Equals(rule.Name, name, StringComparison.OrdinalIgnoreCase));

    private static void TrainFor(RunFolder run, int size, int threads, bool json)
    {
        using var interruption = new Interruption();
        using var progress = new WorkProgress("counting words in", QuantityFormat.Bytes);
        VocabularyOutcome outcome = RunStage.Do(run, "tokenizer",
            made => FormattableString.Invariant($"{made.Tokenizer.VocabularySize:N0} tokens; {made.Training.Tokens / 1e6:0.00} M tokens to learn from, {made.HeldOut.Tokens / 1e6:0.00} M held out"),
            () => VocabularyStage.Run(run, size, fewer: null, threads, new Watch(progress), interruption.Token));
        if (json) Json.Write(new { File = run.Tokenizer, outcome.Tokenizer.VocabularySize, TrainingTokens = outcome.Training.Tokens, HeldOutTokens = outcome.HeldOut.Tokens });
    }

    private static void Train(string[] inputs, int size, string output, PreTokenizer rule, bool json)
    {
        if (inputs.Length == 0) throw new UserError(ExitCode.Usage, "what shall it learn from? Give files, folders, globs, - for standard input, or a run: gestalt tokenizer train --run first");
        OutputPath.Require(output);
        using var interruption = new Interruption();
        using var progress = new WorkProgress("counting words in", QuantityFormat.Bytes);
        long begun = Stopwatch.GetTimestamp(), bytes = 0, documents = 0;
        IEnumerable<ReadOnlyMemory<byte>> Texts()
        {
            foreach (ReadOnlyMemory<byte> document in TextInput.Documents(inputs))
            {
                bytes += document.Length;
                documents++;
                yield return document;
            }
        }

        Tokenizer tokenizer = BpeTrainer.Train(Texts(), size, rule, progress: new Watch(progress), cancellation: interruption.Token);
        TokenizerJson.Save(tokenizer, output);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (json) Json.Write(new { File = output, tokenizer.VocabularySize, Rule = rule.Name, Documents = documents, Bytes = bytes, Seconds = seconds });
        else Messages.Say($"{tokenizer.VocabularySize:N0} tokens from {documents:N0} documents ({QuantityFormat.Bytes(bytes)}) in {QuantityFormat.Duration(seconds)} → {output}");
    }

    private sealed class Watch(WorkProgress progress) : IProgress<BpeProgress>
    {
        public void Report(BpeProgress value) =>
            progress.Report(value.BytesRead, null, value.MergesWanted > 0 ? $"merge {value.Merges:N0} of {value.MergesWanted:N0}" : "");
    }
}
