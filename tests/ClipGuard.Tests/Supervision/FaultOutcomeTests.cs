using ClipGuard.Fetching;
using ClipGuard.Media;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Supervision;

internal sealed class FaultOutcomeTests
{
    [Test]
    public void What_a_program_found_is_what_was_found_and_who_found_it()
    {
        var fault = new ClipFault(FaultKind.Corrupt, DecodeStage.Decode, "It is cut.", new PostMortem());
        using var outcome = new FaultOutcome(fault, TimeSpan.FromSeconds(2))
        {
            IsUnconfirmed = true,
            Fetched = new ObjectMetadata(10, "\"v1\"", null),
            Profile = new DecodeTimings { Decoded = TimeSpan.FromSeconds(1) },
        };

        using FaultOutcome found = outcome.FoundBy("PyAV 10");

        Assert.That(found.Fault, Is.EqualTo(fault with { Decoder = "PyAV 10" }));
        Assert.That(
            (found.Elapsed, found.IsUnconfirmed, found.Fetched, found.Profile),
            Is.EqualTo((outcome.Elapsed, outcome.IsUnconfirmed, outcome.Fetched, outcome.Profile)));
    }
}
