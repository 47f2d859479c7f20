using System.Globalization;
using System.Text.Json;

using ClipGuard.Runs;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Verdicts;

/// <summary>
/// One writer's file of one kind. It is made with the first verdict and belongs to this process alone, so that nothing has to be locked. Where the folder
/// cannot be written to, or is full, that is said once and the run goes on: a store saves time, and is no result. Any thread.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly StoreFileKind _kind;
    private readonly string _writer;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _named = [];
    private WholeLineFile? _file;
    private bool _isClosed;
    private long _flushed;

    /// <param name="folder">The store.</param>
    /// <param name="kind">What the file holds.</param>
    /// <param name="writer">Who writes it: <see cref="NewName"/>.</param>
    /// <param name="log">Where errors are told.</param>
    /// <param name="time">The clock.</param>
    public StoreWriter(string folder, StoreFileKind kind, string writer, ILogger log, TimeProvider time)
    {
        _folder = folder;
        _kind = kind;
        _writer = writer;
        _log = log;
        _time = time;
    }

    /// <summary>A name that no other writer has.</summary>
    /// <param name="suffix">What this process is among others, as its rank; null for none.</param>
    /// <param name="time">The clock.</param>
    public static string NewName(string? suffix, TimeProvider time)
    {
        string host = string.Concat(Environment.MachineName.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_'));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyyMMdd'T'HHmmss}-{host}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}{(suffix is null ? "" : "-" + suffix)}");
    }

    /// <summary>Adds a verdict.</summary>
    /// <param name="line">The verdict.</param>
    /// <param name="conditions">What it was come to under.</param>
    public void Add(StoreLine line, VerdictConditions conditions)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            try
            {
                _file ??= Begin();
                if (_named.Add(line.Settings))
                {
                    Append(new StoreLine { Settings = line.Settings, Are = conditions });
                }

                Append(line);
                if (_kind == StoreFileKind.Faults || _time.GetElapsedTime(_flushed) >= FlushInterval)
                {
                    _file.Flush();
                    _flushed = _time.GetTimestamp();
                }
            }
            catch (Exception error) when (error is OutputException || OutputException.IsFileError(error))
            {
                GiveUp(error.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                _file?.Flush();
            }
            catch (OutputException error)
            {
                GiveUp(error.Message);
            }

            _file?.Dispose();
            _isClosed = true;
        }
    }

    private WholeLineFile Begin()
    {
        Directory.CreateDirectory(_folder);
        WholeLineFile file = WholeLineFile.Open(StoreFiles.Path(_folder, _kind, _writer), 0);
        file.Append([.. JsonSerializer.SerializeToUtf8Bytes(new StoreHeader { Holds = _kind, Writer = _writer }, VerdictLayout.Lines.StoreHeader), (byte)'\n']);
        return file;
    }

    private void Append(StoreLine line) => _file!.Append([.. JsonSerializer.SerializeToUtf8Bytes(line, VerdictLayout.Lines.StoreLine), (byte)'\n']);

    private void GiveUp(string reason)
    {
        _isClosed = true;
        _log.StoreNotWritten(_folder, reason);
        _file?.Dispose();
    }
}
