using ClipGuard.Cli.Settings;

namespace ClipGuard.Cli.Reports;

/// <summary>What a report can be told.</summary>
internal static class ReportSettings
{
    /// <summary>For reports of any run.</summary>
    public static readonly SettingGroup<ReportOptions> Page = new("Report", new ReportOptions());

    /// <summary>For reports of runs that leave files.</summary>
    public static readonly SettingGroup<ReportOptions> Group = new(Page.Heading, Page.Unset);

    public static readonly Setting<string> File = Page.Value(
        "report-file",
        "FILE",
        "Receives the report, default report.html in the output folder; of bench in the current one.",
        SettingTextParser.FilePath,
        static (report, file) => report with { File = file });

    public static readonly Setting<int> Rows = Group.Value(
        "report-rows",
        "N",
        $"Most rows of the report's table of clips, bad ones first, default {Group.Unset.Rows}.",
        SettingTextParser.Count,
        static (report, rows) => report with { Rows = rows });

    /// <summary>For reports of dry runs, whose bad clips can be looked at once more.</summary>
    public static readonly SettingGroup<ReportOptions> Looks = new(Group.Heading, Group.Unset);

    public static readonly Setting<int> Pictures = Looks.Value(
        "report-pictures",
        "N",
        $"Of how many damaged clips frames or a waveform are shown, default {Group.Unset.Pictures}. 0 decodes nothing for the report.",
        SettingTextParser.CountOrNone,
        static (report, pictures) => report with { Pictures = pictures });

    /// <summary>What was said.</summary>
    public static ReportOptions Read(SettingSources sources) => Looks.Read(sources, ReadWithoutLooks(sources));

    /// <summary>What was said where bad clips are not looked at.</summary>
    public static ReportOptions ReadWithoutLooks(SettingSources sources) => Group.Read(sources, Page.Read(sources));

    /// <summary>For verbs that do something else, and may write a report of it.</summary>
    public static readonly SettingGroup Wanted = new("Report");

    public static readonly Setting<bool> Report = Wanted.Flag("report", "Write a report of it as one HTML file, as 'clipguard report' does.");
}

/// <summary>What goes into a report.</summary>
internal sealed record ReportOptions
{
    /// <summary>The file; null for <c>report.html</c> in the output folder.</summary>
    public string? File { get; init; }

    /// <summary>Most rows of the table of clips.</summary>
    public int Rows { get; init; } = 100_000;

    /// <summary>Of how many damaged clips what is left is shown; 0 decodes nothing.</summary>
    public int Pictures { get; init; } = 24;

    /// <summary>The file that is written.</summary>
    public string FileIn(string folder) => File ?? Path.Combine(Path.GetFullPath(folder), "report.html");
}
