using Gestalt.Os.Tests.Mcp;
using Xunit.Runner.InProc.SystemConsole;

return args is [TestServer.Flag, .. string[] how] ? await TestServer.RunAsync(how) : await ConsoleRunner.Run(args);
