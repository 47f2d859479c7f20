using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>Takes what helpers say of their streams. Nothing in it is believed before it is checked, and what comes out of turn is a fault.</summary>
/// <param name="options">The limits, and whether streams are files.</param>
/// <param name="logger">Where bugs are told that a helper met.</param>
internal sealed class StreamReplyHandler(StreamOptions options, ILogger logger)
{
    /// <summary>Keeps a message with its stream, or says what the session fails of.</summary>
    /// <param name="stream">Whose helper says it.</param>
    /// <param name="message">The message.</param>
    /// <param name="state">Where the session is.</param>
    public SessionFailureCause? Take(SessionStream stream, HelperMessage message, ToolSessionState state)
    {
        switch (message)
        {
            case ReadyMessage ready when MessageCheck.Find(ready) is { } complaint:
                return SessionBlame.Unavailable($"The stream helper {complaint}.");
            case ReadyMessage ready when stream.Helper!.Greeting is null:
                stream.Helper.Greeting = ready;
                return null;
            case UnreadyMessage unready:
                return new SessionFailureCause.InfrastructureFailure(
                    new HelperUnavailableException(unready.Message, unready.Reason == UnreadyReason.DecoderMissing));
            case StreamOpenedMessage opened when stream.Order == opened.Id && stream.Shape is null && state == ToolSessionState.Opening:
                return TakeOpened(stream, opened);
            case StreamWrittenMessage written when stream.Order == written.Id && stream.Written is null:
                return TakeWritten(stream, written);
            case FailedMessage { Message: not null, Stack: not null } failed when stream.Order == failed.Id:
                BackgroundLog.Write(logger, log => SessionLogMessages.LogBug(log, stream.Name, failed.Message, failed.Stack));
                return SessionBlame.Unavailable($"The stream '{stream.Name}' meets a bug of ClipGuard's own, and the clip is not to blame: {failed.Message}");
            default:
                return Unbelievable(stream, $"said {message.GetType().Name.Replace("Message", string.Empty, StringComparison.Ordinal)} out of turn");
        }
    }

    /// <summary>What the session fails of where a helper's message cannot be believed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="complaint">What the helper did, as a sentence about it goes on.</param>
    public static SessionFailureCause.OfStream Unbelievable(SessionStream stream, string complaint) =>
        new(stream.Name, ToolFaultKind.ProtocolViolated, $"The helper of '{stream.Name}' {complaint}.");

    private SessionFailureCause.OfStream? TakeOpened(SessionStream stream, StreamOpenedMessage opened)
    {
        if (StreamReplyCheck.Find(opened.Shape, stream.Stream.Spec.Kind, options.Limits) is { } complaint)
        {
            return Unbelievable(stream, complaint);
        }

        if (!IsThere(stream))
        {
            return Unbelievable(stream, $"says that {stream.Path} is there, and it is not");
        }

        stream.Shape = opened.Shape;
        return null;
    }

    private bool IsThere(SessionStream stream)
    {
        if (options.WorkFiles)
        {
            return File.Exists(stream.Path);
        }

        // The helper opens its end only when it is told to write: that this end is opened and closed again before wakes no writer.
        using UnreadBytesProbe? fifo = UnreadBytesProbe.Open(stream.Path);
        return fifo is not null;
    }

    private static SessionFailureCause.OfStream? TakeWritten(SessionStream stream, StreamWrittenMessage written)
    {
        if (StreamReplyCheck.Find(written, stream.Format) is { } complaint)
        {
            return Unbelievable(stream, complaint);
        }

        stream.Written = written;
        return written.Fault is { } fault
            ? new SessionFailureCause.OfStream(stream.Name, ToolFaultKinds.From(fault.Kind), fault.Message) { Stage = fault.Stage }
            : null;
    }
}
