return Gestalt.Cli.Application.Run(args);
