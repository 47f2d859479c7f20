using NUnit.Framework;

namespace ClipGuard.TestSupport;

/// <summary>The repository in which the tests lie: documents, configuration files and the sample dataset are tested where they stand.</summary>
internal static class Repository
{
    /// <summary>Its top folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The sample dataset's manifest.</summary>
    public static string SampleManifest { get; } = PathOf("datasets-sample", "manifest.jsonl");

    /// <summary>The path of a file or folder in it.</summary>
    public static string PathOf(params string[] names) => Path.Combine([Root, .. names]);

    /// <summary>The path of a clip of the sample dataset.</summary>
    /// <param name="clip">As the sample's manifest names it.</param>
    public static string SampleClip(string clip) => PathOf("datasets-sample", clip);

    private static string Find()
    {
        string? folder = TestContext.CurrentContext.TestDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not lie within the repository.");
    }
}
