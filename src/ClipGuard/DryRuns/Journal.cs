using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using ClipGuard.Manifests;
using ClipGuard.Runs;
using ClipGuard.Supervision;

namespace ClipGuard.DryRuns;

/// <summary>
/// Verdicts in the order in which they were come to, each in the file before anything else happens with it: however the process ends, what it has finished is
/// kept, also where an earlier row still has none and the files in manifest order wait for it. Any thread may append.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WholeLineFile _file;

    private Journal(WholeLineFile file) => _file = file;

    /// <summary>Opens a journal: a new one, or what an interrupted run has left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What verdicts are come to with.</param>
    /// <param name="files">The files of a manifest that is several; null for one.</param>
    /// <param name="after">
    /// Line up to which all rows are recorded elsewhere, so that nothing is to be read of them; null to begin a new journal.
    /// </param>
    /// <param name="found">What the interrupted run found beyond that line.</param>
    /// <exception cref="OutputException">The file cannot be read or written.</exception>
    public static Journal Open(string path, VerdictSettings settings, IReadOnlyList<SourceFile>? files, long? after, out JournalFindings found)
    {
        found = new JournalFindings();
        long kept = after is { } line ? Read(path, line, found) : 0;
        var journal = new Journal(WholeLineFile.Open(path, kept));
        if (kept == 0)
        {
            journal.Append(JsonSerializer.SerializeToUtf8Bytes(new JournalHeader { Settings = settings, Files = files }, RecordLayout.Lines.JournalHeader));
        }

        return journal;
    }

    /// <summary>The files that the manifest of a journal had; null where it was one, or there is no such journal.</summary>
    public static IReadOnlyList<SourceFile>? FilesOf(string path) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault() is { } header ? Parse(header, RecordLayout.Lines.JournalHeader)?.Files : null;

    /// <summary>True where a journal has no verdict, and so is no loss.</summary>
    public static bool IsEmpty(string path) => !File.Exists(path) || File.ReadLines(path).Take(2).Count() < 2;

    /// <summary>Writes the verdict on a clip down, unless it is unsettled.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Add(long line, int index, ClipVerdict verdict)
    {
        if (verdict.Unsettled is null)
        {
            Append(Bytes(JournalEntry.Of(line, index, verdict)));
        }
    }

    /// <summary>Writes down that a clip has failed once.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void AddFirstFailure(long line, int index, ClipReference clip, ClipFault failure) =>
        Append(Bytes(JournalEntry.OfFirstFailure(line, index, clip, failure)));

    /// <summary>Waits until the disk has what was written.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void FlushToDisk()
    {
        lock (_lock)
        {
            _file.FlushToDisk();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Bytes(JournalEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, RecordLayout.Lines.JournalEntry);

    private void Append(byte[] entry)
    {
        byte[] line = [.. entry, (byte)'\n'];
        lock (_lock)
        {
            _file.Append(line);
            _file.Flush();
        }
    }

    // A machine that stopped may have left the last line torn, or lines of zeros: what stands from there on is decoded again.
    private static long Read(string path, long after, JournalFindings found)
    {
        try
        {
            if (!File.Exists(path))
            {
                return 0;
            }

            long length = new FileInfo(path).Length;
            long whole = 0;
            foreach (string line in File.ReadLines(path))
            {
                long end = whole + Encoding.UTF8.GetByteCount(line) + 1;
                if (end > length || !(whole == 0 ? IsHeader(line) : IsEntry(line, after, found)))
                {
                    break;
                }

                whole = end;
            }

            return whole;
        }
        catch (Exception error) when (OutputException.IsFileError(error))
        {
            throw new OutputException($"{path} cannot be read ({error.Message}): start over (--fresh) or choose another folder", error);
        }
    }

    private static bool IsHeader(string line) =>
        Parse(line, RecordLayout.Lines.JournalHeader) is { Version: JournalHeader.CurrentVersion };

    private static bool IsEntry(string line, long after, JournalFindings found)
    {
        if (Parse(line, RecordLayout.Lines.JournalEntry) is not { } entry)
        {
            return false;
        }

        if (entry.Line > after)
        {
            found.Add(entry);
        }

        return true;
    }

    private static T? Parse<T>(string line, JsonTypeInfo<T> layout)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, layout);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
