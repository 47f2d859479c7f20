using System.Buffers;

namespace ClipGuard.Runs;

/// <summary>
/// A file that grows by whole lines: however the process ends, what was flushed consists of complete lines.
/// Lines are gathered and written in one call, so that no write ends within a line.
/// </summary>
internal sealed class WholeLineFile : IDisposable
{
    private const int GatherBytes = 64 << 10;

    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _gathered = new(GatherBytes);
    private long _onFile;
    private bool _endsWithLineFeed = true;

    private WholeLineFile(FileStream file, long length)
    {
        _file = file;
        _onFile = length;
    }

    /// <summary>Length in bytes, gathered lines included.</summary>
    public long Length => _onFile + _gathered.WrittenCount;

    /// <summary>Opens a file to append to.</summary>
    /// <param name="path">The file; made where it does not exist.</param>
    /// <param name="keepBytes">Bytes of its start that stay; the rest is cut off.</param>
    /// <exception cref="OutputException">The file cannot be opened, or is shorter than what is to stay.</exception>
    public static WholeLineFile Open(string path, long keepBytes)
    {
        FileStream? file = null;
        try
        {
            // Shared for reading, so that findings can be followed while the run goes on.
            file = new FileStream(path, keepBytes == 0 ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
            if (keepBytes > 0)
            {
                if (file.Length < keepBytes)
                {
                    throw new OutputException($"{path} has {file.Length} bytes and had {keepBytes} when the run was interrupted: start over (--fresh)");
                }

                file.SetLength(keepBytes);
                file.Position = keepBytes;
            }

            return new WholeLineFile(file, keepBytes);
        }
        catch (Exception error)
        {
            file?.Dispose();
            throw OutputException.For(path, error);
        }
    }

    /// <summary>Adds a line, after a line feed where the line before had none.</summary>
    /// <param name="line">The line with its ending, or without (as the last line of a manifest may be).</param>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        if (!_endsWithLineFeed)
        {
            _gathered.Write("\n"u8);
        }

        _endsWithLineFeed = line[^1] == (byte)'\n';
        if (line.Length >= GatherBytes)
        {
            Flush();
            Write(line);
            return;
        }

        _gathered.Write(line);
        if (_gathered.WrittenCount >= GatherBytes)
        {
            Flush();
        }
    }

    /// <summary>Writes the gathered lines.</summary>
    /// <exception cref="OutputException">They cannot be written; the file is cut back to its last whole line.</exception>
    public void Flush()
    {
        if (_gathered.WrittenCount > 0)
        {
            Write(_gathered.WrittenSpan);
            _gathered.ResetWrittenCount();
        }
    }

    /// <summary>Writes the gathered lines and waits until the disk has them.</summary>
    /// <exception cref="OutputException">They cannot be written.</exception>
    public void FlushToDisk()
    {
        Flush();
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw OutputException.For(_file.Name, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            _file.Write(lines);
            _onFile += lines.Length;
        }
        catch (IOException error)
        {
            CutBack();
            throw OutputException.For(_file.Name, error);
        }
    }

    private void CutBack()
    {
        try
        {
            _file.SetLength(_onFile);
        }
        catch (IOException)
        {
            // Likely for the same reason as the write before, whose error is the one to throw.
        }
    }
}
