using System.CommandLine;

namespace Gestalt.Cli.Verbs;

/// <summary>All verbs, in the order of a model's life.</summary>
internal static class GestaltCommand
{
    private const string Closing = """
        Exit status:
          0 done · 2 wrong usage · 3 something is missing · 4 input that cannot serve · 5 a damaged file
          6 the result cannot be written · 7 training diverged · 8 a model became worse (--strict)
          130 interrupted, after saving · 1 anything else

        Results go to stdout, messages to stderr; --json gives results as JSON. NO_COLOR is respected.
        'gestalt VERB --help' explains a verb with examples.
        """;

    /// <summary>Builds the tree of commands. Nothing heavy is touched before a verb runs.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("""
            Gestalt: the whole life of a language model on your own machine.

            'gestalt life' lets one be born, taught and examined in ten minutes, and then you can talk to it.
            Each stage of that life is a verb of its own that reads and writes plain files.
            """)
        {
            LifeCommand.Create(),
            WorldCommand.Create(),
            CorpusCommand.Create(),
            TokenizerCommand.Create(),
            PretrainCommand.Create(),
            FinetuneCommand.Create(),
            AdapterCommand.Create(),
            InterrogateCommand.Create(),
            LabelCommand.Create(),
            PreferCommand.Create(),
            ReinforceCommand.Create(),
            PlayCommand.Create(),
            EvalCommand.Create(),
            ImproveCommand.Create(),
            ArenaCommand.Create(),
            ExportCommand.Create(),
            QuantizeCommand.Create(),
            ConvertCommand.Create(),
            ChatCommand.Create(),
            GenerateCommand.Create(),
            ServeCommand.Create(),
            McpCommand.Create(),
            PullCommand.Create(),
            ListCommand.Create(),
            ShowCommand.Create(),
            RemoveCommand.Create(),
            BenchCommand.Create(),
            GlobalOptions.Threads,
            GlobalOptions.Debug,
        };
        VerbHelp.Install(root, Closing);
        root.SetAction(parse => new VerbHelp(Closing).Invoke(parse));
        return root;
    }
}
