namespace ClipGuard.Cli.Running;

/// <summary>What the command's exit code says. Part of the public contract: README lists them.</summary>
internal static class ExitCode
{
    /// <summary>Done, and no fault was found.</summary>
    public const int Clean = 0;

    /// <summary>Done, and faults were found; bad manifest lines count.</summary>
    public const int FaultsFound = 1;

    /// <summary>
    /// The command line, the configuration, the manifest or the output folder is not usable, the manifest names no clip, so much fails that something around
    /// the run is broken, or standard output is closed or cannot be written.
    /// </summary>
    public const int Usage = 2;

    /// <summary>Something is missing on the machine: a library, a program, descriptors, processes or threads.</summary>
    public const int MissingOnMachine = 3;

    /// <summary>Done, no fault was found, and some clips stay unsettled: the same command tries these alone.</summary>
    public const int Unsettled = 4;

    /// <summary>A bug of ClipGuard's own.</summary>
    public const int OwnBug = 70;

    /// <summary>Cancelled by Ctrl-C, SIGTERM, SIGUSR1 or the loss of the terminal: the same command goes on.</summary>
    public const int Cancelled = 130;
}
