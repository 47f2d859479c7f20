using System.Text;
using System.Text.Json;

using ClipGuard.Manifests;
using ClipGuard.Runs;

using Microsoft.Extensions.Logging;

namespace ClipGuard.DryRuns;

/// <summary>Writes finished rows, in manifest order, and from time to time a checkpoint.</summary>
/// <remarks>
/// A fault is written to the file at once, and a clean row when the recorder has nothing else to do or after a second. Not thread-safe: one task records.
/// </remarks>
internal sealed class FindingRecorder
{
    /// <summary>Most time between two moments at which all that was found is on the disk.</summary>
    public static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly OutputFolder _output;
    private readonly FindingFiles _files;
    private readonly ExcludedRowBuilder _excluded;
    private readonly string? _idField;
    private readonly Func<RunTally, Checkpoint?> _checkpoint;
    private readonly FailureBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _checkpointed;
    private long _flushed;

    /// <param name="output">Where rows go.</param>
    /// <param name="excluded">Names rows that are not clean.</param>
    /// <param name="idField">The field that names rows; null for none.</param>
    /// <param name="tally">What was counted before.</param>
    /// <param name="checkpoint">Makes a checkpoint of a tally; gives null where the manifest cannot be read a second time.</param>
    /// <param name="budget">How many faulty rows there may be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where each fault is logged once.</param>
    public FindingRecorder(
        OutputFolder output,
        ExcludedRowBuilder excluded,
        string? idField,
        RunTally tally,
        Func<RunTally, Checkpoint?> checkpoint,
        FailureBudget budget,
        TimeProvider time,
        ILogger log)
    {
        _output = output;
        _files = output.Files;
        _excluded = excluded;
        _idField = idField;
        Tally = tally;
        _checkpoint = checkpoint;
        _budget = budget;
        _time = time;
        _log = log;
        _checkpointed = _flushed = time.GetTimestamp();
    }

    /// <summary>What was counted so far.</summary>
    public RunTally Tally { get; }

    /// <summary>True once a row was recorded with clips that have no verdict, because the run was stopped.</summary>
    public bool HasGap { get; private set; }

    /// <summary>Records a row whose clips are settled.</summary>
    /// <exception cref="DryRunStoppedException">It is one faulty row too many.</exception>
    public void Record(RowInFlight row)
    {
        bool decided = row.Verdicts.All(static verdict => verdict is not null);
        if (!decided && !HasGap)
        {
            // The run was stopped, and from this row on clips lack verdicts. What was found there is recorded too, but the last checkpoint is here: the next
            // run cuts the files back to it, and has the verdicts behind it from the journal.
            Checkpoint();
            HasGap = true;
        }

        switch (row.Row)
        {
            case BadRow bad:
                RecordBadLine(bad);
                break;
            case SampleRow sample:
                RecordSample(sample, row, decided);
                break;
            default:
                throw new InvalidOperationException($"A manifest gave a row of an unknown kind: {row.Row.GetType()}.");
        }

        Tally.Rows++;
        Tally.LastLine = row.Row.Line;
        Tally.LastRow = row.Row;
        if (_budget.FindExcess(Tally.FaultyRows, Tally.Rows, nameof(DryRunOptions.Budget)) is { } excess)
        {
            throw new DryRunStoppedException(
                $"{Tally.FaultyRows} of {Tally.Rows} rows gave no sample: {excess} (--max-faults, --max-fault-rate). With more allowed the next run goes on");
        }

        if (!HasGap && _time.GetElapsedTime(_checkpointed) >= CheckpointInterval)
        {
            Checkpoint();
        }
        else if (_time.GetElapsedTime(_flushed) >= FlushInterval)
        {
            Flush();
        }
    }

    /// <summary>Writes gathered rows to the file. Called when the recorder has to wait anyway.</summary>
    public void Flush()
    {
        _files.Flush();
        _flushed = _time.GetTimestamp();
    }

    /// <summary>Writes gathered rows and waits until the disk has them and the journal. Called while a row is waited for.</summary>
    public void FlushToDisk()
    {
        Flush();
        _output.Journal.FlushToDisk();
    }

    /// <summary>Writes a checkpoint, unless rows before it lack verdicts.</summary>
    public void Checkpoint()
    {
        if (!HasGap && Tally.Rows > 0 && _checkpoint(Tally) is { } checkpoint)
        {
            _output.Save(checkpoint);
            _checkpointed = _flushed = _time.GetTimestamp();
        }
    }

    private void RecordBadLine(BadRow row)
    {
        Tally.AddBadLine();
        BadLineRecord record = BadLineRecord.Of(row) with { Id = RowIdField.Of(row, _idField) };
        Append(_files.Faults, JsonSerializer.SerializeToUtf8Bytes(record, RecordLayout.Lines.BadLineRecord));
        Exclude(_excluded.Of(row));
        _log.BadManifestLine(row.Line, row.Column, row.Message);
    }

    private void RecordSample(SampleRow row, RowInFlight settled, bool decided)
    {
        bool clean = decided;
        bool faulty = false;
        string? id = RowIdField.Of(row, _idField);
        for (int index = 0; index < settled.Verdicts.Count; index++)
        {
            if (settled.Verdicts[index] is not { } verdict)
            {
                continue;
            }

            Tally.Add(row.Line, verdict, isRefused: settled.Keys[index] == 0);
            RecordSecond(row.Line, verdict, id);
            clean &= verdict.IsOk;
            faulty |= verdict.Fault is not null;
            if (verdict.Unsettled is { } unsettled)
            {
                Append(_files.Unsettled, JsonSerializer.SerializeToUtf8Bytes(unsettled with { Id = id }, RecordLayout.Lines.UnsettledRecord));
                _log.ClipUnsettled(row.Line, unsettled.Clip, unsettled.Cause, unsettled.Stage, unsettled.Message);
            }
            else if (verdict.Fault is { } fault)
            {
                byte[] record = JsonSerializer.SerializeToUtf8Bytes(fault with { Id = id }, RecordLayout.Lines.ClipFaultRecord);
                See(settled.Keys[index], verdict, record.Length);
                Append(_files.Faults, record);
                LogUnlessEarlier(row.Line, verdict, fault);
            }
            else
            {
                See(settled.Keys[index], verdict, faultBytes: 0);
                if (!verdict.IsRepeat)
                {
                    var record = DecodedClipRecord.Of(row.Line, index, id, verdict);
                    _files.Clips.Append([.. JsonSerializer.SerializeToUtf8Bytes(record, RecordLayout.Lines.DecodedClipRecord), (byte)'\n']);
                }
            }
        }

        foreach (string warning in row.Sample.Warnings)
        {
            _log.SampleWarned(row.Line, warning);
        }

        Tally.FaultyRows += faulty ? 1 : 0;
        if (decided)
        {
            Tally.Add(row, clean);
        }

        if (clean)
        {
            _files.Clean?.Append(row.Raw.IsEmpty ? Encoding.ASCII.GetBytes($"{row.Line}\n") : row.Raw.Span);
        }
        else if (decided)
        {
            Exclude(_excluded.Of(row, settled.Verdicts.OfType<ClipVerdict>()));
        }
    }

    private void RecordSecond(long line, ClipVerdict verdict, string? id)
    {
        if (verdict.Second?.Disagreement is not { } disagreement)
        {
            return;
        }

        byte[] record = JsonSerializer.SerializeToUtf8Bytes(disagreement with { Id = id }, RecordLayout.Lines.Disagreement);
        _files.Disagreements?.Append([.. record, (byte)'\n']);
        if (!verdict.IsEarlier)
        {
            _log.DecodersDisagree(line, disagreement.Clip, disagreement.About, disagreement.Message);
        }
    }

    private void See(UInt128 key, ClipVerdict verdict, int faultBytes)
    {
        if (key != 0 && !verdict.IsRepeat)
        {
            new SeenClipRecord(SeenClipRecord.KeyOf(key), verdict.IsFromStore, faultBytes > 0 ? _files.Faults.Length : 0, faultBytes).AppendTo(_files.Seen);
        }
    }

    private void Exclude(ExcludedRow row) => _files.Excluded.Append(
        [.. JsonSerializer.SerializeToUtf8Bytes(row, RecordLayout.Lines.ExcludedRow), (byte)'\n']);

    private void LogUnlessEarlier(long line, ClipVerdict verdict, ClipFaultRecord fault)
    {
        // Of a clip that is named a million times the log has one line: faults.jsonl has the others.
        if (!verdict.IsEarlier && !verdict.IsRepeat)
        {
            _log.ClipFaulted(line, fault.Clip, fault.Fault, fault.Stage, fault.Message, fault);
        }
    }

    private static void Append(WholeLineFile file, byte[] record)
    {
        file.Append([.. record, (byte)'\n']);
        file.Flush();
    }
}
