namespace ClipGuard.Manifests;

/// <summary>
/// Asks whether files exist under a folder whose server may stop answering. A thread of its own asks, since a thread that hangs in the kernel cannot be
/// ended. Once an answer takes too long, every file under the folder counts as existing: the clip's helper, which can be killed, will find out.
/// </summary>
internal sealed class BoundedExistenceCheck : IDisposable
{
    private readonly Lock _asking = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _answered = new(0);
    private readonly Func<string, bool> _exists;
    private readonly TimeSpan _limit;
    private string? _question;
    private bool _answer;
    private bool _gaveUp;

    /// <param name="exists">Answers the question, or never returns.</param>
    /// <param name="limit">Longest wait for one answer.</param>
    public BoundedExistenceCheck(Func<string, bool> exists, TimeSpan limit)
    {
        _exists = exists;
        _limit = limit;
        new Thread(Answer) { IsBackground = true, Name = "clipguard remote folder" }.Start();
    }

    /// <summary>Whether the file is there, as far as the folder answers.</summary>
    public bool Holds(string path)
    {
        lock (_asking)
        {
            if (_gaveUp)
            {
                return true;
            }

            _question = path;
            _asked.Release();
            _gaveUp = !_answered.Wait(_limit);
            return _gaveUp || _answer;
        }
    }

    /// <summary>Ends the thread, unless it hangs.</summary>
    public void Dispose()
    {
        lock (_asking)
        {
            _gaveUp = true;
            _question = null;
            _asked.Release();
        }
    }

    private void Answer()
    {
        while (true)
        {
            _asked.Wait();
            if (_question is not { } path)
            {
                return;
            }

            _answer = _exists(path);
            _answered.Release();
        }
    }
}
