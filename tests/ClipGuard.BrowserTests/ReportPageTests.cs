using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

using ClipGuard.Cli.Reports;
using ClipGuard.DryRuns;

using Microsoft.Playwright;

using NUnit.Framework;

namespace ClipGuard.BrowserTests;

/// <summary>The report in a real browser.</summary>
[CancelAfter(240_000)]
public sealed class ReportPageTests
{
    private const string Nasty = "</script><img src=x onerror=alert(1)>\"'&\u202E\u0007.mp4";

    private static readonly string Photos = Path.Combine(Repository.Root, "artifacts", "report-photos");

    private string _folder = null!;
    private IBrowserContext _context = null!;
    private IPage _page = null!;
    private List<string> _complaints = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _folder = Directory.CreateTempSubdirectory("clipguard-report-").FullName;
        Directory.CreateDirectory(Photos);
        _context = await (await BrowserFixture.OpenAsync()).NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
        });
        _page = await _context.NewPageAsync();
        _complaints = [];
        _page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}");
        _page.PageError += (_, error) => _complaints.Add(error);
        _page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        _page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                _complaints.Add($"request: {request.Url}");
            }
        };
    }

    [TearDown]
    public async Task CloseAsync()
    {
        if (_context is not null)
        {
            await _context.CloseAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_run_over_the_sample_is_shown_in_light_and_dark_at_both_widths()
    {
        string report = RunSample(Spoilt());
        await GoAsync(report);

        Assert.That(await _page.Locator("#verdicts .legend li").AllInnerTextsAsync(), Has.Some.Contains("Corrupt"));
        Assert.That(await _page.Locator("#pictures img").CountAsync(), Is.GreaterThan(0), "frames of a spoilt film");
        Assert.That(await _page.Locator("#pictures svg .wave").CountAsync(), Is.GreaterThan(0), "waveforms of damaged audio");
        Assert.That(await _page.Locator("#clips tbody tr").CountAsync(), Is.GreaterThan(20));
        Assert.That(await _page.TitleAsync(), Does.StartWith("manifest.jsonl + spoilt.jsonl"));
        Assert.That(
            await _page.Locator("#pictures img").First.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"), Is.GreaterThan(100));
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (int width in new[] { 1280, 400 })
            {
                await _page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                await _page.SetViewportSizeAsync(width, 900);
                await _page.ScreenshotAsync(new PageScreenshotOptions
                {
                    Path = Path.Combine(Photos, $"sample-{scheme.ToString().ToLowerInvariant()}-{width}.png"),
                    FullPage = true,
                });
                int wide = await _page.EvaluateAsync<int>("document.documentElement.scrollWidth");
                Assert.That(wide, Is.LessThanOrEqualTo(width), "the page itself does not scroll sideways");
            }
        }

        Assert.That(_complaints, Is.Empty);
    }

    [Test]
    public async Task A_hundred_thousand_rows_are_sorted_searched_filtered_turned_over_and_opened()
    {
        string report = await WriteAsync(100_000);
        Assert.That(new FileInfo(report).Length, Is.LessThan(10 << 20));
        long begun = Stopwatch.GetTimestamp();
        await GoAsync(report);
        TestContext.Out.WriteLine($"{new FileInfo(report).Length / 1e6:0.00} MB, ready after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s");
        ILocator table = _page.Locator("#clips");
        ILocator count = table.Locator("output");
        Assert.That(await count.InnerTextAsync(), Is.EqualTo("Rows 1–50 of 100,000"));
        Assert.That(await FirstAsync(), Does.StartWith("bad/"));

        begun = Stopwatch.GetTimestamp();
        await table.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Length" }).ClickAsync();
        await Assertions.Expect(table.Locator("th", new LocatorLocatorOptions { HasText = "Length" })).ToHaveAttributeAsync("aria-sort", "descending");
        TestContext.Out.WriteLine($"sorted after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s");
        double[] lengths = [.. (await table.Locator("tbody tr td:nth-child(6)").AllInnerTextsAsync()).Select(Number)];
        Assert.That(lengths, Is.Ordered.Descending);
        Assert.That(lengths[0], Is.EqualTo(99_999));

        await table.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Length" }).ClickAsync();
        Assert.That((await table.Locator("tbody tr td:nth-child(6)").AllInnerTextsAsync()).Select(Number).First(), Is.EqualTo(10));

        await table.GetByLabel("Verdict").SelectOptionAsync("Corrupt");
        Assert.That(await count.InnerTextAsync(), Is.EqualTo("Rows 1–10 of 10 (of 100,000)"));
        await table.GetByLabel("Verdict").SelectOptionAsync(string.Empty);

        begun = Stopwatch.GetTimestamp();
        await table.GetByLabel("Search").FillAsync("speaker-0007 UTTERANCE-0007123");
        await Assertions.Expect(count).ToHaveTextAsync("Rows 1–1 of 1 (of 100,000)");
        TestContext.Out.WriteLine($"searched after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s");
        await table.Locator("tbody button").ClickAsync();
        Assert.That(await table.Locator("tr.details dd").AllInnerTextsAsync(), Has.Some.Contains("utterance-0007123.flac"));
        await table.Locator("tbody button").ClickAsync();
        Assert.That(await table.Locator("tr.details").CountAsync(), Is.Zero);

        await table.GetByLabel("Search").FillAsync(string.Empty);
        await Assertions.Expect(count).ToHaveTextAsync("Rows 1–50 of 100,000");
        await table.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Next" }).ClickAsync();
        Assert.That(await count.InnerTextAsync(), Is.EqualTo("Rows 51–100 of 100,000"));
        await _page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Photos, "many-rows.png") });
        Assert.That(_complaints, Is.Empty);
    }

    [Test]
    public async Task Names_stay_names()
    {
        await GoAsync(await WriteAsync(100));

        string shown = await _page.Locator("#clips tbody tr").First.Locator("button").InnerTextAsync();

        Assert.That(shown, Is.EqualTo("bad/</script><img src=x onerror=alert(1)>\"'&\\u202e\\u0007.mp4"));
        Assert.That(await _page.Locator("img[src=x]").CountAsync(), Is.Zero);
        Assert.That(await _page.TitleAsync(), Does.Contain("<b>&amp;.jsonl"));
        await _page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'alert(2)'; document.body.append(s); }");
        Assert.That(_complaints, Has.Count.EqualTo(1).And.Some.Contains("Content Security Policy"), "the page's own policy lets no other script run");
    }

    [Test]
    public async Task The_keyboard_alone_suffices()
    {
        await GoAsync(await WriteAsync(200));
        await _page.Keyboard.PressAsync("Tab");
        Assert.That(await FocusedAsync(), Is.EqualTo("To the verdicts"));

        // On to the table's search, words typed, on to the first row, opened.
        await PressUntilAsync("Tab", static focused => focused == "search");
        await _page.Keyboard.TypeAsync("utterance-0000150");
        await Assertions.Expect(_page.Locator("#clips output")).ToHaveTextAsync("Rows 1–1 of 1 (of 200)");
        await PressUntilAsync("Tab", static focused => focused.EndsWith("utterance-0000150.flac", StringComparison.Ordinal));
        await _page.Keyboard.PressAsync("Enter");
        Assert.That(await _page.Locator("#clips tr.details").CountAsync(), Is.EqualTo(1));

        // Back to a head of a column, which sorts.
        await PressUntilAsync("Shift+Tab", static focused => focused == "Took");
        await _page.Keyboard.PressAsync("Space");
        await Assertions.Expect(_page.Locator("#clips th", new PageLocatorOptions { HasText = "Took" })).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.That(_complaints, Is.Empty);
    }

    private async Task PressUntilAsync(string key, Func<string, bool> isThere)
    {
        for (int pressed = 0; pressed < 80; pressed++)
        {
            await _page.Keyboard.PressAsync(key);
            if (isThere(await FocusedAsync()))
            {
                return;
            }
        }

        Assert.Fail($"{key} does not lead there");
    }

    private Task<string> FocusedAsync() => _page.EvaluateAsync<string>(
        "document.activeElement.type === 'search' ? 'search' : document.activeElement.innerText ?? ''");

    private Task<string> FirstAsync() => _page.Locator("#clips tbody tr").First.Locator("button").InnerTextAsync();

    private static double Number(string text) => double.Parse(Regex.Replace(text, "[^0-9.]", string.Empty), CultureInfo.InvariantCulture);

    private async Task GoAsync(string report)
    {
        await _page.GotoAsync(new Uri(report).AbsoluteUri);
        await _page.WaitForSelectorAsync("html[data-ready=true]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }

    // A video of which a piece in the middle was overwritten.
    private string Spoilt()
    {
        string film = Path.Combine(_folder, "spoilt.mkv");
        using (var ffmpeg = Process.Start("ffmpeg", $"-v error -f lavfi -i testsrc2=size=320x180:rate=25 -frames:v 100 -c:v libx264 -g 50 {film}"))
        {
            ffmpeg.WaitForExit();
        }

        byte[] bytes = File.ReadAllBytes(film);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, bytes.Length / 8));
        File.WriteAllBytes(film, bytes);
        string manifest = Path.Combine(_folder, "spoilt.jsonl");
        File.WriteAllText(manifest, $$"""{"id":"film-7","messages":[{"role":"user","content":"look"}],"videos":["{{film}}"]}""" + "\n");
        return manifest;
    }

    private static string RunSample(string more)
    {
        string command = Repository.PathOf("artifacts", "clipguard", "clipguard");
        string folder = Repository.PathOf("artifacts", "report-photos", "sample");
        using var process = Process.Start(new ProcessStartInfo(command)
        {
            ArgumentList =
            {
                "dry-run", Repository.SampleManifest, more, "--id-field", "id", "--config",
                Repository.PathOf("configs", "dry-run.json"), "--out", folder, "--fresh", "--report",
            },
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("report.html"));
        return Path.Combine(folder, "report.html");
    }

    // Bad clips first, then good ones of lengths from 10 to 99,999 s.
    private async Task<string> WriteAsync(int rows)
    {
        string path = Path.Combine(_folder, "report.html");
        DryRunSummary summary = SyntheticRun.Write(_folder, rows, Nasty) with { Manifest = "/data/<b>&amp;.jsonl" };
        await Task.Run(() => ReportPageWriter.Write(path, DryRunReport.Make(_folder, summary, [], rows, null)));
        return path;
    }
}
