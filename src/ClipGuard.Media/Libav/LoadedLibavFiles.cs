using System.Globalization;

namespace ClipGuard.Media.Libav;

/// <summary>The files of the five libraries that a process has loaded, and what tells whether they are still the same: size and time of each.</summary>
internal static class LoadedLibavFiles
{
    private const char Separator = '|';

    /// <summary>The files of the libraries that this process has loaded, one a line: path, size and time, in the order of loading.</summary>
    public static string Describe(LibavSet set)
    {
        var mapped = new List<string>();
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            if (line.IndexOf('/', StringComparison.Ordinal) is var path and >= 0)
            {
                mapped.Add(line[path..]);
            }
        }

        string FileOf(string name) => mapped.Find(path => LibavRelease.IsNamed(Path.GetFileName(path), name))!;
        return string.Join('\n', Array.ConvertAll(set.Release.FileNames, name => Describe(FileOf(name))));
    }

    /// <summary>The paths of a description.</summary>
    public static string[] Paths(string description) => [.. description.Split('\n').Select(line => line.Split(Separator)[0])];

    /// <summary>The first file that is not what it was when it was described; null where all are.</summary>
    public static string? FindChanged(string description) =>
        description.Split('\n').FirstOrDefault(line => Describe(line.Split(Separator)[0]) != line)?.Split(Separator)[0];

    private static string Describe(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{path}{Separator}{file.Length}{Separator}{file.LastWriteTimeUtc.Ticks}")
            : path;
    }
}
