using Microsoft.Playwright;

using NUnit.Framework;

namespace ClipGuard.BrowserTests;

/// <summary>Chromium of this machine, opened once for all tests.</summary>
[SetUpFixture]
public sealed class BrowserFixture
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>The browser; the test is skipped where there is none.</summary>
    internal static async Task<IBrowser> OpenAsync()
    {
        string program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .SelectMany(static folder => Programs.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? IgnoreAndGiveUp();
        _playwright ??= await Playwright.CreateAsync();
        return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }

    private static string IgnoreAndGiveUp()
    {
        Assert.Ignore("Chromium is missing: apt-get install chromium");
        return string.Empty;
    }
}
