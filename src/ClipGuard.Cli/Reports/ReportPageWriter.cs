using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

using ClipGuard.Runs;

namespace ClipGuard.Cli.Reports;

/// <summary>
/// Writes a report as one HTML file that needs nothing from anywhere. Its data is JSON in which whatever could end the element, or be markup, is an escape;
/// its script writes texts as texts; and the page's own policy lets no other script run, so that a file's name stays a name.
/// </summary>
internal static class ReportPageWriter
{
    private const string PartialSuffix = ".partial";

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        // Escapes what HTML gives a meaning to, and leaves letters of all alphabets as they are.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes a report; an existing file is replaced once the whole is written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="report">What it shows.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static void Write(string path, ReportContent report)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (FileStream file = File.Create(path + PartialSuffix))
            {
                Write(file, report);
            }

            File.Move(path + PartialSuffix, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"cannot write {path}: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Writes a report.</summary>
    public static void Write(Stream file, ReportContent report)
    {
        string style = Resource("report.css");
        string script = Resource("report.js");
        var head = new StringBuilder();
        head.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ")
            .Append($"style-src 'sha256-{HashOf(style)}'; script-src 'sha256-{HashOf(script)}'\">\n")
            .Append($"<title>{Html(report.Title)} · {Html(report.Kicker)}</title>\n<style>{style}</style>\n</head>\n<body>\n")
            .Append("<a class=\"skip\" href=\"#verdicts\">To the verdicts</a>\n<header>\n")
            .Append($"<p class=\"kicker\">{Html(report.Kicker)}</p>\n<h1>{Html(report.Title)}</h1>\n<p>{Html(report.Lead)}</p>\n<dl class=\"facts\">\n");
        foreach (IReadOnlyList<string> fact in report.Facts)
        {
            head.Append($"<dt>{Html(fact[0])}</dt><dd>{Html(fact[1])}</dd>\n");
        }

        head.Append("</dl>\n<noscript><p>Tables and charts need JavaScript, which is off.</p></noscript>\n</header>\n")
            .Append("<nav aria-label=\"Sections\"><ul></ul></nav>\n<main></main>\n")
            .Append($"<footer><p>Written by clipguard {Html(ProductVersion.Text)}.</p></footer>\n<script type=\"application/json\" id=\"data\">");
        file.Write(Encoding.UTF8.GetBytes(head.ToString()));
        JsonSerializer.Serialize(file, report, Layout);
        file.Write(Encoding.UTF8.GetBytes($"</script>\n<script>{script}</script>\n</body>\n</html>\n"));
    }

    // Of what is shown before the script runs.
    private static string Html(string text) => WebUtility.HtmlEncode(Screens.PrintableText.Line(text));

    private static string HashOf(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{typeof(ReportPageWriter).Namespace}.{name}")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
