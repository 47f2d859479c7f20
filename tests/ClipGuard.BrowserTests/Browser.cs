using Microsoft.Playwright;

using NUnit.Framework;

namespace ClipGuard.BrowserTests;

/// <summary>Chromium of this machine, opened once for all tests.</summary>
[SetUpFixture]
public sealed class Browser
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static IPlaywright? playwright;
    private static IBrowser? browser;

    /// <summary>The browser; the test is skipped where there is none.</summary>
    internal static async Task<IBrowser> OpenAsync()
    {
        string program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .SelectMany(static folder => Programs.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? IgnoreAndGiveUp();
        playwright ??= await Playwright.CreateAsync();
        return browser ??= await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
    }

    private static string IgnoreAndGiveUp()
    {
        Assert.Ignore("Chromium is missing: apt-get install chromium");
        return string.Empty;
    }
}
