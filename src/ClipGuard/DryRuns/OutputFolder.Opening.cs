using System.Text.Json;

using ClipGuard.Media.Native;
using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <content>What an earlier run has left, and with what this one begins.</content>
internal sealed partial class OutputFolder
{
    private void RefuseToOverwrite(IReadOnlyList<string> sources)
    {
        string[] ours =
        [
            FaultsPath, FaultTablePath, ExcludedPath, UnsettledPath, ClipsPath, DisagreementsPath, SummaryPath, SeenPath, _unfinishedPath, _journalPath,
            _shardPath,
        ];
        if (ours.Append(CleanPath).OfType<string>().FirstOrDefault(path => IsOneOf(path, sources)) is { } overwritten)
        {
            throw new OutputException($"{overwritten} is the manifest itself and would be overwritten: choose another output folder or name");
        }

        if (CleanPath is { } clean && ours.FirstOrDefault(path => path == clean || FileFacts.AreSame(path, clean)) is { } clash)
        {
            throw new OutputException($"the clean manifest {CleanPath} would overwrite {clash}: choose another name");
        }
    }

    private static bool IsOneOf(string path, IReadOnlyList<string> sources)
    {
        bool exists = File.Exists(path);
        return sources.Any(source => path == source || (exists && FileFacts.AreSame(path, source)));
    }

    private Checkpoint? FindUnfinished(ManifestIdentity? manifest, IReadOnlyList<SourceFile>? files, VerdictSettings settings)
    {
        if (!File.Exists(_unfinishedPath))
        {
            return null;
        }

        Checkpoint? found = null;
        try
        {
            found = JsonSerializer.Deserialize(File.ReadAllBytes(_unfinishedPath), RecordLayout.Readable.Checkpoint);
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            throw new OutputException($"{_unfinishedPath} cannot be read ({error.Message}): start over (--fresh) or choose another folder", error);
        }

        string? change = found is not { Version: Checkpoint.CurrentVersion } ? "it was written by another version of ClipGuard"
            : found.Manifest != manifest ? ManifestIdentity.Difference(found.Manifest, Journal.FilesOf(_journalPath), manifest, files)
            : VerdictSettings.Differences(found.Settings, settings) is { Count: > 0 } differences ? string.Join(", ", differences)
            : null;

        // A run that ended is no loss, nor is one that found nothing: with other settings they start over.
        return change is null ? found : IsNoLoss(found) ? null : throw new OutputException(
            $"{Path.GetDirectoryName(_unfinishedPath)} holds a run that did not end and cannot go on like this: {change}. "
            + "Run it as it was, start over (--fresh) or choose another folder");
    }

    private bool IsNoLoss(Checkpoint? found) => found is { IsWhole: true } || (found is { Tally.Rows: 0 } && Journal.IsEmpty(_journalPath));

    private void Begin(Checkpoint? resumed, IReadOnlyList<SourceFile>? files, VerdictSettings settings)
    {
        try
        {
            if (CleanPath is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(CleanPath)!);
            }

            File.Delete(SummaryPath);
            File.Delete(FaultTablePath);
            File.Delete(_shardPath);
            if (resumed is null)
            {
                File.Delete(_unfinishedPath);
                DeleteBefore();
            }

            if (settings.Also is null)
            {
                File.Delete(DisagreementsPath);
            }

            if (Directory.Exists(CleanPath))
            {
                throw new OutputException($"cannot write {CleanPath}: it is a folder");
            }

            foreach (string list in resumed is { IsWhole: true } ? [] : Lists)
            {
                File.Delete(list);
            }
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw OutputException.For(SummaryPath, error);
        }

        // What a run that ended has left is not gone through by the number of its rows, so that all of the journal counts.
        bool isRetry = resumed is { IsWhole: true };
        Journal = Journal.Open(_journalPath, settings, files, isRetry ? 0 : resumed?.Tally.LastLine, out JournalFindings found);
        JournalFindings = found;
        if (isRetry)
        {
            KeepBefore(FaultsPath);
            KeepBefore(UnsettledPath);
            KeepBefore(ClipsPath);
            KeepBefore(DisagreementsPath);
        }

        Faults = WholeLineFile.Open(FaultsPath, isRetry ? 0 : resumed?.FaultsBytes ?? 0);
        Unsettled = WholeLineFile.Open(UnsettledPath, isRetry ? 0 : resumed?.UnsettledBytes ?? 0);
        Clips = WholeLineFile.Open(ClipsPath, isRetry ? 0 : resumed?.ClipsBytes ?? 0);
        Disagreements = settings.Also is null ? null : WholeLineFile.Open(DisagreementsPath, isRetry ? 0 : resumed?.DisagreementsBytes ?? 0);
        Clean = CleanPath is null ? null : WholeLineFile.Open(CleanPath + PartialSuffix, isRetry ? 0 : resumed?.CleanBytes ?? 0);
        Seen = WholeLineFile.Open(SeenPath, isRetry ? 0 : resumed?.SeenBytes ?? 0);
        Excluded = WholeLineFile.Open(ExcludedPath + PartialSuffix, isRetry ? 0 : resumed?.ExcludedBytes ?? 0);
    }

    // Where such a run was interrupted, what it wrote itself is made anew, and what the first one found lies here still.
    private static void KeepBefore(string path)
    {
        if (!File.Exists(path + BeforeSuffix) && File.Exists(path))
        {
            File.Move(path, path + BeforeSuffix);
        }
    }

    private void DeleteBefore()
    {
        foreach (string path in new[] { FaultsPath, UnsettledPath, ClipsPath, DisagreementsPath })
        {
            File.Delete(path + BeforeSuffix);
        }
    }
}
