using System.Globalization;

using ClipGuard.DryRuns;
using ClipGuard.DryRuns.SecondOpinions;
using ClipGuard.Media;

using Spectre.Console;

namespace ClipGuard.Cli.Screens;

/// <summary>The tables at the end of a dry run at a terminal.</summary>
internal static class FindingTables
{
    private const int ClipWidth = 60;
    private const int RoomyWidth = 120;
    private const int ShortClipWidth = 24;

    // Without a frame, since all of it is to stand on a small screen with what follows.
    public static Grid Verdicts(DryRunEndView findings)
    {
        Grid table = new Grid().AddColumn(new GridColumn()).AddColumn(new GridColumn { Alignment = Justify.Right });
        table.AddRow(Cell("ok", Color.Green), Cell(Wording.Number(findings.Summary.OkCount)));
        foreach ((string fault, long count) in findings.FaultCounts)
        {
            table.AddRow(Cell(fault, ColorOf(fault)), Cell(Wording.Number(count)));
        }

        if (findings.Summary.UnsettledCount > 0)
        {
            table.AddRow(Cell("unsettled", Color.Yellow), Cell(Wording.Number(findings.Summary.UnsettledCount)));
        }

        return table;
    }

    /// <summary>The first of the bad clips; where there is little room, without where they were and how long they took.</summary>
    public static Table Faults(DryRunEndView findings, int width)
    {
        bool isRoomy = width >= RoomyWidth;
        int clipWidth = isRoomy ? ClipWidth : ShortClipWidth;
        Table table = NewTable(
            "Bad clips",
            [
                ("Line", Justify.Right),
                ("Clip", Justify.Left),
                ("Fault", Justify.Left),
                .. isRoomy ? [("Stage", Justify.Left), ("Time", Justify.Right)] : Array.Empty<(string, Justify)>(),
                ("Message", Justify.Left),
            ]);
        foreach (FaultRecord fault in findings.Shown)
        {
            var clip = fault as ClipFaultRecord;
            table.AddRow(
            [
                Cell(fault.Line.ToString(CultureInfo.InvariantCulture)),
                Cell(clip is null ? string.Empty : PrintableText.Short(clip.Clip, clipWidth)),
                Cell(fault.Fault, ColorOf(fault.Fault)),
                .. isRoomy
                    ?
                    [
                        Cell(clip is null ? string.Empty : Wording.Lower(clip.Stage)),
                        Cell(clip is null ? string.Empty : Wording.Seconds(TimeSpan.FromSeconds(clip.ElapsedSeconds))),
                    ]
                    : Array.Empty<Text>(),
                Cell(PrintableText.Line(fault.Message)),
            ]);
        }

        return table;
    }

    public static Table Slowest(DryRunEndView findings)
    {
        Table table = NewTable("Slowest clips", ("Time", Justify.Right), ("Line", Justify.Right), ("Clip", Justify.Left));
        foreach (SlowClip clip in findings.Slowest)
        {
            table.AddRow(
                Cell(Wording.Seconds(TimeSpan.FromSeconds(clip.Seconds))),
                Cell(clip.Line.ToString(CultureInfo.InvariantCulture)),
                Cell(PrintableText.Short(clip.Clip, ClipWidth)));
        }

        return table;
    }

    public static Table Agreement(Agreement agreement)
    {
        Table table = NewTable("Two decoders", [.. AgreementRows.Columns.Select(static (name, column) => (name, column == 0 ? Justify.Left : Justify.Right))]);
        foreach (string[] row in AgreementRows.Of(agreement).Skip(1))
        {
            table.AddRow(row.Select(static cell => Cell(cell)));
        }

        return table;
    }

    public static Grid Files(DryRunEndView findings)
    {
        Grid files = new Grid().AddColumns(2).AddRow(Cell("Bad clips"), Cell(PrintableText.Line(findings.FaultsPath)));
        if (findings.Summary.UnsettledCount > 0)
        {
            files.AddRow(Cell("Unsettled"), Cell($"{PrintableText.Line(findings.UnsettledPath)}: run it again to try these alone"));
        }

        if (findings.Summary.Agreement is { DisagreementCount: > 0 })
        {
            files.AddRow(Cell("Disagreements"), Cell(PrintableText.Line(findings.DisagreementsPath)));
        }

        return files
            .AddRow(Cell("Clean rows"), Cell(Wording.CleanRows(findings)))
            .AddRow(Cell("Excluded"), Cell(Wording.ExcludedRows(findings)))
            .AddRow(Cell("Summary"), Cell(PrintableText.Line(findings.SummaryPath)));
    }

    private static Table NewTable(string title, params (string Name, Justify Side)[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(title), UseSafeBorder = true };
        foreach ((string name, Justify side) in columns)
        {
            table.AddColumn(new TableColumn(new Text(name)) { Alignment = side });
        }

        return table;
    }

    // A manifest line that is no sample has a name that is no kind of fault.
    private static Color ColorOf(string fault) =>
        Enum.TryParse(fault, out FaultKind kind) && FaultKinds.Of(kind).IsAlarming ? Color.Red : Color.Yellow;

    private static Text Cell(string text, Color? color = null) => new(text, color is { } chosen ? new Style(chosen) : Style.Plain);
}
