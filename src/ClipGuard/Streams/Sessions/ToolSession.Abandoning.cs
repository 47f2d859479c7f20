namespace ClipGuard.Streams.Sessions;

// What a bug leaves: a group that no thread leads any more, and that must leave no process behind all the same.
internal sealed partial class ToolSession
{
    private readonly SemaphoreSlim _startsGivenUp = new(0);

    // Ends all that the group has and all that is still on its way to it, then tells the caller. What fails here keeps nothing else from being ended.
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
#pragma warning disable CA1031 // One more bug, and the caller hears of it.
            catch (Exception another)
#pragma warning restore CA1031
            {
                bugs.Add(another);
            }
        }

        _done.TrySetException(bugs);
    }

    private static void Abandon(Member member)
    {
        if (member.Helper is not { } helper)
        {
            return;
        }

        member.Helper = null;
        if (member.Ended)
        {
            helper.Process.Release();
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

    // Each is given up as it comes, on the thread that starts it; also one that takes longer than the caller should wait for it.
    private void AwaitStarts()
    {
        while (_pendingStarts > 0 && _startsGivenUp.Wait(_options.KillPatience))
        {
            _pendingStarts--;
        }
    }

    // A process that was started for the group and comes too late.
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
