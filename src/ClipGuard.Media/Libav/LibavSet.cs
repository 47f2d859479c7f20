using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav;

/// <summary>The five libraries of one FFmpeg, loaded into this process.</summary>
internal sealed class LibavSet
{
    private readonly Dictionary<string, nint> _handles = [];

    private LibavSet(LibavRelease release, string? folder) => (Release, Folder) = (release, folder);

    public LibavRelease Release { get; }

    /// <summary>Where they were looked for; null is where the system's loader looks.</summary>
    public string? Folder { get; }

    /// <summary>Loads a release's libraries, or none of them.</summary>
    public static LibavSet? TryLoad(LibavRelease release, string? folder)
    {
        var set = new LibavSet(release, folder);
        foreach ((string name, int major) in release.Libraries)
        {
            string file = LibavRelease.FileName(name, major);
            if (!NativeLibrary.TryLoad(folder is null ? file : Path.Combine(folder, file), out nint handle))
            {
                set.Unload();
                return null;
            }

            set._handles.Add(name, handle);
        }

        return set;
    }

    /// <summary>What the system's loader gave for a library; 0 for a name that is none of the five.</summary>
    public nint HandleOf(string library) => _handles.GetValueOrDefault(library);

    // Parts of another version beside the one that is used would do no harm, and take memory in every helper.
    private void Unload()
    {
        foreach (nint handle in _handles.Values)
        {
            NativeLibrary.Free(handle);
        }
    }
}
