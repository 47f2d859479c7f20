namespace ClipGuard.Streams.Sessions;

/// <summary>A session's life, as what hears of its processes knows it.</summary>
internal interface ISessionEventSink
{
    /// <summary>Where it is.</summary>
    ToolSessionState State { get; }

    /// <summary>Carries one event through the table (<see cref="ToolSessionStateMachine"/>) and does what the table asks for.</summary>
    /// <exception cref="InvalidOperationException">The event cannot happen in this state.</exception>
    void Step(ToolSessionEvent happened);

    /// <summary>A part of the session has failed. Only the first cause counts, and none once the session is ending.</summary>
    void Break(SessionFailureCause cause);
}
