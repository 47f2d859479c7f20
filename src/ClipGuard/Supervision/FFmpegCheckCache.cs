using System.Text;

using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.SelfCheck;

namespace ClipGuard.Supervision;

/// <summary>
/// Which FFmpeg has passed ClipGuard's check, by path, size and time of its five files, so that the next run need not check the same ones again. All runs of a
/// user share it. Whatever keeps it from being read or written leads to another check: it is a cache.
/// </summary>
/// <param name="file">Where it is; its folder is made when it is needed.</param>
internal sealed class FFmpegCheckCache(string file)
{
    private const int MostKept = 16;

    /// <summary>The file of this user: <c>clipguard/ffmpeg-passed</c> in <c>XDG_CACHE_HOME</c>, or in <c>~/.cache</c>.</summary>
    public static FFmpegCheckCache OfUser { get; } = new(Path.Combine(UserCache.Folder, "ffmpeg-passed"));

    /// <summary>What is kept, as <see cref="PassedChecks"/> writes it; null where there is nothing to be read.</summary>
    public string? Read() => CacheFile.TryRead(file);

    /// <summary>Checks the FFmpeg that this process has loaded, unless the same one has passed before.</summary>
    /// <returns>Null where it passed; otherwise a sentence.</returns>
    public string? CheckLoaded()
    {
        string files = LoadedLibavFiles.Describe(LibavLoader.Loaded!);
        if (PassedChecks.Parse(Read()).Contains(files))
        {
            return null;
        }

        string? problem = LibavSelfCheck.FindProblem();
        if (problem is null)
        {
            Keep(files);
        }

        return problem;
    }

    /// <summary>Keeps that files have passed.</summary>
    public void Keep(string files)
    {
        string[] before = PassedChecks.Parse(Read());
        if (before.Contains(files))
        {
            return;
        }

        // Where it cannot be kept the next run checks again.
        byte[] text = Encoding.UTF8.GetBytes(PassedChecks.Write(before.TakeLast(MostKept - 1).Append(files)));
        _ = CacheFile.TryReplace(file, stream => stream.Write(text));
    }
}
