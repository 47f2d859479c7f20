using System.Diagnostics;
using System.Globalization;

namespace ClipGuard.Benchmarks.Loading;

/// <summary>
/// Clips on a file system whose reads take time: <c>slowfs.py</c> of the folder with the peers, over links to the clips. Unmounted when it is disposed.
/// </summary>
internal sealed class SlowStorage : IAsyncDisposable
{
    private const double SecondsPerRead = 0.02;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Process _server;
    private readonly string _mount;

    private SlowStorage(Process server, string mount, string[] near, string[] far)
    {
        _server = server;
        _mount = mount;
        Near = near;
        Far = far;
    }

    /// <summary>The clips where they lie on the local disk.</summary>
    public string[] Near { get; }

    /// <summary>The same clips through the mount.</summary>
    public string[] Far { get; }

    /// <summary>Makes links to clips and mounts their folder.</summary>
    /// <param name="work">A folder on the clips' disk.</param>
    /// <param name="clips">The clips.</param>
    /// <param name="count">How many links.</param>
    /// <returns>Null, after a line that says so, where this machine cannot.</returns>
    public static async Task<SlowStorage?> MountAsync(string work, string[] clips, int count)
    {
        string? peers = Environment.GetEnvironmentVariable("CLIPGUARD_BENCH_PEERS");
        string script = Path.Combine(peers ?? string.Empty, "slowfs.py");
        if (string.IsNullOrEmpty(peers) || !File.Exists(script) || !File.Exists("/dev/fuse") || !Environment.IsPrivilegedProcess)
        {
            Console.WriteLine("loader-far is left out: it needs root, /dev/fuse, and slowfs.py in the folder with the peers.");
            return null;
        }

        if (await Python.FindAsync("pyfuse3, trio") is not { } python)
        {
            return null;
        }

        string folder = Directory.CreateDirectory(Path.Combine(work, "near")).FullName;
        string mount = Directory.CreateDirectory(Path.Combine(work, "far")).FullName;
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"{number:0000}{Path.GetExtension(clips[number % clips.Length])}")];
        await ChildProgram.MustRunAsync(
            "/bin/sh",
            ["-c", string.Join('\n', names.Select((name, number) => $"ln '{clips[number % clips.Length]}' '{Path.Combine(folder, name)}'"))],
            Limit);
        string seconds = SecondsPerRead.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(python, [script, folder, mount, seconds, Path.Combine(work, "reads.log")]);
        Process server = Process.Start(start)!;
        var storage = new SlowStorage(
            server, mount, [.. names.Select(name => Path.Combine(folder, name))], [.. names.Select(name => Path.Combine(mount, name))]);
        long began = Stopwatch.GetTimestamp();
        while (!File.Exists(storage.Far[^1]))
        {
            if (server.HasExited || Stopwatch.GetElapsedTime(began) > Limit)
            {
                await storage.DisposeAsync();
                throw new InvalidOperationException("slowfs.py has not mounted its folder.");
            }

            await Task.Delay(100);
        }

        return storage;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ = await ChildProgram.RunAsync("/bin/sh", ["-c", $"umount '{_mount}' || umount -l '{_mount}' || true"], Limit);
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }
}
