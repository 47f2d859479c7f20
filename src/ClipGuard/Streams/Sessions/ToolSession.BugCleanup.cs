namespace ClipGuard.Streams.Sessions;

// After a bug the session's thread no longer runs its loop; its processes have to be ended all the same, and none may be left.
internal sealed partial class ToolSession
{
    private readonly SemaphoreSlim _startsGivenUp = new(0);

    // Ends all that the session has and all that is still on its way to it, then tells the caller. What fails here keeps nothing else from being ended.
    private void Abandon(Exception bug)
    {
        List<Exception> bugs = [bug];
        IEnumerable<Action> helpers = _members.Select(member => (Action)(() => Abandon(member)));
        IEnumerable<Action> unheard = _inbox.Select(message => message.GiveUp).OfType<Action>();
        foreach (Action end in (Action[])[.. helpers, AbandonGuardian, .. unheard, AwaitStarts, Clear])
        {
            try
            {
                end();
            }
#pragma warning disable CA1031 // One more bug, which the caller is told too.
            catch (Exception error)
#pragma warning restore CA1031
            {
                bugs.Add(error);
            }
        }

        _done.TrySetException(bugs);
    }

    private static void Abandon(SessionStream member)
    {
        if (member.Helper is not { } helper)
        {
            return;
        }

        member.Detach();
        if (member.Ended)
        {
            helper.Release();
        }
        else
        {
            helper.End();
        }
    }

    private void AbandonGuardian()
    {
        if (_guardian is { } guardian && !_guardianEnded)
        {
            _guardianEnded = true;
            guardian.EndWithTool();
        }
    }

    // A start that was under way is given up when it comes back, on the spawner's thread.
    // The caller is told before that where it takes longer than the patience.
    private void AwaitStarts()
    {
        while (_pendingStarts > 0 && _startsGivenUp.Wait(_options.KillPatience))
        {
            _pendingStarts--;
        }
    }

    // A process that was started for the session and comes too late.
    private void GiveUp(Action? end)
    {
        try
        {
            end?.Invoke();
        }
        finally
        {
            _startsGivenUp.Release();
        }
    }
}
