using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>The folder that a decoder of somebody else's writes in.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class ProgramScratchTests
{
    // Two files are within the limit and five are not; "removed" has no name any more, and is open.
    private const string Worker = """
        import os, time
        import numpy
        from clipguard import worker

        @worker.audio
        def audio(clip, spec):
            kept = []
            for number in range(2 if clip.name.startswith("few") else 5):
                kept.append(open(f"{len(kept)}-{os.getpid()}", "wb", buffering=0))
                kept[-1].write(bytes(2 << 20))
                if clip.name.startswith("removed"):
                    os.unlink(kept[-1].name)
            if not clip.name.startswith("few"):
                time.sleep(1000)
            for file in kept:
                os.unlink(file.name)
            return numpy.zeros(1, "f4"), 16000

        worker.run("writes 1", {"numpy": numpy.__version__})
        """;

    [Test]
    public async Task It_holds_so_much_and_no_more_in_all_its_files_together(CancellationToken cancellation)
    {
        Assume.That(File.Exists("/usr/bin/python3"), "Debian's Python");
        string folder = Directory.CreateTempSubdirectory("scratch-").FullName;
        string script = Path.Combine(folder, "worker.py");
        await File.WriteAllTextAsync(script, Worker, cancellation);
        Supervisor supervisor = await Supervisor.StartAsync(
            new SupervisorOptions
            {
                HelperPath = PublishedCommand.HelperProgram,
                Decoder = new DecoderProgram("/usr/bin/python3", [script]),
                HelperEnvironment = new Dictionary<string, string> { ["PYTHONPATH"] = Repository.PathOf("src", "ClipGuard.Python") },
                Workers = 1,
                Spares = 0,
                MaxScratchBytes = 8 << 20,
            },
            cancellation: cancellation);
        await using (supervisor)
        {
            foreach ((string name, bool isTooMuch) in new[] { ("few", false), ("many", true), ("removed", true) })
            {
                string clip = Path.Combine(folder, $"{name}.wav");
                await File.WriteAllTextAsync(clip, "x", cancellation);
                using DecodeOutcome outcome = await supervisor.SettleAsync(new DecodeRequest(new FileSource(clip), new AudioSpec()), cancellation);
                Assert.That(outcome.Fault?.Kind, Is.EqualTo(isTooMuch ? FaultKind.LimitExceeded : (FaultKind?)null), () => $"{name}: {outcome.Fault}");
                Assert.That(outcome.Fault?.Message, isTooMuch ? Does.Contain("more than 8388608 bytes in its folder") : Is.Null);
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
