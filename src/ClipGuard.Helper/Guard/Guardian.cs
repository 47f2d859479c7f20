using System.Collections;

using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Helper.Guard;

/// <summary>
/// The guardian of one session after the other: runs the session's tool, and leaves no process of it behind, whatever the tool does and however the
/// supervisor ends. The end of the connection, also by the supervisor's death, ends the tool and all its descendants and removes the session's folder.
/// </summary>
internal sealed class Guardian(HelperConnection connection)
{
    // After standard streams, socket and memory: what becomes the tool's standard output and error.
    private const int OutputDescriptor = 5;
    private const int ErrorsDescriptor = 6;

    private static readonly string[] OwnVariables = ["DOTNET_EnableDiagnostics", "DOTNET_TieredPGO", "DOTNET_TieredCompilation"];

    private string? _folder;
    private DescendantProcesses? _offspring;
    private Thread? _reaper;

    /// <summary>Does all of it, for as long as the connection lasts.</summary>
    public void Run()
    {
        DescendantProcesses.Adopt();
        connection.Send(new ReadyMessage(WireProtocol.Version, "ClipGuard guardian", string.Empty, SandboxLevel.Off));
        while (connection.Receive(SupervisorMessageReader.Guardian) is { } order)
        {
            switch (order)
            {
                case HoldFolderCommand hold:
                    _folder = hold.Folder;
                    break;
                case RunToolCommand run when _folder is not null:
                    RunTool(run);
                    break;
                default:
                    throw new InvalidOperationException("A session begins with its folder.");
            }
        }

        _offspring?.EndAll();
        _reaper?.Join();
        Remove(_folder);
    }

    private void RunTool(RunToolCommand order)
    {
        // An order comes only after the message that the tool before it has exited. The thread that sent the message may still be about to end.
        _reaper?.Join();
        if (Start(order, out int pid) is { } failure)
        {
            connection.Send(new ToolNotStartedMessage(failure));
            return;
        }

        connection.Send(new ToolStartedMessage(pid));
        var offspring = new DescendantProcesses();
        _offspring = offspring;
        _reaper = new Thread(() => connection.Send(offspring.ReapAll(pid))) { IsBackground = true };
        _reaper.Start();
    }

    private string? Start(RunToolCommand order, out int pid)
    {
        Span<int> descriptors =
        [
            Descriptors.Raised(Libc.Fcntl(0, Libc.F_DUPFD_CLOEXEC, 10), "fcntl"),
            Opened(OutputDescriptor),
            Opened(ErrorsDescriptor),
        ];
        int error = Spawn.Start(order.Program, order.Arguments, ToolEnvironment(), descriptors, blocksStops: false, folder: null, out pid);
        Descriptors.CloseAll(descriptors);

        return error == 0 ? null : Libc.ErrorText(error);
    }

    // Opened anew for each tool: one that makes its standard output non-blocking, as some do, does not make the next one's so.
    private static int Opened(int pipe) => Descriptors.Raised(Libc.Open($"/proc/self/fd/{pipe}", Libc.O_WRONLY | Libc.O_CLOEXEC, 0), "open");

    // What the supervisor's own process has, and the session's mark.
    private List<string> ToolEnvironment()
    {
        List<string> variables = [$"{WireProtocol.SessionVariable}={_folder}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name != WireProtocol.SessionVariable && !OwnVariables.Contains(name))
            {
                variables.Add($"{name}={variable.Value}");
            }
        }

        return variables;
    }

    private static void Remove(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (IOException)
        {
            // The supervisor has removed it already.
        }
    }
}
