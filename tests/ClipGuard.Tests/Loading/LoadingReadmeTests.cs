using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>The README of the loader's folder, held against the folder.</summary>
internal sealed class LoadingReadmeTests
{
    [Test]
    public void The_loaders_readme_names_each_of_its_files_once()
    {
        string folder = Repository.PathOf("src/ClipGuard/Loading");
        string tree = File.ReadAllText(Path.Combine(folder, "README.md")).Split("## Tree")[1].Split("```")[1];
        var named = new List<string>();
        string within = string.Empty;
        foreach (string line in tree.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            int indent = line.Length - line.TrimStart().Length;
            string name = line.Trim().Split(' ')[0];
            within = indent == 2 && name.EndsWith('/') ? name : indent == 2 ? string.Empty : within;
            named.Add(indent <= 4 && name.EndsWith(".cs", StringComparison.Ordinal) ? within + name : string.Empty);
        }

        Assert.That(named.Where(static name => name.Length > 0).Order(), Is.EqualTo(
            Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order()));
    }
}
