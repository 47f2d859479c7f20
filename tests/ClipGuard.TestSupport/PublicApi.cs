using System.Reflection;

using NUnit.Framework;

using PublicApiGenerator;

namespace ClipGuard.TestSupport;

/// <summary>The public API of each library as a text, which lies beside its project: a change of it is seen in review.</summary>
internal static class PublicApi
{
    /// <summary>With this variable set to 1, a text that differs is written anew, and its test fails that once.</summary>
    private const string WriteVariable = "CLIPGUARD_WRITE_API";

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    /// <summary>Compares a library's API with <c>PublicApi.txt</c> of its project.</summary>
    public static void AssertIsWrittenDown(Assembly library)
    {
        string path = Path.Combine(Repository.Root, "src", library.GetName().Name!, "PublicApi.txt");
        string[] api = library.GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        string[] written = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1" && !api.SequenceEqual(written))
        {
            File.WriteAllLines(path, api);
        }

        Assert.Multiple(() =>
        {
            Assert.That(api.Except(written), Is.Empty, $"is public and not in {path}; run the tests with {WriteVariable}=1 and look at what changed");
            Assert.That(written.Except(api), Is.Empty, $"is in {path} and no longer public");
            Assert.That(written, Has.Length.EqualTo(api.Length), path);
        });
    }
}
