using System.Globalization;

namespace ClipGuard.Media.Libav;

/// <summary>
/// Which FFmpeg is wanted: the newest that is there, one major version, or the newest of a folder.
/// Written as nothing, as a number from 5 to 9, or as the folder's path.
/// </summary>
internal sealed record LibavReleaseRequest
{
    private LibavReleaseRequest(string? folder, int? major) => (Folder, Major) = (folder, major);

    /// <summary>Where the libraries are looked for; null is where the system's loader looks.</summary>
    public string? Folder { get; }

    /// <summary>FFmpeg's major version, as in 7; null for any.</summary>
    public int? Major { get; }

    /// <summary>Reads what was written.</summary>
    /// <param name="text">A number, a path, or nothing.</param>
    /// <param name="problem">What is wrong with it; null where it can be tried.</param>
    public static LibavReleaseRequest Parse(string? text, out string? problem)
    {
        problem = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return new LibavReleaseRequest(folder: null, major: null);
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int major))
        {
            problem = LibavRelease.All.Any(release => release.Major == major)
                ? null
                : $"FFmpeg {major} is asked for, and ClipGuard can call {LibavRelease.Span} only.";
            return new LibavReleaseRequest(folder: null, major);
        }

        problem = Directory.Exists(text) ? null : $"FFmpeg is asked for in '{text}', which is neither a folder nor a major version.";
        return new LibavReleaseRequest(Path.GetFullPath(text), major: null);
    }

    /// <summary>True where a release may be tried.</summary>
    public bool Allows(LibavRelease release) => Major is null || Major == release.Major;
}
