using System.Globalization;

using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>The private folder of one <see cref="StreamGuard"/>, beneath which every session has one of its own.</summary>
internal sealed class StreamGuardFolder : IDisposable
{
    private readonly OwnedFolder _folder;
    private int _sessions;

    private StreamGuardFolder(OwnedFolder folder) => _folder = folder;

    /// <summary>Absolute path.</summary>
    public string FullPath => _folder.FullPath;

    /// <summary>Sweeps away what dead owners left, and makes a new folder that only this user may enter.</summary>
    /// <param name="parent">Where; null for the system's temporary folder.</param>
    /// <exception cref="IOException">It cannot be made there.</exception>
    public static StreamGuardFolder Make(string? parent) => new(OwnedFolder.Make(parent, "clipguard-streams-"));

    /// <summary>Makes the folder of one session.</summary>
    public string MakeSessionFolder()
    {
        string path = Path.Combine(FullPath, Interlocked.Increment(ref _sessions).ToString(CultureInfo.InvariantCulture));
        OwnedFolder.MakePrivate(path);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
