namespace Gestalt.Cli.Tests;

/// <summary>A one-minute life that was interrupted in the middle of its training and gone on with; the tests of <see cref="LifeTests"/> share it.</summary>
public sealed class FinishedLife : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FinishedLife()
    {
        GestaltProcess first = GestaltProcess.Start(_folder.Path, [], "life", "--minutes", "1", "--run", "small", "--no-chat");
        if (!OperatingSystem.IsWindows())
        {
            first.WaitFor("pretrain  step ", seconds: 300);
            first.Interrupt();
        }
        Interrupted = first.Wait(seconds: 600);
        Resumed = GestaltProcess.Start(_folder.Path, [], "life", "--run", "small", "--no-chat", "--json").Wait(seconds: 900);
    }

    internal string Folder => _folder.Path;

    internal string In(string name) => Path.Combine(_folder.Path, "runs", "small", name);

    /// <summary>The first session.</summary>
    internal Finished Interrupted { get; }

    /// <summary>The second session, to the end.</summary>
    internal Finished Resumed { get; }

    internal Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);

    internal Finished Run(byte[] input, params string[] args) => GestaltProcess.Run(_folder.Path, input, args);

    public void Dispose() => _folder.Dispose();
}
