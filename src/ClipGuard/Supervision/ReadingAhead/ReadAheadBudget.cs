namespace ClipGuard.Supervision.ReadingAhead;

/// <summary>
/// How many encoded bytes are held ahead of their decodes, and whether there is room for more. A clip that a decode waits for gets its room at once: the room
/// may be held by later ones, whose decodes stand behind it. So the bound is exceeded by as many clips as there are decodes at a time, and no more. Under its
/// owner's lock.
/// </summary>
/// <param name="mostBytes">The bound.</param>
/// <param name="metrics">Where it is counted.</param>
internal sealed class ReadAheadBudget(long mostBytes, ReadAheadMetrics metrics)
{
    private TaskCompletionSource _room = NewRoom();
    private long _held;

    /// <summary>Something may have its room now that had none before. Raised under the lock.</summary>
    public event Action? RoomMade;

    /// <summary>Done when something may have its room now that had none before; a new one each time.</summary>
    public Task Room => _room.Task;

    /// <summary>Whether a clip may have its bytes now.</summary>
    public bool HasRoom(ReadAheadClip clip, long bytes) => clip.IsWanted || _held == 0 || _held + bytes <= mostBytes;

    /// <summary>A clip counts with so many bytes from now on.</summary>
    public void Reserve(ReadAheadClip clip, long bytes)
    {
        _held += bytes - clip.Reserved;
        metrics.CountHeld(bytes - clip.Reserved);
        clip.Reserved = bytes;
    }

    /// <summary>A clip counts no more.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="isUnused">True where its bytes were read, and no decode has asked for them.</param>
    public void GiveBack(ReadAheadClip clip, bool isUnused)
    {
        if (isUnused)
        {
            metrics.CountUnused(clip.Reserved);
        }

        Reserve(clip, 0);
        MakeRoomKnown();
    }

    /// <summary>There is room, or a clip is wanted now: what waits looks again.</summary>
    public void MakeRoomKnown()
    {
        _room.TrySetResult();
        _room = NewRoom();
        RoomMade?.Invoke();
    }

    private static TaskCompletionSource NewRoom() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
