using System.Collections;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Native;

namespace ClipGuard.Helper.Guard;

/// <summary>
/// One group's guardian: runs the tool, and leaves no process of it behind, whatever the tool does and however the supervisor ends.
/// The end of the connection, also by the supervisor's death, ends the tool and all its descendants and removes the group's folder.
/// </summary>
internal sealed unsafe partial class Guardian(HelperConnection connection, string folder)
{
    /// <summary>The variable by which every process of a group can be told, also one that is no longer anybody's child.</summary>
    private const string Mark = "CLIPGUARD_GROUP";

    // After standard streams, socket and memory: what becomes the tool's standard output and error.
    private const int OutputDescriptor = 5;
    private const int ErrorsDescriptor = 6;
    private const int ChildrenAndTheirs = -1;

    private static readonly string[] OwnVariables = ["DOTNET_EnableDiagnostics", "DOTNET_TieredPGO", "DOTNET_TieredCompilation"];

    /// <summary>Does all of it.</summary>
    public void Run()
    {
        Offspring.Adopt();
        connection.Send(new ReadyMessage(WireProtocol.Version, "ClipGuard guardian", string.Empty, SandboxLevel.Off));
        if (connection.Receive(WireJson.Default.RunToolOrder) is { } order)
        {
            RunTool(order);
        }

        Remove(folder);
    }

    private void RunTool(RunToolOrder order)
    {
        if (Start(order, out int pid) is { } trouble)
        {
            connection.Send(new ToolNotStartedMessage(trouble));
            WaitForEnd();
            return;
        }

        connection.Send(new ToolStartedMessage(pid));
        var offspring = new Offspring();
        var listener = new Thread(() =>
        {
            WaitForEnd();
            offspring.EndAll();
        })
        { IsBackground = true };
        listener.Start();

        int status = offspring.ReapAll(pid);
        Libc.ResourceUsage usage;
        _ = GetResourceUsage(ChildrenAndTheirs, &usage);
        connection.Send(new ToolExitedMessage(status)
        {
            LeftBehind = offspring.LeftBehind,
            CpuSeconds = usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6),
            PeakMemoryBytes = usage.MaxResidentKilobytes * 1024,
        });
        listener.Join();
    }

    private string? Start(RunToolOrder order, out int pid)
    {
        Span<int> descriptors = [0, OutputDescriptor, ErrorsDescriptor];
        for (int i = 0; i < descriptors.Length; i++)
        {
            descriptors[i] = Descriptors.Raised(Libc.Fcntl(descriptors[i], Libc.F_DUPFD_CLOEXEC, 10), "fcntl");
        }

        int error = Spawn.Start(order.Program, order.Arguments, ToolEnvironment(), descriptors, out pid);

        // The supervisor sees the end of the tool's output only when nobody else holds it.
        foreach (int descriptor in (ReadOnlySpan<int>)[.. descriptors, OutputDescriptor, ErrorsDescriptor])
        {
            _ = Libc.Close(descriptor);
        }

        return error == 0 ? null : Libc.ErrorText(error);
    }

    // What the supervisor's own process has, and the group's mark.
    private List<string> ToolEnvironment()
    {
        List<string> variables = [$"{Mark}={folder}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name != Mark && !OwnVariables.Contains(name))
            {
                variables.Add($"{name}={variable.Value}");
            }
        }

        return variables;
    }

    private void WaitForEnd()
    {
        while (connection.Receive(WireJson.Default.RunToolOrder) is not null)
        {
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // The supervisor was first.
        }
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetResourceUsage(int who, Libc.ResourceUsage* usage);
}
