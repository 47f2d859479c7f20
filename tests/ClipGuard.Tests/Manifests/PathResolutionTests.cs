using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class PathResolutionTests
{
    private ManifestFile _file = null!;

    [SetUp]
    public void MakeFolders()
    {
        _file = new ManifestFile("""{"images":["a.png"]}""");
        foreach (string path in new[] { "root/all.png", "root/root.png", "images/all.png", "images/image.png", "all.png", "own.png" })
        {
            _file.Touch(path);
        }
    }

    [TearDown]
    public void RemoveFolders() => _file.Dispose();

    [TestCase("all.png", "root/all.png")]
    [TestCase("root.png", "root/root.png")]
    [TestCase("image.png", "images/image.png")]
    [TestCase("own.png", "own.png")]
    [TestCase("none.png", "root/none.png")]
    [TestCase("../own.png", "own.png")]
    [TestCase("./root.png", "root/root.png")]
    public void The_first_base_under_which_the_path_exists_wins(string written, string resolved)
    {
        Assert.That(Resolve(written, new ManifestOptions { Root = In("root"), RootImageDirectory = In("images") }), Is.EqualTo(In(resolved)));
    }

    [TestCase("all.png", "images/all.png")]
    [TestCase("own.png", "own.png")]
    [TestCase("none.png", "images/none.png")]
    public void Without_a_root_the_environments_folder_comes_first(string written, string resolved)
    {
        Assert.That(Resolve(written, new ManifestOptions { RootImageDirectory = In("images") }), Is.EqualTo(In(resolved)));
    }

    [TestCase("all.png", "all.png")]
    [TestCase("none.png", "none.png")]
    public void Without_both_the_manifests_own_folder_does(string written, string resolved)
    {
        Assert.That(Resolve(written, new ManifestOptions { RootImageDirectory = null }), Is.EqualTo(In(resolved)));
    }

    [Test]
    public void The_current_folder_comes_last()
    {
        string name = $"clipguard-{Guid.NewGuid():N}.png";
        string current = Path.Combine(Environment.CurrentDirectory, name);
        File.WriteAllBytes(current, []);
        try
        {
            Assert.That(Resolve(name, new ManifestOptions { Root = In("root"), RootImageDirectory = null }), Is.EqualTo(current));
        }
        finally
        {
            File.Delete(current);
        }
    }

    [Test]
    public void An_absolute_path_is_left_alone()
    {
        Assert.That(Resolve("/nowhere/all.png", new ManifestOptions { Root = In("root") }), Is.EqualTo("/nowhere/all.png"));
    }

    [Test]
    public void A_root_may_be_relative_to_the_current_folder()
    {
        string root = Path.GetRelativePath(Environment.CurrentDirectory, In("root"));

        Assert.That(Resolve("root.png", new ManifestOptions { Root = root }), Is.EqualTo(In("root/root.png")));
    }

    [TestCase("nowhere")]
    [TestCase("own.png")]
    public void A_root_that_is_no_folder_is_told(string root)
    {
        Assert.That(
            () => Manifest.Open(_file.FilePath, new ManifestOptions { Root = In(root) }),
            Throws.InstanceOf<ManifestException>().With.Message.EqualTo($"There is no folder {In(root)}, below which relative paths are to be looked for."));
    }

    private string In(string path) => Path.Combine(_file.Folder, path);

    private string? Resolve(string written, ManifestOptions options)
    {
        File.WriteAllText(_file.FilePath, $$"""{"images":["{{written}}"]}""");
        var row = (SampleRow)_file.Read(options with { RequireMessages = false }).Single();
        return row.Sample.Clips.Single().Path;
    }
}
