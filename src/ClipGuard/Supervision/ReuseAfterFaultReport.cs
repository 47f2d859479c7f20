using System.Text.Json.Serialization;

namespace ClipGuard.Supervision;

/// <summary>What came of helpers that stayed in use after they had found a fault (<see cref="SupervisorOptions.ConfirmOneIn"/>).</summary>
public sealed record ReuseAfterFaultReport
{
    /// <summary>Faults after which their helper stayed in use.</summary>
    [JsonPropertyName("kept")]
    public long KeptCount { get; init; }

    /// <summary>Faults after which it did not, because it did not make the right bytes of a known clip, or had grown.</summary>
    [JsonPropertyName("notKept")]
    public long NotKeptCount { get; init; }

    /// <summary>Findings of helpers that had found a fault before, which a fresh helper was asked about and came to as well.</summary>
    [JsonPropertyName("confirmed")]
    public long ConfirmedCount { get; init; }

    /// <summary>Such findings since the last that was confirmed. After a disagreement these are the ones to doubt.</summary>
    [JsonPropertyName("unconfirmed")]
    public long UnconfirmedCount { get; init; }

    /// <summary>
    /// What a fresh helper came to in place of what such a helper had found; null where there was no disagreement. From then on no helper was used again
    /// after a fault.
    /// </summary>
    public string? Disagreement { get; init; }

    /// <summary>The counts of several runs together, and the first disagreement among them.</summary>
    internal static ReuseAfterFaultReport Sum(IEnumerable<ReuseAfterFaultReport> runs) => runs.Aggregate(new ReuseAfterFaultReport(), static (sum, run) => new()
    {
        KeptCount = sum.KeptCount + run.KeptCount,
        NotKeptCount = sum.NotKeptCount + run.NotKeptCount,
        ConfirmedCount = sum.ConfirmedCount + run.ConfirmedCount,
        UnconfirmedCount = sum.UnconfirmedCount + run.UnconfirmedCount,
        Disagreement = sum.Disagreement ?? run.Disagreement,
    });
}
