using System.Diagnostics;
using System.Globalization;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>Helpers end when their host does, however it ends, and not when the thread that started them does.</summary>
[TestFixture]
internal sealed class ParentDeathTests
{
    [TestCase("killed")]
    [TestCase("returns")]
    [TestCase("throws")]
    [CancelAfter(60_000)]
    public async Task Helpers_end_with_their_host(string end, CancellationToken cancellation)
    {
        using Process host = await StartHostAsync(end, cancellation);
        int[] helpers = [];
        Assert.That(() => (helpers = Children(host.Id)).Length, Is.GreaterThanOrEqualTo(3).After(30_000, 20));

        if (end == "killed")
        {
            host.Kill();
        }
        else
        {
            await host.StandardInput.WriteLineAsync();
        }

        await host.WaitForExitAsync(cancellation);

        Assert.That(() => helpers.Where(IsAlive), Is.Empty.After(30_000, 20));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Helpers_outlive_the_thread_that_asked_for_them(CancellationToken cancellation)
    {
        using Process host = await StartHostAsync("lives", cancellation);
        int[] helpers = Children(host.Id);
        Assert.That(helpers, Is.Not.Empty);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation);

        Assert.That(helpers.Where(pid => !IsAlive(pid)), Is.Empty);
        await host.StandardInput.WriteLineAsync();
        Assert.That(await host.StandardOutput.ReadLineAsync(cancellation), Is.EqualTo("STILL THERE"));
        await host.WaitForExitAsync(cancellation);
    }

    private static async Task<Process> StartHostAsync(string end, CancellationToken cancellation)
    {
        Process host = Process.Start(new ProcessStartInfo(BuiltPrograms.TestHost, [MisbehavingHelperProgram.ProgramPath, end])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        host.BeginErrorReadLine();
        Assert.That(await host.StandardOutput.ReadLineAsync(cancellation), Is.EqualTo("READY"));
        return host;
    }

    private static int[] Children(int pid) => [.. Leftovers.Children(pid.ToString(CultureInfo.InvariantCulture))];

    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
