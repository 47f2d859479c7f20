namespace ClipGuard.TestSupport;

/// <summary>A folder of clips that lives as long as a fixture.</summary>
internal sealed class MediaFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clipguard-media-");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Makes a clip with ffmpeg, once, from arguments that stand before the file's name.</summary>
    /// <returns>Its path.</returns>
    public string Make(string name, string arguments)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            FfmpegProgram.Run($"{arguments} \"{path}\"");
        }

        return path;
    }

    /// <summary>Writes a clip byte by byte.</summary>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
