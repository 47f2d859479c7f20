using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>
/// Sizes, offsets and numbers in the built-in bindings are those that the C compiler finds in FFmpeg's headers, whichever version of them is there.
/// With CLIPGUARD_WRITE_LAYOUT=1 the table of that version is written instead of compared.
/// </summary>
[CancelAfter(60_000)]
internal sealed class BindingLayoutTests
{
    private const int FFmpeg7 = 61;

    // The one name that is not the headers', and C tells no offset of a bit field.
    private const string BitFields = "flags2_size30";

    // FFmpeg 5.1 and 6.0 say these in fields of their own.
    private static readonly string[] NewFlags = ["AV_FRAME_FLAG_KEY", "AV_FRAME_FLAG_INTERLACED"];

    private static readonly Type[] Bindings = [.. typeof(DecodeRequest).Assembly.GetTypes().Where(type => type.Namespace == "FFmpeg.AutoGen")];

    [SetUp]
    public void Only_built_in_bindings_are_checked()
    {
        if (Bindings.Length == 0)
        {
            Assert.Ignore("This build uses the package's bindings, which are not ours to check.");
        }
    }

    [Test]
    public void Structs_lie_as_in_the_headers()
    {
        List<(string Expression, long Ours)> facts = [];
        IEnumerable<Type> structs = Bindings
            .Where(type => type is { IsValueType: true, IsEnum: false } && type.StructLayoutAttribute!.Value == LayoutKind.Explicit);
        foreach (Type type in structs.Where(type => !type.Name.EndsWith("_u", StringComparison.Ordinal)))
        {
            // Without a size are those that only FFmpeg makes: they grow and shrink from version to version.
            if (type.StructLayoutAttribute!.Size > 0)
            {
                facts.Add(($"sizeof({type.Name})", type.StructLayoutAttribute!.Size));
            }

            facts.AddRange(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(field => field.Name != BitFields)
                .Select(field => ($"offsetof({type.Name}, {field.Name})", (long)field.GetCustomAttribute<FieldOffsetAttribute>()!.Value)));
        }

        AssertAsInC(facts, atLeast: 80);
    }

    [Test]
    public void Constants_have_the_headers_values()
    {
        List<(string Expression, long Ours)> facts = [];
        foreach (Type type in Bindings.Where(type => type.IsEnum))
        {
            facts.AddRange(Enum.GetNames(type).Select(name => (name, Convert.ToInt64(Enum.Parse(type, name)))));
        }

        Type functions = Bindings.Single(type => type.Name == "ffmpeg");
        bool areOld = FfmpegHeaders.Values(["LIBAVCODEC_VERSION_MAJOR"])[0] < FFmpeg7;
        facts.AddRange(functions.GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => field.Name is not ("EAGAIN" or "EINVAL") && !(areOld && NewFlags.Contains(field.Name)))
            .Select(field => (field.Name, Convert.ToInt64(field.GetValue(null)))));
        AssertAsInC(facts, atLeast: 50);
    }

    [Test]
    public void Every_table_has_every_field()
    {
        string[] tables = [.. Directory.GetFiles(Repository.PathOf("src/ClipGuard.Media/Libav/Bindings/Layouts")).Where(file => !file.EndsWith("Layout.cs"))];
        Assert.That(tables, Has.Length.GreaterThan(4));
        foreach (string table in tables)
        {
            IEnumerable<string> assigned = File.ReadLines(table)
                .Select(line => line.Split(" = "))
                .Where(parts => parts.Length == 2)
                .Select(parts => parts[0].Trim());
            Assert.That(assigned, Is.EqualTo(Fields()), table);
        }
    }

    [Test]
    public void Table_of_this_version_is_what_its_headers_say()
    {
        string[] fields = Fields();
        long?[] values = FfmpegHeaders.Values(["LIBAVCODEC_VERSION_MAJOR", .. fields.Select(field => $"offsetof({Member(field)})")]);
        long major = values[0]!.Value;
        string file = Repository.PathOf($"src/ClipGuard.Media/Libav/Bindings/Layouts/Layout{major}.cs");

        var table = new StringBuilder();
        table.Append($"namespace FFmpeg.AutoGen;\n\ninternal static partial class Layout\n{{\n    private static void UseMajor{major}()\n    {{\n");
        for (int i = 0; i < fields.Length; i++)
        {
            table.Append($"        {fields[i]} = {values[i + 1]?.ToString() ?? "Gone"};\n");
        }

        table.Append("    }\n}\n");
        if (Environment.GetEnvironmentVariable("CLIPGUARD_WRITE_LAYOUT") == "1")
        {
            File.WriteAllText(file, table.ToString());
        }

        Assert.That(File.Exists(file), $"There is no table for libavcodec {major}. Write it with CLIPGUARD_WRITE_LAYOUT=1, and name it in LibavRelease.");
        Assert.That(File.ReadAllText(file), Is.EqualTo(table.ToString()));
    }

    private static string[] Fields() =>
        [.. Bindings.Single(type => type.Name == "Layout").GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => field.Name)];

    // AVFrame_ch_layout is the field ch_layout of AVFrame.
    private static string Member(string field) => string.Join(", ", field.Split('_', 2));

    private static void AssertAsInC(List<(string Expression, long Ours)> facts, int atLeast)
    {
        Assert.That(facts, Has.Count.GreaterThan(atLeast));
        long?[] theirs = FfmpegHeaders.Values([.. facts.Select(fact => fact.Expression)]);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < facts.Count; i++)
            {
                Assert.That(theirs[i], Is.EqualTo(facts[i].Ours), facts[i].Expression);
            }
        });
    }
}
