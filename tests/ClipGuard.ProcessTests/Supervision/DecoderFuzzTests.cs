using System.Diagnostics;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>The fuzzing of the decoders in its short form, over the sample's files alone; the long one is the build's target Fuzz.</summary>
[TestFixture]
internal sealed class DecoderFuzzTests
{
    [Test]
    [CancelAfter(300_000)]
    public async Task Hundreds_of_damaged_copies_of_the_sample_meet_no_exception_and_crash_nothing(CancellationToken cancellation)
    {
        string[] arguments = ["fuzz", Repository.PathOf("datasets-sample"), "600", "20261130", "sample"];
        using Process fuzz = Process.Start(new ProcessStartInfo(BuiltPrograms.Benchmarks, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = fuzz.StandardError.ReadToEndAsync(cancellation);
        string output = await fuzz.StandardOutput.ReadToEndAsync(cancellation);
        await fuzz.WaitForExitAsync(cancellation);

        Assert.That(fuzz.ExitCode, Is.Zero, output + await errors);
        Assert.That(output, Does.Contain("600 cases, seed 20261130: 0 exceptions, 0 crashes"));
    }
}
