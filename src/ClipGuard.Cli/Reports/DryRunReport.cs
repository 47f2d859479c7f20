using System.Globalization;
using System.Text.Json;

using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Reports;

/// <summary>Makes a report of the files that a dry run has left. They are read one record at a time, and what is kept is what the page shows.</summary>
internal sealed class DryRunReport
{
    private const int DamageBins = 20;

    private readonly string _folder;
    private readonly DryRunSummary _summary;
    private readonly Dictionary<(long Line, string Clip), BadClipInspection> _looks;
    private readonly IReadOnlyList<BadClipInspection> _ordered;
    private readonly DryRunBreakdowns _breakdowns;
    private readonly OkClipHistograms _good = new();
    private readonly long[] _damage = new long[DamageBins];
    private readonly ClipRows _rows;

    private DryRunReport(string folder, DryRunSummary summary, IReadOnlyList<BadClipInspection> looks, int mostRows)
    {
        _folder = folder;
        _summary = summary;
        _ordered = looks;
        _looks = looks.DistinctBy(static look => (look.Fault.Line, look.Fault.Clip)).ToDictionary(static look => (look.Fault.Line, look.Fault.Clip));
        _breakdowns = new DryRunBreakdowns(summary);
        _rows = new ClipRows(mostRows);
    }

    /// <summary>Makes the report.</summary>
    /// <param name="folder">The run's output folder.</param>
    /// <param name="summary">Its summary.</param>
    /// <param name="looks">What second looks at bad clips told.</param>
    /// <param name="mostRows">Most rows of the table of clips.</param>
    /// <param name="looksNote">Why there are no looks; null where there are.</param>
    public static ReportContent Make(string folder, DryRunSummary summary, IReadOnlyList<BadClipInspection> looks, int mostRows, string? looksNote) =>
        new DryRunReport(folder, summary, looks, mostRows).Make(looksNote);

    private ReportContent Make(string? looksNote)
    {
        foreach (FaultRecord fault in Existing(DryRunFiles.Faults(_folder), DryRunFiles.ReadFaults))
        {
            BadClipInspection? look = fault is ClipFaultRecord clip ? _looks.GetValueOrDefault((clip.Line, clip.Clip)) : null;
            _rows.Add(fault, look);
            if (fault is ClipFaultRecord bad)
            {
                _breakdowns.AddBad(bad, look);
                AddDamage(look?.DamageAt);
            }
        }

        ReportTable unsettled = UnsettledTable();
        foreach (DecodedClipRecord clip in Existing(DryRunFiles.Clips(_folder), DryRunFiles.ReadClips))
        {
            _rows.Add(clip);
            _breakdowns.AddGood(clip);
            _good.Add(clip);
            AddDamage(BadClipInspection.ShareOf(clip.Damage?.FirstAt?.TotalSeconds, clip.DurationSeconds));
        }

        ReportPicture[] pictures = [.. _ordered.Select(static look => look.Picture).OfType<ReportPicture>()];
        return new ReportContent
        {
            Kicker = "ClipGuard dry run",
            Title = string.Join(" + ", _summary.Manifest.Split(" + ").Select(NameOf)),
            Lead = Lead(),
            Facts = Facts(),
            Verdicts = Verdicts(),
            VerdictTitle = "Verdicts on clips",
            Breakdowns = _breakdowns.Draw(),
            BreakdownNote = looksNote ?? "Codec, container and resolution of a bad clip are known where a second look could tell them; otherwise its name "
                + "stands for the container. A good clip counts once, however often the manifest names it.",
            Damage = Damage(),
            DamageNote = "Where the first damage of a clip lies within its length, as far as it is known.",
            Pictures = pictures,
            PictureNote = "The most damaged clips, as far as they decode: frames from where the damage begins, or the waveform with a line there.",
            Tables = [_rows.Finish(), .. Agreement(), .. unsettled.Count > 0 ? [unsettled] : Array.Empty<ReportTable>(), SlowestTable()],
            Histograms = _good.Draw(),
            HistogramNote = "Of the clips that decoded, as their headers say.",
            Settings = Settings(),
        };
    }

    // Several manifests that were read one after the other have their names with plus signs between.
    private static string NameOf(string manifest) => Path.GetFileName(manifest.TrimEnd('/')) is { Length: > 0 } name ? name : manifest;

    private static IEnumerable<T> Existing<T>(string path, Func<string, IEnumerable<T>> read) => File.Exists(path) ? read(path) : [];

    private void AddDamage(double? share)
    {
        if (share is { } place)
        {
            _damage[Math.Min(DamageBins - 1, (int)(place * DamageBins))]++;
        }
    }

    private string Lead()
    {
        long faults = _summary.Faults.Values.Sum();
        string stopped = _summary.Cancelled ? " The run was stopped before the manifest's end." : string.Empty;
        string open = _summary.UnsettledCount > 0 ? $", {Wording.Number(_summary.UnsettledCount)} unsettled" : string.Empty;
        return $"{Wording.Count(_summary.SampleCount, "sample")}, {Wording.Count(_summary.ClipCount, "clip")}: {Wording.Number(_summary.OkCount)} decoded, "
            + $"{(faults == 0 ? "no fault" : Wording.Count(faults, "fault"))}{open}. "
            + $"{Wording.Count(_summary.CleanSampleCount, "sample")} can be trained on.{stopped}";
    }

    private List<IReadOnlyList<string>> Facts()
    {
        List<IReadOnlyList<string>> facts =
        [
            ["Manifest", _summary.Manifest],
            ["Decoder", $"{_summary.Versions.Decoder}, clipguard {_summary.Versions.ClipGuard}"],
            ["Took", $"{Wording.Seconds(TimeSpan.FromSeconds(_summary.ElapsedSeconds))}, {Wording.Number(_summary.ClipsPerSecond)} clips a second"],
            ["Written", File.GetLastWriteTimeUtc(DryRunFiles.Summary(_folder)).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)],
        ];
        if (_summary.FromStoreCount + _summary.RepeatedCount > 0)
        {
            (string known, string repeated) = (Wording.Number(_summary.FromStoreCount), Wording.Number(_summary.RepeatedCount));
            facts.Add(["Not decoded", $"{known} known to the verdict store, {repeated} named before"]);
        }

        return facts;
    }

    private ReportVerdict[] Verdicts() =>
    [
        new ReportVerdict("ok", _summary.OkCount, "good"),
        .. _summary.Faults.Where(static pair => pair.Value > 0).OrderByDescending(static pair => pair.Value)
            .Select(static pair => new ReportVerdict(pair.Key, pair.Value, "bad")),
        .. _summary.UnsettledCount > 0 ? [new ReportVerdict("unsettled", _summary.UnsettledCount, "warn")] : Array.Empty<ReportVerdict>(),
    ];

    private ReportHistogram[] Damage()
    {
        long all = _damage.Sum();
        string[] labels = [.. Enumerable.Range(0, DamageBins).Select(static bin => $"{bin * 100 / DamageBins} – {(bin + 1) * 100 / DamageBins} %")];
        string[] ticks = [.. Enumerable.Range(0, DamageBins).Select(static bin => $"{bin * 100 / DamageBins} %")];
        return all == 0 ? []
            : [new ReportHistogram("First damage within a clip", _damage, labels, ticks, Wording.Count(all, "damaged clip")) { Tone = "bad" }];
    }

    private ReportTable[] Agreement() => _summary.Agreement is not { } agreement ? []
        : [AgreementTables.Formats(agreement), AgreementTables.Clips(Existing(DryRunFiles.Disagreements(_folder), DryRunFiles.ReadDisagreements), _rows.Most)];

    private ReportTable UnsettledTable()
    {
        var clip = new TextColumn("Clip") { Opens = true };
        var line = new NumberColumn("Line") { Ascending = true };
        var kind = new ChoiceColumn("Kind");
        var cause = new ChoiceColumn("Cause");
        var stage = new ChoiceColumn("Stage") { Less = true };
        var message = new SparseColumn("Message");
        int count = 0;
        foreach (UnsettledRecord record in Existing(DryRunFiles.Unsettled(_folder), DryRunFiles.ReadUnsettled))
        {
            _breakdowns.AddUnsettled(record);
            if (count >= _rows.Most)
            {
                continue;
            }

            clip.Add(record.Clip);
            line.Add(record.Line);
            kind.Add(Wording.Lower(record.Kind));
            cause.Add(Wording.Lower(record.Cause));
            stage.Add(Wording.Lower(record.Stage));
            message.Add(count++, record.Message);
        }

        return new ReportTable("unsettled", "Unsettled clips", [clip, cause, kind, stage, line, message])
        {
            Count = count,
            Note = "They gave no data through no fault of their own. The same dry run into the same folder tries these alone.",
        };
    }

    private ReportTable SlowestTable()
    {
        var clip = new TextColumn("Clip") { Opens = true };
        var line = new NumberColumn("Line") { Ascending = true };
        var took = new NumberColumn("Took") { Unit = "s" };
        foreach (SlowClip slow in _summary.Slowest)
        {
            clip.Add(slow.Clip);
            line.Add(slow.Line);
            took.Add(slow.Seconds);
        }

        return new ReportTable("slowest", "Slowest clips", [clip, line, took]) { Count = _summary.Slowest.Count };
    }

    private List<IReadOnlyList<string>> Settings()
    {
        using var summary = JsonDocument.Parse(File.ReadAllBytes(DryRunFiles.Summary(_folder)));
        var settings = new List<IReadOnlyList<string>>();
        foreach (string member in new[] { "settings", "versions" })
        {
            if (summary.RootElement.TryGetProperty(member, out JsonElement value))
            {
                Flatten(string.Empty, value, settings);
            }
        }

        return settings;
    }

    private static void Flatten(string name, JsonElement value, List<IReadOnlyList<string>> settings)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                Flatten(name.Length == 0 ? member.Name : $"{name}.{member.Name}", member.Value, settings);
            }

            return;
        }

        string text = value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(static one => one.ToString()))
            : value.ValueKind == JsonValueKind.Null ? "–" : value.ToString();
        settings.Add([name, text]);
    }
}
