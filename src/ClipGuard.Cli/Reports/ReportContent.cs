namespace ClipGuard.Cli.Reports;

/// <summary>All that a report shows. The page draws it, and knows nothing of dry runs or comparisons.</summary>
internal sealed record ReportContent
{
    /// <summary>What was run, in a few words above the title.</summary>
    public required string Kicker { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>What came of it, in one or two sentences.</summary>
    public required string Lead { get; init; }

    /// <summary>What one wants to know first, each with its name.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Facts { get; init; } = [];

    /// <summary>What the verdicts are counts of.</summary>
    public string VerdictTitle { get; init; } = "Verdicts";

    /// <summary>The verdicts.</summary>
    public IReadOnlyList<ReportVerdict> Verdicts { get; init; } = [];

    /// <summary>The same by what clips have in common.</summary>
    public IReadOnlyList<ReportBreakdown> Breakdowns { get; init; } = [];

    /// <summary>What has to be said of these.</summary>
    public string? BreakdownNote { get; init; }

    /// <summary>Where in clips their damage lies.</summary>
    public IReadOnlyList<ReportHistogram> Damage { get; init; } = [];

    /// <summary>What has to be said of that.</summary>
    public string? DamageNote { get; init; }

    /// <summary>What bad clips look and sound like.</summary>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>What has to be said of these.</summary>
    public string? PictureNote { get; init; }

    /// <summary>Tables that can be sorted and searched.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>What the histograms are about.</summary>
    public string HistogramTitle { get; init; } = "What is good";

    /// <summary>What is good.</summary>
    public IReadOnlyList<ReportHistogram> Histograms { get; init; } = [];

    /// <summary>What has to be said of that.</summary>
    public string? HistogramNote { get; init; }

    /// <summary>The settings in force, each with its name.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Settings { get; init; } = [];
}

/// <summary>One verdict.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Tone">Its colour: <c>good</c>, <c>bad</c> or <c>warn</c>.</param>
internal sealed record ReportVerdict(string Name, long Count, string Tone);

/// <summary>Counts by one thing that clips have in common.</summary>
/// <param name="Name">What that is.</param>
/// <param name="Rows">Its values, each with how many clips are good, bad and unsettled.</param>
/// <param name="Note">What has to be said of it.</param>
internal sealed record ReportBreakdown(string Name, IReadOnlyList<object[]> Rows, string? Note);

/// <summary>A histogram.</summary>
/// <param name="Title">Of what.</param>
/// <param name="Counts">The height of each bar.</param>
/// <param name="Labels">What each bar stands for.</param>
/// <param name="Ticks">What stands below each bar.</param>
/// <param name="Summary">The same in a sentence.</param>
internal sealed record ReportHistogram(
    string Title, IReadOnlyList<long> Counts, IReadOnlyList<string> Labels, IReadOnlyList<string> Ticks, string Summary)
{
    /// <summary>Whether what stands below a bar is meant for its middle instead of its left edge.</summary>
    public bool Centred { get; init; }

    /// <summary>The colour of its bars, where it is not the usual one.</summary>
    public string? Tone { get; init; }
}

/// <summary>What a clip looks or sounds like.</summary>
/// <param name="Title">The clip's name.</param>
/// <param name="Caption">What is wrong with it.</param>
/// <param name="Alt">What the picture shows.</param>
internal sealed record ReportPicture(string Title, string Caption, string Alt)
{
    /// <summary>A PNG file; null for sound.</summary>
    public byte[]? Image { get; init; }

    /// <summary>The lowest and the highest sample of each block, in turn, in hundredths of the loudest; null for pictures.</summary>
    public IReadOnlyList<int>? Wave { get; init; }

    /// <summary>Where the damage begins, from 0 to 1; null where that is not known.</summary>
    public double? Mark { get; init; }
}
