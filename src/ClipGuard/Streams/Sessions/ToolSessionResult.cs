namespace ClipGuard.Streams.Sessions;

/// <summary>What came of one try.</summary>
internal abstract record ToolSessionResult
{
    /// <summary>A verdict.</summary>
    public sealed record Judged(ToolOutcome Outcome) : ToolSessionResult
    {
        /// <summary>True for a failure that may have been bad luck and is tried once more.</summary>
        public bool IsStrike => Outcome.Fault?.Kind is ToolFaultKind.TimedOut or ToolFaultKind.Stalled or ToolFaultKind.Crashed or ToolFaultKind.ProtocolViolated;
    }

    /// <summary>Trouble that says nothing about clips or tool.</summary>
    public sealed record InfrastructureFailure(Exception Error) : ToolSessionResult;
}
