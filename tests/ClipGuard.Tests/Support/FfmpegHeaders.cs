using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using NUnit.Framework;

namespace ClipGuard.Tests;

/// <summary>
/// What the C compiler finds in FFmpeg's headers: those that are installed, or those in the folder that the variable CLIPGUARD_HEADERS names.
/// </summary>
internal static partial class FfmpegHeaders
{
    private const string Includes = """
        #include <stdio.h>
        #include <stddef.h>
        #include <libavformat/avformat.h>
        #include <libavcodec/avcodec.h>
        #include <libavutil/pixdesc.h>
        #include <libavutil/opt.h>
        #include <libswresample/swresample.h>
        #include <libswscale/swscale.h>
        """;

    /// <summary>The values of C expressions; null where a name in one does not exist. Without compiler or headers the test is skipped.</summary>
    public static long?[] Values(IReadOnlyList<string> expressions)
    {
        using var media = new MediaFolder();
        string program = media.PathOf("facts");
        if (Compile(media, program, []) is { } unusable)
        {
            Assert.Ignore($"There is no C compiler, or FFmpeg's headers are not installed: {unusable}");
        }

        // The compiler names the lines that it cannot make sense of: those have no value, and the rest compiles without them.
        string[] known = [.. expressions];
        if (Compile(media, program, known) is { } errors)
        {
            var wrong = ErrorLine().Matches(errors).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1).ToHashSet();
            known = [.. expressions.Where((_, i) => !wrong.Contains(i))];
            Assert.That(Compile(media, program, known), Is.Null);
        }

        string printed = Run(program, [], out string problem) ?? throw new AssertionException(problem);
        var values = known.Zip(printed.Split('\n'), (expression, value) => (expression, value)).ToDictionary(pair => pair.expression, pair => pair.value);
        return [.. expressions.Select(expression => values.TryGetValue(expression, out string? value)
            ? long.Parse(value, CultureInfo.InvariantCulture)
            : (long?)null)];
    }

    // Returns what the compiler complains of. The first expression stands in line 1.
    private static string? Compile(MediaFolder media, string program, string[] expressions)
    {
        string body = string.Concat(expressions.Select(expression => $"printf(\"%lld\\n\", (long long)({expression}));\n"));
        string code = media.Write("facts.c", Encoding.UTF8.GetBytes($"{Includes}\nint main(void) {{\n#line 1\n{body}return 0;\n}}\n"));
        string[] headers = Environment.GetEnvironmentVariable("CLIPGUARD_HEADERS") is { Length: > 0 } folder ? ["-I", folder] : [];
        return Run("cc", ["-w", .. headers, code, "-o", program], out string errors) is null ? errors : null;
    }

    private static string? Run(string program, IEnumerable<string> arguments, out string errors)
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

    [GeneratedRegex(@"facts\.c:(\d+):\d+: error", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorLine();
}
