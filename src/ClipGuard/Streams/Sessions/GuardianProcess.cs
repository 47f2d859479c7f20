using System.Collections;
using System.ComponentModel;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>A process that runs the tool of one session after the other, and ends all that descends from it.</summary>
internal sealed class GuardianProcess : IIdleProcess, IDisposable
{
    private const int KeptErrorBytes = 4096;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private string _folder = string.Empty;
    private int _disposed;

    private GuardianProcess(HelperProcess process, PipeTail output, PipeTail errors)
    {
        Process = process;
        Output = output;
        ToolErrors = errors;
        OwnErrors = new PipeTail(process.Errors, KeptErrorBytes);
    }

    /// <summary>The process.</summary>
    public HelperProcess Process { get; }

    /// <summary>The tool's standard output.</summary>
    public PipeTail Output { get; }

    /// <summary>The tool's standard error.</summary>
    public PipeTail ToolErrors { get; }

    /// <summary>What the guardian itself complained of.</summary>
    public PipeTail OwnErrors { get; }

    /// <summary>True once it has said that it is ready.</summary>
    public bool IsReady { get; set; }

    /// <summary>
    /// Guardians of one <see cref="StreamGuard"/>: one whose tool has ended, with all that descended from it, waits for the next session, so that runs in
    /// a row do not each pay for the start of a process. Guardians are not confined: the tools that they start are the user's own.
    /// </summary>
    public static IdleProcessPool<GuardianProcess> Pool(StreamOptions options) =>
        new(HelperSpawner.For(SandboxLevel.Off), spawner => Start(options, spawner.DevNull));

    /// <summary>Starts a guardian on a thread that is not confined and lives as long as this process.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static GuardianProcess Start(StreamOptions options, int devNull)
    {
        string path = options.GuardianPath ?? HelperProgram.Find();
        var launch = new HelperLaunch(path, [path, "guard"], Environment(), PayloadBytes: System.Environment.SystemPageSize);
        int outputRead = -1, outputWrite = -1, errorsRead = -1, errorsWrite = -1;
        try
        {
            Descriptors.MakePipe(out outputRead, out outputWrite);
            Descriptors.MakePipe(out errorsRead, out errorsWrite);
            var process = HelperProcess.Start(launch, devNull, outputWrite, errorsWrite);
            var guardian = new GuardianProcess(process, new PipeTail(outputRead, options.OutputBytes), new PipeTail(errorsRead, options.OutputBytes));
            (outputRead, errorsRead) = (-1, -1);
            return guardian;
        }
        finally
        {
            Descriptors.CloseAll(outputRead, outputWrite, errorsRead, errorsWrite);
        }
    }

    /// <summary>Begins a session.</summary>
    /// <param name="folder">The session's folder, which it removes where this process cannot any more.</param>
    /// <returns>Null, or why the order could not be given.</returns>
    public string? Hold(string folder)
    {
        _folder = folder;
        Output.Forget();
        ToolErrors.Forget();
        return MessageSocket.Send(Process.Socket, new HoldFolderCommand(folder));
    }

    /// <summary>Has it run the session's tool.</summary>
    /// <returns>Null, or why the order could not be given.</returns>
    public string? Run(RunToolCommand order) => MessageSocket.Send(Process.Socket, order);

    /// <inheritdoc/>
    public void End()
    {
        _ = Process.EndAndReap();
        Dispose();
    }

    /// <summary>Ends it while it may have a session, and all that it guards with it; what is open for it stays so.</summary>
    public void EndWithTool()
    {
        Process.CloseSocket();
        _ = ProcessWait.ForEnd(Process.PidDescriptor, EndTimeout);
        if (!Process.EndAndReap().IsClean)
        {
            EndOrphans();
        }
    }

    /// <summary>Ends what it has left of its session, being gone too early, and waits for its end.</summary>
    public void EndOrphans()
    {
        if (_folder.Length > 0)
        {
            OrphanedProcesses.End(_folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Process.Release();
            Descriptors.CloseAll(Output.Descriptor, ToolErrors.Descriptor);
        }
    }

    // The tool runs as if the user had started it, so it sees what this process sees.
    private static List<string> Environment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? string.Empty;
        }

        variables["DOTNET_EnableDiagnostics"] = "0";
        variables["DOTNET_TieredPGO"] = "0";
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
