using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

/// <summary>What is kept from one run to the next of which FFmpeg helpers find.</summary>
internal sealed class FFmpegLocationCacheTests
{
    private static readonly DateTime Earlier = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private string _root = null!;
    private CheckedMessage _found = null!;

    [SetUp]
    public void MakeFolder()
    {
        _root = Directory.CreateTempSubdirectory("found-").FullName;
        _found = new CheckedMessage(string.Join('\n', LibavRelease.Libraries.Select(name => Library($"usr/lib/{name}"))), "old, but well");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void What_was_found_is_known_to_the_next_run()
    {
        HelperLaunch launch = Launch("LD_LIBRARY_PATH=/somewhere:/else");
        Assert.That(New().Find(launch), Is.Null);
        New().Keep(launch, _found);
        Assert.That(New().Find(launch), Is.EqualTo(_found));

        New().Keep(launch, _found with { Warning = null });
        Assert.That(New().Find(launch), Is.EqualTo(_found with { Warning = null }), "instead of what was kept before");
    }

    [TestCase("another environment")]
    [TestCase("another program")]
    [TestCase("the program was replaced")]
    [TestCase("a library was installed")]
    [TestCase("the loader was told of other folders")]
    [TestCase("a folder of LD_LIBRARY_PATH has changed")]
    [TestCase("the folder that was asked for has changed")]
    [TestCase("a library was replaced")]
    public void It_is_looked_for_again_where_something_has_changed_that_decides(string change)
    {
        string own = Directory.CreateDirectory(Path.Combine(_root, "own")).FullName;
        string asked = Directory.CreateDirectory(Path.Combine(_root, "asked")).FullName;
        string cache = Directory.CreateDirectory(Path.Combine(_root, "etc")).FullName + "/ld.so.cache";
        File.WriteAllText(cache, string.Empty);
        HelperLaunch launch = Launch($"LD_LIBRARY_PATH=/nowhere:{own}", $"{WireProtocol.FFmpegVariable}={asked}");
        New().Keep(launch, _found);
        Assert.That(New().Find(launch), Is.EqualTo(_found));
        switch (change)
        {
            case "another environment":
                launch = launch with { Environment = [.. launch.Environment, "X=1"] };
                break;
            case "another program":
                launch = launch with { Path = launch.Path + "2" };
                break;
            case "the program was replaced":
                File.SetLastWriteTimeUtc(launch.Path, Earlier);
                break;
            case "a library was installed":
                Directory.SetLastWriteTimeUtc(Path.Combine(_root, "usr/lib"), Earlier);
                break;
            case "the loader was told of other folders":
                File.SetLastWriteTimeUtc(cache, Earlier);
                break;
            case "a folder of LD_LIBRARY_PATH has changed":
                Directory.SetLastWriteTimeUtc(own, Earlier);
                break;
            case "the folder that was asked for has changed":
                Directory.SetLastWriteTimeUtc(asked, Earlier);
                break;
            default:
                File.SetLastWriteTimeUtc(Path.Combine(_root, "usr/lib/avcodec"), Earlier);
                break;
        }

        Assert.That(New().Find(launch), Is.Null);
    }

    [Test]
    public void A_text_that_would_take_several_lines_is_not_kept()
    {
        HelperLaunch launch = Launch("DECODERS=/a\n/b");
        New().Keep(launch, _found);
        Assert.That(New().Find(launch), Is.Null);
    }

    [Test]
    public void The_last_sixteen_are_kept()
    {
        for (int i = 0; i < 20; i++)
        {
            New().Keep(Launch($"N={i}"), _found);
        }

        Assert.That(Enumerable.Range(0, 20).Select(i => New().Find(Launch($"N={i}")) is not null), Is.EqualTo(Enumerable.Range(0, 20).Select(i => i >= 4)));
    }

    private FFmpegLocationCache New() => new(Path.Combine(_root, "made/on demand"), _root);

    private HelperLaunch Launch(params string[] environment)
    {
        string program = Path.Combine(_root, "helper");
        if (!File.Exists(program))
        {
            File.WriteAllText(program, string.Empty);
        }

        return new HelperLaunch(program, [program], environment, 1);
    }

    private string Library(string name)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, name);
        return $"{path}|{name.Length}|{File.GetLastWriteTimeUtc(path).Ticks}";
    }
}
