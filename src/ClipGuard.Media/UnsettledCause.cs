namespace ClipGuard.Media;

/// <summary>Why a decode came to neither data nor a fault. None of these says anything about the clip.</summary>
public enum UnsettledCause
{
    /// <summary>The helper had too little of a processor: the machine is busy, or a control group holds it back.</summary>
    Starved = 1,

    /// <summary>The helper was stopped, or the supervisor was: a paused container, a frozen control group, SIGSTOP.</summary>
    Stopped = 2,

    /// <summary>The storage that the clip lies on did not answer in time, or answered with an error that says nothing about the clip.</summary>
    Storage = 3,

    /// <summary>The server that the clip is fetched from could not be reached, or refused or failed the request.</summary>
    Server = 4,

    /// <summary>No helper could be had, or helpers kept failing for reasons of their own.</summary>
    Helpers = 5,

    /// <summary>A bug of ClipGuard's own.</summary>
    Bug = 6,
}
