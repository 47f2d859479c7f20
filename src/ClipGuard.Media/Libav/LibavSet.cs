using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav;

/// <summary>The five libraries of one FFmpeg, loaded into this process.</summary>
internal sealed class LibavSet
{
    private readonly nint[] _handles = new nint[LibavRelease.Libraries.Length];

    private LibavSet(LibavRelease release, string? folder) => (Release, Folder) = (release, folder);

    public LibavRelease Release { get; }

    /// <summary>Where they were looked for; null is where the system's loader looks.</summary>
    public string? Folder { get; }

    /// <summary>Loads a release's libraries, or none of them.</summary>
    public static LibavSet? TryLoad(LibavRelease release, string? folder)
    {
        var set = new LibavSet(release, folder);
        string[] files = release.FileNames;
        return set.LoadAll(folder is null ? files : Array.ConvertAll(files, file => Path.Combine(folder, file))) ? set : null;
    }

    /// <summary>Loads the very files that were described; null where they are not those of a release that is known, or cannot be loaded.</summary>
    /// <param name="paths">In the order of <see cref="LibavRelease.Libraries"/>.</param>
    public static LibavSet? TryLoad(string[] paths)
    {
        LibavRelease? release = Array.Find(LibavRelease.All, release => release.IsOf(paths));
        return release is not null && new LibavSet(release, Path.GetDirectoryName(paths[0])) is var set && set.LoadAll(paths) ? set : null;
    }

    /// <summary>What the system's loader gave for a library; 0 for a name that is none of the five.</summary>
    public nint HandleOf(string library)
    {
        int index = Array.IndexOf(LibavRelease.Libraries, library);
        return index < 0 ? 0 : _handles[index];
    }

    private bool LoadAll(string[] paths)
    {
        for (int i = 0; i < paths.Length; i++)
        {
            if (!NativeLibrary.TryLoad(paths[i], out _handles[i]))
            {
                Unload();
                return false;
            }
        }

        return true;
    }

    // Parts of another version beside the one that is used would do no harm, and take memory in every helper.
    private void Unload()
    {
        foreach (nint handle in _handles)
        {
            if (handle != 0)
            {
                NativeLibrary.Free(handle);
            }
        }
    }
}
