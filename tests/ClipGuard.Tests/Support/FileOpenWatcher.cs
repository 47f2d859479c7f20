using System.Runtime.InteropServices;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>Notices when a file is opened, by whomever (inotify).</summary>
internal sealed unsafe partial class FileOpenWatcher : IDisposable
{
    private const int NonBlocking = 0x800;
    private const uint OnOpen = 0x20;
    private const int EventBytes = 4096;

    private readonly int _watch;

    public FileOpenWatcher(string path)
    {
        _watch = Create(NonBlocking);
        Assert.That(Add(_watch, path, OnOpen), Is.Positive, "the file cannot be watched");
    }

    /// <summary>True where it was opened since this was last asked.</summary>
    public bool WasOpened()
    {
        byte* events = stackalloc byte[EventBytes];
        return Read(_watch, events, EventBytes) > 0;
    }

    public void Dispose() => _ = Close(_watch);

    [LibraryImport("libc", EntryPoint = "inotify_init1")]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Add(int watch, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int watch, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int watch);
}
