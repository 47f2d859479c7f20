namespace ClipGuard.Verdicts;

/// <summary>
/// Asks questions of storage that may never answer. Threads of its own ask, since a thread that hangs in the kernel cannot be ended. A question whose answer
/// takes too long is given up, and once every thread hangs, questions are not asked at all until one comes back. Any number of threads.
/// </summary>
internal sealed class BoundedStorageQueries : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Question> _waiting = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly int _threads;
    private int _hanging;
    private bool _ended;

    /// <param name="threads">How many questions are asked at a time.</param>
    /// <param name="limit">Longest time without any progress.</param>
    /// <param name="time">The clock.</param>
    public BoundedStorageQueries(int threads, TimeSpan limit, TimeProvider time)
    {
        _threads = threads;
        _limit = limit;
        _time = time;
        for (int number = 0; number < threads; number++)
        {
            new Thread(Answer) { IsBackground = true, Name = "clipguard identities" }.Start();
        }
    }

    /// <summary>Asks.</summary>
    /// <param name="ask">Finds the answer, and calls its argument whenever it has got further.</param>
    /// <param name="cancellation">Gives the question up.</param>
    /// <returns>The answer; null where there was none in time.</returns>
    public async ValueTask<T?> AskAsync<T>(Func<Action, T?> ask, CancellationToken cancellation)
        where T : class
    {
        var question = new Question(progress => ask(progress));
        lock (_lock)
        {
            if (_hanging == _threads || _ended)
            {
                return null;
            }

            _waiting.Enqueue(question);
        }

        _asked.Release();
        while (true)
        {
            long before = question.Progress;
            try
            {
                return (T?)await question.Answered.Task.WaitAsync(_limit, _time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                if (question.Progress == before && GiveUp(question))
                {
                    return null;
                }
            }
            catch (OperationCanceledException)
            {
                GiveUp(question);
                throw;
            }
        }
    }

    /// <summary>Ends the threads, except those that hang.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
        }

        _asked.Release(_threads);
    }

    private bool GiveUp(Question question)
    {
        lock (_lock)
        {
            if (question.IsGivenUp || question.Answered.Task.IsCompleted)
            {
                return question.IsGivenUp;
            }

            question.IsGivenUp = true;
            _hanging += question.HasBegun ? 1 : 0;
            return true;
        }
    }

    private void Answer()
    {
        while (true)
        {
            _asked.Wait();
            Question? question;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out question))
                {
                    if (_ended)
                    {
                        return;
                    }

                    continue;
                }

                if (question.IsGivenUp)
                {
                    continue;
                }

                question.HasBegun = true;
            }

            object? answer = null;
            Exception? bug = null;
            try
            {
                answer = question.Ask(question.GotFurther);
            }
#pragma warning disable CA1031 // The thread serves others too; whoever asked has the error.
            catch (Exception error)
#pragma warning restore CA1031
            {
                bug = error;
            }

            lock (_lock)
            {
                _hanging -= question.IsGivenUp ? 1 : 0;
                if (bug is null)
                {
                    question.Answered.TrySetResult(answer);
                }
                else
                {
                    question.Answered.TrySetException(bug);
                }
            }
        }
    }

    private sealed class Question(Func<Action, object?> ask)
    {
        private long _progress;

        public Func<Action, object?> Ask { get; } = ask;

        public TaskCompletionSource<object?> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Progress => Interlocked.Read(ref _progress);

        public bool HasBegun { get; set; }

        public bool IsGivenUp { get; set; }

        public void GotFurther() => Interlocked.Increment(ref _progress);
    }
}
