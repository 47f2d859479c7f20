namespace ClipGuard.Streams.Sessions;

/// <summary>What came of one attempt.</summary>
internal abstract record ToolSessionResult
{
    /// <summary>A verdict.</summary>
    /// <param name="Outcome">What the caller is told, where this was the last attempt.</param>
    /// <param name="IsOutOfMemory">True where a stream's helper ended because memory ran out.</param>
    public sealed record Judged(ToolOutcome Outcome, bool IsOutOfMemory) : ToolSessionResult
    {
        /// <summary>True for a failure that may have been bad luck and is tried once more.</summary>
        public bool IsRetryable => Outcome.Fault is { } fault && ToolFaultKinds.Of(fault.Kind).IsRetried(IsOutOfMemory);
    }

    /// <summary>A failure of the infrastructure, which says nothing about clips or tool.</summary>
    public sealed record InfrastructureFailure(Exception Error) : ToolSessionResult;
}
