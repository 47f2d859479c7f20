using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Support;

/// <summary>A manifest in a folder of its own, gone after the test.</summary>
internal sealed class ManifestFile : IDisposable
{
    public ManifestFile(byte[] content)
    {
        Folder = Directory.CreateTempSubdirectory("clipguard-manifest-").FullName;
        FilePath = Path.Combine(Folder, "manifest.jsonl");
        File.WriteAllBytes(FilePath, content);
    }

    public ManifestFile(string content)
        : this(Encoding.UTF8.GetBytes(content))
    {
    }

    public string Folder { get; }

    public string FilePath { get; }

    /// <summary>Rows of a text, read with the defaults apart from the environment's folder.</summary>
    public static List<ManifestRow> Read(string content, ManifestOptions? options = null)
    {
        using var file = new ManifestFile(content);
        return file.Read(options);
    }

    /// <summary>The only row of a text, which must be a sample.</summary>
    public static Sample ReadSample(string line, ManifestOptions? options = null)
    {
        ManifestRow row = Read(line, options).Single();
        Assert.That(row, Is.InstanceOf<SampleRow>(), (row as BadRow)?.Message);
        return ((SampleRow)row).Sample;
    }

    public List<ManifestRow> Read(ManifestOptions? options = null) =>
        new JsonLinesManifest(FilePath, options ?? new ManifestOptions { RootImageDirectory = null })
            .ReadRowsAsync().ToBlockingEnumerable().ToList();

    /// <summary>Makes an empty file under the manifest's folder.</summary>
    public string Touch(string relativePath)
    {
        string path = Path.Combine(Folder, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
