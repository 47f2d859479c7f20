using System.Text.Json;

using ClipGuard.Runs;

namespace ClipGuard.DryRuns;

/// <summary>
/// Keeps faults for later mentions of their clips: on disk, in a file without a name that is gone with the process, since a manifest may have any number of bad
/// clips. Not thread-safe.
/// </summary>
internal sealed class FaultSpool(string folder) : IDisposable
{
    private readonly Dictionary<UInt128, (long Offset, int Length)> _places = [];
    private FileStream? _file;
    private long _end;

    /// <summary>Keeps the fault of a clip. Where the disk does not take it, a later mention of the clip is decoded again.</summary>
    public void TryAdd(UInt128 clip, ClipFaultRecord fault)
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

        _places[clip] = (_end, bytes.Length);
        _end += bytes.Length;
    }

    /// <summary>The fault of a clip; null where none was kept.</summary>
    public ClipFaultRecord? Find(UInt128 clip)
    {
        if (!_places.TryGetValue(clip, out (long Offset, int Length) place))
        {
            return null;
        }

        byte[] bytes = new byte[place.Length];
        int read = RandomAccess.Read(_file!.SafeFileHandle, bytes, place.Offset);
        return JsonSerializer.Deserialize(bytes.AsSpan(0, read), RecordLayout.Lines.ClipFaultRecord);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static FileStream Open(string folder)
    {
        string path = Path.Combine(folder, $"repeats-{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        File.Delete(path);
        return file;
    }
}
