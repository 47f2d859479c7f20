using System.Diagnostics;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>The soak in its short form; the long one is the build's target Soak.</summary>
[TestFixture]
internal sealed class SoakTests
{
    [Test]
    [CancelAfter(300_000)]
    public async Task Thousands_of_decodes_with_misbehaviour_lose_nothing_and_leave_nothing(CancellationToken cancellation)
    {
        using Process soak = Process.Start(new ProcessStartInfo(BuiltPrograms.Benchmarks, ["soak", "2400"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = soak.StandardError.ReadToEndAsync(cancellation);
        string output = await soak.StandardOutput.ReadToEndAsync(cancellation);
        await soak.WaitForExitAsync(cancellation);

        Assert.That(soak.ExitCode, Is.Zero, output + await errors);
        Assert.That(output, Does.Contain("2400 of 2400 verdicts, 0 wrong").And.Contain("left over: nothing"));
    }
}
