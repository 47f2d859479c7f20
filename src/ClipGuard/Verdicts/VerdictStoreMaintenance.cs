using System.Globalization;

using ClipGuard.Media;
using ClipGuard.Runs;

namespace ClipGuard.Verdicts;

/// <summary>What is done to a verdict store as a whole.</summary>
public static class VerdictStoreMaintenance
{
    /// <summary>
    /// Makes a snapshot: an immutable file below the store that loaders on many ranks can be given (<see cref="Loading.LoaderOptions.Snapshot"/>). The same
    /// faults make the same snapshot.
    /// </summary>
    /// <param name="folder">The store.</param>
    /// <param name="settings">
    /// Names of the conditions whose verdicts count, at most one for each kind of clip; empty for the only ones that the store has of each kind.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="SnapshotException">The store has no verdicts, or of several conditions and none were named.</exception>
    /// <exception cref="OutputException">The snapshot cannot be written.</exception>
    public static StoreSnapshot TakeSnapshot(string folder, IReadOnlyCollection<string> settings, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(settings);
        Dictionary<ClipKind, VerdictConditions> conditions = Choose(folder, FindConditions(folder, cancellation), settings);
        var maker = new SnapshotBuilder(conditions);
        maker.Read(folder, cancellation);
        string id = VerdictSnapshot.Write(folder, conditions, maker.Faults);
        return new StoreSnapshot(id, StoreFiles.Snapshot(folder, id), maker.Faults.LongCount());
    }

    /// <summary>
    /// Brings the files of many writers together into one of each kind, without what later verdicts have replaced. Files that somebody may still be writing to
    /// stay as they are, and so do snapshots.
    /// </summary>
    /// <param name="folder">The store.</param>
    /// <param name="untouchedFor">How long nothing must have been written to a file. A day is safe for all but runs that find nothing new for so long.</param>
    /// <param name="cancellation">Ends the work; the store is as it was.</param>
    /// <returns>How many files were brought together.</returns>
    /// <exception cref="OutputException">A file cannot be read or written.</exception>
    public static int Compact(string folder, TimeSpan untouchedFor, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string writer = StoreWriter.NewName("compacted", TimeProvider.System);
        return Compact(folder, StoreFileKind.Faults, writer, untouchedFor, cancellation)
            + Compact(folder, StoreFileKind.Facts, writer, untouchedFor, cancellation);
    }

    private static Dictionary<ClipKind, VerdictConditions> Choose(
        string folder, IReadOnlyList<StoredConditions> found, IReadOnlyCollection<string> settings)
    {
        if (found.Count == 0)
        {
            throw new SnapshotException($"the verdict store {folder} has no verdicts");
        }

        if (settings.FirstOrDefault(id => found.All(one => one.Id != id)) is { } unknown)
        {
            throw new SnapshotException($"the verdict store {folder} has no verdicts under the settings '{unknown}'. It has {InWords(found)}");
        }

        StoredConditions[] chosen = [.. found.Where(one => settings.Count == 0 || settings.Contains(one.Id))];
        return chosen.GroupBy(static one => one.Kind).FirstOrDefault(static kind => kind.Count() > 1) is { } several
            ? throw new SnapshotException(
                $"the verdict store {folder} has verdicts on {several.Key.ToString().ToLowerInvariant()} clips under several settings: name one of "
                + InWords(several))
            : chosen.ToDictionary(static one => one.Kind, static one => one.Conditions);
    }

    private static string InWords(IEnumerable<StoredConditions> found) => string.Join("; ", found.Select(static one => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Id} ({one.Kind.ToString().ToLowerInvariant()}, {one.Conditions.Decoder}, deadline {one.Conditions.DeadlineSeconds} s, "
            + $"last {DateTimeOffset.FromUnixTimeSeconds(one.LastAt):yyyy-MM-dd HH:mm:ss}Z)")));

    private static List<StoredConditions> FindConditions(string folder, CancellationToken cancellation)
    {
        var named = new Dictionary<string, VerdictConditions>();
        var last = new Dictionary<string, long>();
        foreach (string path in new[] { StoreFileKind.Faults, StoreFileKind.Facts }.SelectMany(kind => StoreFiles.Find(folder, kind)))
        {
            foreach (StoreLine line in StoreFileReader.ReadLines(path))
            {
                cancellation.ThrowIfCancellationRequested();
                if (line.Are is { } are)
                {
                    named[line.Settings] = are;
                }
                else
                {
                    last[line.Settings] = Math.Max(last.GetValueOrDefault(line.Settings), line.At ?? 0);
                }
            }
        }

        return
        [
            .. named.Where(pair => last.ContainsKey(pair.Key) && pair.Value.Kind is not null)
                .Select(pair => new StoredConditions(pair.Key, pair.Value.Kind!.Value, pair.Value, last[pair.Key]))
                .OrderBy(static one => one.Kind).ThenBy(static one => one.LastAt),
        ];
    }

    private static int Compact(string folder, StoreFileKind kind, string writer, TimeSpan untouchedFor, CancellationToken cancellation)
    {
        string target = StoreFiles.Path(folder, kind, writer);
        try
        {
            FileInfo[] files =
            [
                .. StoreFiles.Find(folder, kind).Select(static path => new FileInfo(path))
                    .Where(file => file.LastWriteTimeUtc <= DateTime.UtcNow - untouchedFor && StoreFileReader.IsOfThisVersion(file.FullName))
                    .OrderByDescending(static file => file.LastWriteTimeUtc),
            ];
            if (files.Length < 2)
            {
                return 0;
            }

            string partial = target + ".partial";
            using (var written = new CompactedFileWriter(partial, kind, writer))
            {
                foreach (StoreLine line in files.SelectMany(static file => StoreFileReader.ReadLines(file.FullName)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    written.Take(line);
                }

                written.Finish();
            }

            File.Move(partial, target);
            foreach (FileInfo file in files)
            {
                var now = new FileInfo(file.FullName);
                if (now.Exists && now.Length == file.Length && now.LastWriteTimeUtc == file.LastWriteTimeUtc)
                {
                    now.Delete();
                }
            }

            return files.Length;
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(target, error);
        }
    }

    private sealed record StoredConditions(string Id, ClipKind Kind, VerdictConditions Conditions, long LastAt);
}

/// <summary>A snapshot of a verdict store.</summary>
/// <param name="Id">Its name, a hash of its content: what every rank is given.</param>
/// <param name="Path">Its file.</param>
/// <param name="ClipCount">Clips that give no data.</param>
public sealed record StoreSnapshot(string Id, string Path, long ClipCount);
