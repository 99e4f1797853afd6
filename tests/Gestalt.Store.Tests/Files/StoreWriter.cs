using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gestalt.Store.Tests.Files;

/// <summary>The test program as another process that uses a store, and may be killed: it does what an environment variable says instead of running tests.</summary>
internal static partial class StoreWriter
{
    private const string FolderVariable = "GESTALT_TEST_STORE", LimitVariable = "GESTALT_TEST_STORE_LIMIT";
    private const int FileSize = 1;
    private const ulong Unlimited = ulong.MaxValue;

    /// <summary>Starts a process that puts documents "0", "1" ... as fast as it can and says each number when it is kept.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="fileLimit">How many bytes the system lets it write into one file; 0 for any number.</param>
    public static Process Start(string folder, int fileLimit = 0)
    {
        string program = Environment.ProcessPath!;
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(StoreWriter).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment[FolderVariable] = folder;
        start.Environment[LimitVariable] = $"{fileLimit}";
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void RunInsteadOfTests()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
            return;
        Write(folder, ulong.Parse(Environment.GetEnvironmentVariable(LimitVariable)!));
        Environment.Exit(0);
    }

    /// <summary>All on one thread: until this returns, others wait for the module to be initialized.</summary>
    private static void Write(string folder, ulong limit)
    {
        FileStore store = FileStore.Open(folder);
        if (limit > 0)
        {
            const int SizeExceeded = 25, Ignore = 1;
            _ = Signal(SizeExceeded, Ignore);
            Assert.Equal(0, SetLimit(FileSize, [limit, Unlimited]));
        }
        try
        {
            for (int i = 0; ; i++)
            {
                Put($"{i}", $"\"{new string((char)('a' + i % 26), i % 300)}\"");
                Console.WriteLine(i);
            }
        }
        catch (StoreException problem)
        {
            Console.WriteLine($"refused: {problem.Message}");
        }
        Assert.Equal(0, SetLimit(FileSize, [Unlimited, Unlimited]));
        Put("last", "1");
        Console.WriteLine($"then: {store.GetAsync("k", "last").AsTask().Result?.Json}");
        store.DisposeAsync().AsTask().Wait();

        void Put(string id, string json) => store.PutAsync("k", id, json).AsTask().GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] limits);
}
