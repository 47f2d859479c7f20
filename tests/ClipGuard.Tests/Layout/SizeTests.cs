using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>
/// Files and types stay so small that each can be read alone. A type that is larger is named here with the reason, which also stands in its first comment.
/// </summary>
[CancelAfter(60_000)]
internal sealed class SizeTests
{
    private const int MostLines = 350;
    private const int MostMembers = 50;

    // What this test needs itself. Others are looked at as far as they are built.
    private static readonly string[] Always = ["ClipGuard.dll", "ClipGuard.Media.dll", "ClipGuard.Cli.dll", "ClipGuard.Tests.dll"];

    /// <summary>Types with more members.</summary>
    private static readonly Dictionary<string, string> LargeTypes = new()
    {
        ["ClipGuard.Media.Native.Libc"] = "declarations of the C library's, which no other type imports",
        ["ClipGuard.MisbehavingHelper.SandboxEscapeAttempts"] = "a constant or a call of its own for each way out of the sandbox",
    };

    [Test]
    public void No_file_has_more_lines()
    {
        var lines = new[] { "src", "tests" }
            .SelectMany(static folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Select(static file => (File: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count()))
            .ToArray();

        AssertAreSmall(lines, MostLines, [], "lines");
        Assert.That(lines, Has.Length.GreaterThan(500));
    }

    [Test]
    public void No_type_has_more_members_unless_it_is_named()
    {
        string[] assemblies = [.. DeclaredTypes.Assemblies()];

        // The bindings have the names of the package FFmpeg.AutoGen, and as many as FFmpeg has.
        AssertAreSmall(
            assemblies.SelectMany(DeclaredTypes.Count).Where(static type => type.Type.StartsWith("ClipGuard.", StringComparison.Ordinal)),
            MostMembers,
            LargeTypes,
            "members");
        Assert.That(assemblies.Select(Path.GetFileName), Is.SupersetOf(Always));
    }

    [Test]
    public void Members_are_counted_as_the_sources_declare_them() =>
        Assert.That(
            DeclaredTypes.Count(typeof(SizeTests).Assembly.Location).Single(static type => type.Type == "ClipGuard.Tests.Layout.SizeTests.Sample").Members,
            Is.EqualTo(9));

    private static void AssertAreSmall(IEnumerable<(string Name, int Size)> all, int most, Dictionary<string, string> named, string what)
    {
        ILookup<bool, (string Name, int Size)> isLarge = all.ToLookup(one => one.Size > most);
        Assert.That(isLarge[true].Where(one => !named.ContainsKey(one.Name)).Select(one => $"{one.Name} has {one.Size} {what}"), Is.Empty);
        Assert.That(isLarge[false].Select(static one => one.Name).Where(named.ContainsKey), Is.Empty, "no longer so large");
    }

    // One constructor, two properties, a field, an event, a method, an operator, a nested type and its parameter's property.
    private sealed record Sample(int Parameter)
    {
        public static readonly int Field = Environment.ProcessId;

        public event Action? Changed;

        public int Auto { get; set; }

        public Func<int> Computed => () => Parameter + Auto;

        public static Sample operator +(Sample one, Sample other) => new(one.Parameter + other.Parameter);

        public void Raise() => Changed?.Invoke();

        public sealed class Nested;
    }
}
