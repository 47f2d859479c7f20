using static ClipGuard.Streams.Sessions.ToolSessionAction;
using static ClipGuard.Streams.Sessions.ToolSessionEvent;
using static ClipGuard.Streams.Sessions.ToolSessionState;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// A session's life as a table of state × event. It is pure: the code around it only carries the actions out.
/// A cell that is not in the table cannot happen, and asking for it is a bug.
/// </summary>
internal static class ToolSessionStateMachine
{
    private static readonly Dictionary<(ToolSessionState, ToolSessionEvent), ToolSessionStep> Table = new()
    {
        // The tool is started only once every FIFO is there: it never has to wait for one, or finds none.
        [(Opening, FifosOpened)] = new(Running, Write | StartTool),
        [(Opening, FilesOpened)] = new(Filling, Write),
        [(Opening, Broke)] = new(Ending, Examine | End),
        [(Opening, TimeOver)] = new(Ending, Examine | End),
        [(Opening, Cancelled)] = new(Ending, End),

        // A work file is whole before anybody reads it.
        [(Filling, AllWritten)] = new(Running, StartTool),
        [(Filling, Broke)] = new(Ending, Examine | End),
        [(Filling, TimeOver)] = new(Ending, Examine | End),
        [(Filling, Stalled)] = new(Ending, Examine | End),
        [(Filling, Cancelled)] = new(Ending, End),

        [(Running, AllWritten)] = new(Running, None),
        [(Running, ToolExited)] = new(Draining, None),
        [(Running, Broke)] = new(Ending, Examine | End),
        [(Running, TimeOver)] = new(Ending, Examine | End),
        [(Running, Stalled)] = new(Ending, Examine | End),
        [(Running, Cancelled)] = new(Ending, End),

        // The helper of a stream that the tool never opened waits for a reader for ever, so that its message is waited for no longer than the grace.
        [(Draining, AllWritten)] = new(Ending, Judge | End),
        [(Draining, TimeOver)] = new(Ending, Judge | End),
        [(Draining, Broke)] = new(Ending, Examine | End),
        [(Draining, Cancelled)] = new(Ending, End),

        // The result is given once every process is reaped, so that a caller may count on them to be gone; what is stuck in the kernel is not waited for
        // beyond the timeout.
        [(Ending, AllGone)] = new(Gone, Clear | Conclude),
        [(Ending, TimeOver)] = new(Forcing, Force),
        [(Ending, Cancelled)] = new(Ending, None),

        [(Forcing, AllGone)] = new(Gone, Clear | Conclude),
        [(Forcing, TimeOver)] = new(Unkillable, Conclude),
        [(Forcing, Cancelled)] = new(Forcing, None),

        [(Unkillable, AllGone)] = new(Gone, Clear),
        [(Unkillable, Cancelled)] = new(Unkillable, None),
    };

    /// <summary>All cells, for the tests.</summary>
    public static IReadOnlyDictionary<(ToolSessionState State, ToolSessionEvent Event), ToolSessionStep> Cells => Table;

    /// <summary>What an event does to a session in a state.</summary>
    /// <exception cref="InvalidOperationException">The event cannot happen in this state.</exception>
    public static ToolSessionStep Next(ToolSessionState state, ToolSessionEvent happened) =>
        Table.TryGetValue((state, happened), out ToolSessionStep step)
            ? step
            : throw new InvalidOperationException($"A session that is {state} cannot meet {happened}.");
}

/// <summary>One cell of the table.</summary>
/// <param name="Next">The state after the event.</param>
/// <param name="Actions">What is to be done.</param>
internal readonly record struct ToolSessionStep(ToolSessionState Next, ToolSessionAction Actions);
