using System.Text.Json;
using System.Threading.Channels;

using ClipGuard.Manifests;
using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.Streams.Comparing;

/// <summary>
/// Compares every pair of a manifest. Rows that got scores go to <c>scores.jsonl</c>, each as it stood with its scores as further fields, so that
/// the file is a manifest again that a loader can filter on; the others go to <c>faults.jsonl</c>, and to <c>excluded.jsonl</c> as rows that dry runs,
/// loaders and comparisons can leave out (<see cref="ExclusionList"/>). All keep the manifest's order.
/// </summary>
/// <param name="comparer">What compares a pair.</param>
/// <param name="options">The manifest and where the results go.</param>
/// <param name="time">The clock of the progress; null for the system's.</param>
public sealed class ManifestComparison(ClipComparer comparer, ManifestComparisonOptions options, TimeProvider? time = null)
{
    /// <summary>Name of the file with the scored rows.</summary>
    public const string ScoresName = "scores.jsonl";

    /// <summary>Name of the file with the pairs that got none.</summary>
    public const string FaultsName = "faults.jsonl";

    /// <summary>Name of the list of the rows whose pairs got none.</summary>
    public const string ExcludedName = "excluded.jsonl";

    /// <summary>Name of the table with the scores of each frame, where they were asked for.</summary>
    public const string FramesName = "frames.csv";

    private readonly Dictionary<string, List<double>> _scores = [];
    private WholeLineFile? _frames;

    /// <summary>How far the run is.</summary>
    public ManifestComparisonProgress Progress { get; } = new(time ?? TimeProvider.System);

    /// <summary>Pairs that got scores so far.</summary>
    public long ScoredCount => Progress.ScoredCount;

    /// <summary>Pairs and lines that got none so far.</summary>
    public long FaultCount => Progress.FaultCount;

    /// <summary>What each score comes to over all pairs that have it. Ask once the run has ended.</summary>
    public IReadOnlyList<ScoreStatistics> Statistics =>
        [.. _scores.Select(static score => ScoreStatistics.Of(score.Key, score.Value)).OfType<ScoreStatistics>()];

    /// <summary>Scored pairs without the scores of their frames, though these were asked for.</summary>
    public long WithoutFramesCount { get; private set; }

    /// <summary>True where scored rows name clips by relative paths: their file is valid beside the manifest, or with the same root.</summary>
    public bool HasRelativePaths { get; private set; }

    /// <summary>Runs it.</summary>
    /// <param name="cancellation">Ends it; what was found so far is in the files.</param>
    /// <exception cref="ManifestException">The manifest cannot be read.</exception>
    /// <exception cref="OutputException">The output folder cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task RunAsync(CancellationToken cancellation = default)
    {
        string folder = Path.GetFullPath(options.OutputFolder);
        using FileStream held = FolderLock.Take(folder);
        using var scores = WholeLineFile.Open(Path.Combine(folder, ScoresName), keepBytes: 0);
        using var faults = WholeLineFile.Open(Path.Combine(folder, FaultsName), keepBytes: 0);
        using var excluded = WholeLineFile.Open(Path.Combine(folder, ExcludedName), keepBytes: 0);
        var files = new PairFiles(scores, faults, excluded);
        using WholeLineFile? frames = comparer.IsPerFrame ? WholeLineFile.Open(Path.Combine(folder, FramesName), keepBytes: 0) : null;
        _frames = frames;

        // One more than run at a time: the writer holds the oldest pair while the others run.
        var compared = Channel.CreateBounded<Task<(PairRow Row, ComparisonResult? Result)>>(Math.Max(1, options.Pairs - 1));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = ReadAsync(compared.Writer, stop.Token);
        try
        {
            await foreach (Task<(PairRow Row, ComparisonResult? Result)> task in compared.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                (PairRow row, ComparisonResult? result) = await task.ConfigureAwait(false);
                Record(row, result, files);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await EndAsync(reading, compared.Reader, files).ConfigureAwait(false);
            scores.FlushToDisk();
            faults.FlushToDisk();
            excluded.FlushToDisk();
            frames?.FlushToDisk();
        }

        await reading.ConfigureAwait(false);
    }

    private async Task ReadAsync(ChannelWriter<Task<(PairRow Row, ComparisonResult? Result)>> compared, CancellationToken cancellation)
    {
        Exception? error = null;
        try
        {
            var manifest = new PairManifest(options);
            Progress.Start(manifest.TotalBytes);
            await foreach (PairRow row in manifest.ReadAsync(cancellation).ConfigureAwait(false))
            {
                await compared.WaitToWriteAsync(cancellation).ConfigureAwait(false);
                await compared.WriteAsync(CompareAsync(row, cancellation), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is ManifestException or OperationCanceledException)
        {
            error = failure;
            throw;
        }
        finally
        {
            compared.Complete(error is OperationCanceledException ? null : error);
        }
    }

    private async Task<(PairRow Row, ComparisonResult? Result)> CompareAsync(PairRow row, CancellationToken cancellation)
    {
        if (row.Complaint is not null)
        {
            return (row, null);
        }

        Progress.Begin(row);
        try
        {
            return (row, await comparer.CompareAsync(new FileSource(row.Reference), new FileSource(row.Distorted), cancellation).ConfigureAwait(false));
        }
        finally
        {
            Progress.End(row);
        }
    }

    private void Record(PairRow row, ComparisonResult? result, PairFiles files)
    {
        if (result is { Outcome.IsSuccess: true })
        {
            files.Scores.Append(ScoreFieldJson.Append(row.Raw, result.Scores));
            files.Scores.Flush();
            HasRelativePaths |= row.IsRelative;
            foreach ((string name, double score) in result.Scores)
            {
                if (!_scores.TryGetValue(name, out List<double>? all))
                {
                    _scores.Add(name, all = []);
                }

                all.Add(score);
            }

            RecordFrames(row, result.Frames);
            Progress.Decided(row, result);
            return;
        }

        PairFaultRecord record = result?.Outcome.Fault is { } fault
            ? PairFaultRecord.Of(row.Line, row.Reference, row.Distorted, fault)
            : new PairFaultRecord { Line = row.Line, Fault = PairFaultRecord.BadLine, Message = row.Complaint! };
        files.Faults.Append([.. JsonSerializer.SerializeToUtf8Bytes(record, PairLayout.Lines.PairFaultRecord), (byte)'\n']);
        files.Faults.Flush();
        ExcludedRow named = row.Named with { Fault = record.Fault };
        files.Excluded.Append([.. JsonSerializer.SerializeToUtf8Bytes(named, PairLayout.Lines.ExcludedRow), (byte)'\n']);
        files.Excluded.Flush();
        Progress.Decided(row, result);
    }

    private void RecordFrames(PairRow row, FrameScores? scores)
    {
        if (_frames is null)
        {
            return;
        }

        if (scores is null)
        {
            WithoutFramesCount++;
            return;
        }

        foreach (string line in _frames.Length == 0 ? scores.ToCsv(row.Line).Prepend(scores.CsvHeader) : scores.ToCsv(row.Line))
        {
            _frames.Append(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
        }

        _frames.Flush();
    }

    // After an error or a cancellation: every comparison that was begun is awaited, and pairs that were finished by then are recorded.
    private async Task EndAsync(
        Task reading, ChannelReader<Task<(PairRow Row, ComparisonResult? Result)>> compared, PairFiles files)
    {
        await foreach (Task<(PairRow Row, ComparisonResult? Result)> task in Rest(reading, compared).ConfigureAwait(false))
        {
            await Task.WhenAny(task).ConfigureAwait(false);
            if (task.IsCompletedSuccessfully)
            {
                (PairRow row, ComparisonResult? result) = await task.ConfigureAwait(false);
                Record(row, result, files);
            }
        }
    }

    // The reader may be waiting for room in the channel: taking what is there makes room, and the reader then sees that it is to stop.
    private static async IAsyncEnumerable<Task<(PairRow Row, ComparisonResult? Result)>> Rest(
        Task reading, ChannelReader<Task<(PairRow Row, ComparisonResult? Result)>> compared)
    {
        while (compared.TryRead(out Task<(PairRow Row, ComparisonResult? Result)>? task))
        {
            yield return task;
        }

        await Task.WhenAny(reading).ConfigureAwait(false);
        while (compared.TryRead(out Task<(PairRow Row, ComparisonResult? Result)>? task))
        {
            yield return task;
        }
    }

    private readonly record struct PairFiles(WholeLineFile Scores, WholeLineFile Faults, WholeLineFile Excluded);
}
