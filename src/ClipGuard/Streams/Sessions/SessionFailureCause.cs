using ClipGuard.Media;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

/// <summary>The first thing that went wrong in a session. What comes after it is a consequence.</summary>
internal abstract record SessionFailureCause
{
    /// <summary>A failure of the infrastructure, which says nothing about clip or tool.</summary>
    public sealed record InfrastructureFailure(Exception Error) : SessionFailureCause;

    /// <summary>A stream's fault.</summary>
    /// <param name="Stream">The stream's name.</param>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">One sentence.</param>
    public sealed record OfStream(string Stream, ToolFaultKind Kind, string Message) : SessionFailureCause
    {
        /// <summary>Where the decode was, as far as the helper said so; null for what its marks say.</summary>
        public DecodeStage? Stage { get; init; }

        /// <summary>How the helper ended, where it did.</summary>
        public ProcessExit Exit { get; init; }

        /// <summary>True where the helper ended because memory ran out.</summary>
        public bool IsOutOfMemory { get; init; }
    }

    /// <summary>The tool's fault.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Message">One sentence.</param>
    public sealed record OfTool(ToolFaultKind Kind, string Message) : SessionFailureCause;
}
