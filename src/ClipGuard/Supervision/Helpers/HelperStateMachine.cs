using static ClipGuard.Supervision.Helpers.HelperAction;
using static ClipGuard.Supervision.Helpers.HelperEvent;
using static ClipGuard.Supervision.Helpers.HelperState;

namespace ClipGuard.Supervision.Helpers;

/// <summary>
/// A helper's life as a table of state × event. It is pure: the code around it only carries the actions out.
/// A cell that is not in the table cannot happen, and asking for it is a bug.
/// </summary>
internal static class HelperStateMachine
{
    private static readonly Dictionary<(HelperState, HelperEvent), HelperStep> Table = new()
    {
        // A helper that cannot start is a failure of the infrastructure: the reason is kept for the message, and no clip is blamed.
        [(Starting, SaidReady)] = new(Ready, Offer),
        [(Starting, Replied)] = new(Dying, Examine | Kill | Replace),
        [(Starting, RepliedLast)] = new(Dying, Examine | Kill | Replace),
        [(Starting, ProtocolError)] = new(Dying, Examine | Kill | Replace),
        [(Starting, HelperEvent.HungUp)] = new(HelperState.HungUp, None),
        [(Starting, Exited)] = new(Gone, Examine | Replace | Release),
        [(Starting, TimeOver)] = new(Dying, Examine | Kill | Replace),
        [(Starting, Retired)] = new(Dying, Kill | Replace),
        [(Starting, Cancelled)] = new(Dying, Kill | Replace),

        [(Ready, Leased)] = new(Decoding, None),
        [(Ready, SaidReady)] = new(Dying, Kill | Replace),
        [(Ready, Replied)] = new(Dying, Kill | Replace),
        [(Ready, RepliedLast)] = new(Dying, Kill | Replace),
        [(Ready, ProtocolError)] = new(Dying, Kill | Replace),
        [(Ready, HelperEvent.HungUp)] = new(Dying, Kill | Replace),
        [(Ready, Exited)] = new(Gone, Replace | Release),
        [(Ready, Retired)] = new(Leaving, Close | Replace),
        [(Ready, Cancelled)] = new(Dying, Kill | Replace),

        [(Decoding, Replied)] = new(Delivered, Conclude),
        [(Decoding, RepliedLast)] = new(Finishing, Close),
        [(Decoding, FoundBeforeDecoding)] = new(Ready, Conclude | Offer),
        [(Decoding, FoundWhileDecoding)] = new(Checking, Conclude | Check),
        [(Decoding, SaidReady)] = new(Dying, Examine | Kill | Replace),
        [(Decoding, ProtocolError)] = new(Dying, Examine | Kill | Replace),
        [(Decoding, HelperEvent.HungUp)] = new(HelperState.HungUp, None),
        [(Decoding, Exited)] = new(Gone, Examine | Conclude | Replace | Release),
        [(Decoding, TimeOver)] = new(Dying, Examine | Kill | Replace),
        [(Decoding, Stalled)] = new(Dying, Examine | Kill | Replace),
        [(Decoding, OverMemory)] = new(Dying, Examine | Kill | Replace),
        [(Decoding, Cancelled)] = new(Dying, Kill | Replace),

        // While the payload is read, the helper may end or break the protocol without harm, because the memory is owned here. It is only not used again.
        [(Delivered, Released)] = new(Ready, Offer),
        [(Delivered, Retired)] = new(Leaving, Close | Replace),
        [(Delivered, SaidReady)] = new(Dying, Kill | Replace),
        [(Delivered, Replied)] = new(Dying, Kill | Replace),
        [(Delivered, ProtocolError)] = new(Dying, Kill | Replace),
        [(Delivered, HelperEvent.HungUp)] = new(Dying, Kill | Replace),
        [(Delivered, Exited)] = new(Gone, Replace | Release),
        [(Delivered, Cancelled)] = new(Dying, Kill | Replace),

        // The clip has its verdict already: whatever goes wrong here is held against the helper alone.
        [(Checking, CheckPassed)] = new(Ready, Offer),
        [(Checking, Retired)] = new(Leaving, Close | Replace),
        [(Checking, SaidReady)] = new(Dying, Kill | Replace),
        [(Checking, ProtocolError)] = new(Dying, Kill | Replace),
        [(Checking, HelperEvent.HungUp)] = new(Dying, Kill | Replace),
        [(Checking, Exited)] = new(Gone, Replace | Release),
        [(Checking, TimeOver)] = new(Dying, Kill | Replace),
        [(Checking, Cancelled)] = new(Dying, Kill | Replace),

        // Fresh per decode: the answer counts once the process has exited, and the deadline covers that.
        [(Finishing, Exited)] = new(Gone, Conclude | Replace | Release),
        [(Finishing, TimeOver)] = new(Dying, Examine | Kill | Replace),
        [(Finishing, OverMemory)] = new(Dying, Examine | Kill | Replace),
        [(Finishing, Cancelled)] = new(Dying, Kill | Replace),

        // The kernel closes the socket of a process before it can be reaped, so that a crash shows as a hang-up first. Only a helper that is still alive
        // after the grace is killed for having hung up.
        [(HelperState.HungUp, Exited)] = new(Gone, Examine | Conclude | Replace | Release),
        [(HelperState.HungUp, TimeOver)] = new(Dying, Examine | Kill | Replace),
        [(HelperState.HungUp, Stalled)] = new(Dying, Examine | Kill | Replace),
        [(HelperState.HungUp, Cancelled)] = new(Dying, Kill | Replace),

        [(Leaving, Exited)] = new(Gone, Release),
        [(Leaving, TimeOver)] = new(Dying, Kill),
        [(Leaving, Cancelled)] = new(Dying, Kill),

        // The result is given once the process is reaped, so that a caller may count on it to be gone; a process that is stuck in the kernel is not waited
        // for beyond the kill timeout.
        [(Dying, Exited)] = new(Gone, Conclude | Release),
        [(Dying, TimeOver)] = new(Unkillable, Conclude),
        [(Dying, Cancelled)] = new(Dying, None),
        [(Dying, Released)] = new(Dying, None),
        [(Dying, Retired)] = new(Dying, None),

        [(Unkillable, Exited)] = new(Gone, Release),
        [(Unkillable, Cancelled)] = new(Unkillable, None),
        [(Unkillable, Released)] = new(Unkillable, None),
        [(Unkillable, Retired)] = new(Unkillable, None),

        [(Gone, Released)] = new(Gone, None),
        [(Gone, Retired)] = new(Gone, None),
        [(Gone, Cancelled)] = new(Gone, None),
    };

    /// <summary>All cells, for the tests.</summary>
    public static IReadOnlyDictionary<(HelperState State, HelperEvent Event), HelperStep> Cells => Table;

    /// <summary>What an event does to a helper in a state.</summary>
    /// <exception cref="InvalidOperationException">The event cannot happen in this state.</exception>
    public static HelperStep Next(HelperState state, HelperEvent happened) =>
        Table.TryGetValue((state, happened), out HelperStep step)
            ? step
            : throw new InvalidOperationException($"A helper that is {state} cannot meet {happened}.");
}

/// <summary>One cell of the table.</summary>
/// <param name="Next">The state after the event.</param>
/// <param name="Actions">What is to be done.</param>
internal readonly record struct HelperStep(HelperState Next, HelperAction Actions);
