using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>Sizes, offsets and numbers in the built-in bindings are those that the C compiler finds in FFmpeg's headers.</summary>
[CancelAfter(60_000)]
internal sealed class BindingLayoutTests
{
    private const string Headers = """
        #include <stdio.h>
        #include <stddef.h>
        #include <libavformat/avformat.h>
        #include <libavcodec/avcodec.h>
        #include <libavutil/pixdesc.h>
        #include <libavutil/opt.h>
        #include <libswresample/swresample.h>
        #include <libswscale/swscale.h>
        """;

    // The one name that is not the headers', and C tells no offset of a bit field.
    private const string BitFields = "flags2_size30";

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
            facts.Add(($"sizeof({type.Name})", type.StructLayoutAttribute!.Size));
            facts.AddRange(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(field => field.Name != BitFields)
                .Select(field => ($"offsetof({type.Name}, {field.Name})", (long)field.GetCustomAttribute<FieldOffsetAttribute>()!.Value)));
        }

        AssertAsInC(facts, atLeast: 100);
    }

    [Test]
    public void Constants_have_the_headers_values()
    {
        List<(string Expression, long Ours)> facts = [];
        foreach (Type type in Bindings.Where(type => type.IsEnum))
        {
            facts.AddRange(Enum.GetNames(type).Select(name => (name, Convert.ToInt64(Enum.Parse(type, name)))));
        }

        Type? functions = Bindings.SingleOrDefault(type => type.Name == "ffmpeg");
        facts.AddRange((functions ?? typeof(object)).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => field.Name is not ("EAGAIN" or "EINVAL"))
            .Select(field => (field.Name, Convert.ToInt64(field.GetValue(null)))));
        AssertAsInC(facts, atLeast: 50);
    }

    private static void AssertAsInC(List<(string Expression, long Ours)> facts, int atLeast)
    {
        Assert.That(facts, Has.Count.GreaterThan(atLeast));
        string body = string.Concat(facts.Select(fact => $"printf(\"%lld\\n\", (long long)({fact.Expression}));\n"));
        string[] theirs = RunInC($"{Headers}\nint main(void) {{\n{body}return 0;\n}}\n");
        Assert.Multiple(() =>
        {
            for (int i = 0; i < facts.Count; i++)
            {
                Assert.That(facts[i].Ours, Is.EqualTo(long.Parse(theirs[i])), facts[i].Expression);
            }
        });
    }

    private static string[] RunInC(string source)
    {
        using var media = new MediaFolder();
        string code = media.Write("layout.c", System.Text.Encoding.UTF8.GetBytes(source));
        string program = media.PathOf("layout");
        string empty = media.Write("empty.c", System.Text.Encoding.UTF8.GetBytes($"{Headers}\nint main(void) {{ return 0; }}\n"));
        if (Run("cc", $"\"{empty}\" -o \"{program}\"", out string errors) is null)
        {
            Assert.Ignore($"There is no C compiler, or FFmpeg's headers are not installed: {errors}");
        }

        Assert.That(Run("cc", $"-w \"{code}\" -o \"{program}\"", out errors), Is.Not.Null, () => errors);
        return Run(program, string.Empty, out errors)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? throw new AssertionException(errors);
    }

    private static string? Run(string program, string arguments, out string errors)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> reading = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            errors = reading.Result;
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception notFound)
        {
            errors = notFound.Message;
            return null;
        }
    }
}
