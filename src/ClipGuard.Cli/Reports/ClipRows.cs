using ClipGuard.Cli.Screens;
using ClipGuard.DryRuns;

namespace ClipGuard.Cli.Reports;

/// <summary>The table of all clips: bad ones and lines first, then good ones, each in the manifest's order, and no more than the page can hold.</summary>
/// <param name="most">Most rows.</param>
internal sealed class ClipRows(int most)
{
    // What is only read where a row is opened may not make the page too large to send: the first rows have it.
    private const int TextBudget = 2_500_000;
    private const int MessageLength = 400;

    private readonly TextColumn _clip = new("Clip") { Opens = true };
    private readonly ChoiceColumn _verdict = new("Verdict");
    private readonly ChoiceColumn _kind = new("Kind");
    private readonly TextColumn _id = new("Id") { Less = true };
    private readonly NumberColumn _line = new("Line") { Ascending = true, Less = true };
    private readonly ChoiceColumn _codec = new("Codec") { Less = true };
    private readonly ChoiceColumn _container = new("Container") { Hidden = true };
    private readonly ChoiceColumn _resolution = new("Resolution") { Less = true };
    private readonly NumberColumn _length = new("Length") { Unit = "s", Less = true };
    private readonly NumberColumn _bytes = new("Size") { Unit = "bytes", Less = true };
    private readonly NumberColumn _rate = new("Rate") { Unit = "Hz", Hidden = true };
    private readonly NumberColumn _took = new("Took") { Unit = "s", Less = true };
    private readonly SparseColumn _stage = new("Stage");
    private readonly SparseColumn _message = new("Message");
    private readonly SparseColumn _path = new("Path");
    private readonly SparseColumn _log = new("Decoder's log");

    private int _count;
    private long _good;
    private long _bad;
    private bool _hasIds;
    private int _textLeft = TextBudget;

    /// <summary>Most rows.</summary>
    public int Most => most;

    /// <summary>Adds a bad clip or line.</summary>
    /// <param name="fault">Its record.</param>
    /// <param name="look">What a second look told; null where there was none.</param>
    public void Add(FaultRecord fault, BadClipInspection? look)
    {
        _bad++;
        if (_count >= most)
        {
            return;
        }

        var clip = fault as ClipFaultRecord;
        AddRow(fault.Line, clip?.Clip ?? $"line {fault.Line}", fault.Fault, clip is null ? string.Empty : Wording.Lower(clip.Kind), fault.Id);
        _codec.Add(look?.Stream?.Codec ?? string.Empty);
        _container.Add(look is null ? string.Empty : DryRunBreakdowns.ShortContainer(look.Format));
        _resolution.Add(look?.Stream is { Width: not null } stream ? DryRunBreakdowns.Resolution(stream.Width, stream.Height) : string.Empty);
        _length.Add(look?.DurationSeconds);
        _bytes.Add(null);
        _rate.Add(look?.Stream?.SampleRateHz ?? look?.Stream?.FrameRateHz);
        _took.Add(clip?.ElapsedSeconds);
        AddText(_message, Cut(fault.Message));
        if (clip is not null)
        {
            AddText(_stage, Wording.Lower(clip.Stage));
            AddText(_path, clip.Path);
            AddText(_log, string.Join('\n', clip.Log));
        }

        _count++;
    }

    /// <summary>Adds a clip that decoded.</summary>
    public void Add(DecodedClipRecord clip)
    {
        _good++;
        if (_count >= most)
        {
            return;
        }

        AddRow(clip.Line, clip.Clip, "ok", Wording.Lower(clip.Kind), clip.Id);
        _codec.Add(clip.Codec ?? string.Empty);
        _container.Add(clip.Container is { } name ? DryRunBreakdowns.ShortContainer(name) : string.Empty);
        _resolution.Add(clip.Width is null ? string.Empty : DryRunBreakdowns.Resolution(clip.Width, clip.Height));
        _length.Add(clip.DurationSeconds);
        _bytes.Add(clip.Bytes);
        _rate.Add(clip.SampleRateHz ?? clip.FrameRateHz);
        _took.Add(clip.ElapsedSeconds);
        if (clip.Damage is { } damage)
        {
            AddText(_message, $"Damage within the limits: {Wording.Damage(damage)}");
        }

        _count++;
    }

    /// <summary>The table.</summary>
    public ReportTable Finish()
    {
        ReportColumn[] columns =
        [
            _clip, _verdict, _kind, .. _hasIds ? [_id] : Array.Empty<ReportColumn>(), _codec, _container, _resolution, _length, _bytes, _rate, _took, _line,
            _stage, _message, _path, _log,
        ];
        long left = _good + _bad - _count;
        return new ReportTable("clips", "All clips", columns)
        {
            Count = _count,
            Note = left == 0 ? null
                : $"The first {Wording.Count(_count, "row")}, bad ones before good ones; {Wording.Number(left)} more are in faults.jsonl and clips.jsonl.",
        };
    }

    private void AddRow(long line, string clip, string verdict, string kind, string? id)
    {
        _line.Add(line);
        _clip.Add(Cut(clip));
        _verdict.Add(verdict);
        _kind.Add(kind);
        _id.Add(Cut(id ?? string.Empty));
        _hasIds |= id is not null;
    }

    private void AddText(SparseColumn column, string? text)
    {
        if (!string.IsNullOrEmpty(text) && _textLeft > text.Length)
        {
            column.Add(_count, text);
            _textLeft -= text.Length + 16;
        }
    }

    private static string Cut(string text) => text.Length <= MessageLength ? text
        : text[..(char.IsHighSurrogate(text[MessageLength - 1]) ? MessageLength - 1 : MessageLength)] + "…";
}
