using System.Text.Json;

using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// Keeps faults for later mentions of their clips: on disk, in a file without a name that is gone with the process, since a manifest may have any number of bad
/// clips. Not thread-safe.
/// </summary>
/// <param name="folder">Where the file lies while it has a name.</param>
/// <param name="recordsPath">The run's <c>faults.jsonl</c>, which has those of rows that an interrupted run has recorded.</param>
internal sealed class FaultDiskCache(string folder, string recordsPath) : IDisposable
{
    private readonly Dictionary<ulong, (long Offset, int Length, bool IsRecorded)> _places = [];
    private FileStream? _file;
    private FileStream? _records;
    private long _end;

    /// <summary>Clips with a fault.</summary>
    public int Count => _places.Count;

    /// <summary>A clip's fault is in the run's records already.</summary>
    public void AddRecorded(SeenClipRecord clip) => _places[clip.Key] = (clip.FaultOffset, clip.FaultBytes, true);

    /// <summary>Keeps the fault of a clip. Where the disk does not take it, a later mention of the clip is decoded again.</summary>
    public void TryAdd(ulong clip, ClipFaultRecord fault)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(fault, RecordLayout.Lines.ClipFaultRecord);
        try
        {
            _file ??= Open(folder);
            RandomAccess.Write(_file.SafeFileHandle, bytes, _end);
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            return;
        }

        _places[clip] = (_end, bytes.Length, false);
        _end += bytes.Length;
    }

    /// <summary>The fault of a clip; null where none was kept.</summary>
    public ClipFaultRecord? Find(ulong clip)
    {
        if (!_places.TryGetValue(clip, out (long Offset, int Length, bool IsRecorded) place))
        {
            return null;
        }

        try
        {
            _records ??= place.IsRecorded ? new FileStream(recordsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0) : null;
            byte[] bytes = new byte[place.Length];
            int read = RandomAccess.Read((place.IsRecorded ? _records! : _file!).SafeFileHandle, bytes, place.Offset);
            return JsonSerializer.Deserialize(bytes.AsSpan(0, read), RecordLayout.Lines.ClipFaultRecord);
        }
        catch (Exception error) when (error is JsonException || OutputException.IsFileError(error))
        {
            // It is decoded again.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _records?.Dispose();
    }

    private static FileStream Open(string folder)
    {
        string path = Path.Combine(folder, $"repeats-{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        File.Delete(path);
        return file;
    }
}
