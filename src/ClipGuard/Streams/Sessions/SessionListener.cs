using System.Diagnostics;

using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Streams.Sessions;

/// <summary>
/// What a session hears of its processes: messages, what they write, and their ends. It keeps what is said, gives the orders that follow, and tells the
/// session's life of what changes it. On the session's thread.
/// </summary>
/// <param name="life">The session's life.</param>
/// <param name="run">What is run.</param>
/// <param name="program">The tool's program.</param>
/// <param name="decoderThreads">Threads that each decoder may use.</param>
/// <param name="options">The limits, and whether streams are files.</param>
/// <param name="streams">The session's streams.</param>
/// <param name="tool">The session's tool.</param>
/// <param name="descriptors">Where processes are listened to.</param>
/// <param name="logger">Where bugs are told that a helper met.</param>
internal sealed class SessionListener(
    ISessionEventSink life,
    ToolRunSpec run,
    string program,
    int decoderThreads,
    StreamOptions options,
    IReadOnlyList<SessionStream> streams,
    SessionToolProcess tool,
    SessionEpoll descriptors,
    ILogger logger)
{
    private readonly StreamReplyHandler _replies = new(options, logger);
    private readonly byte[] _buffer = new byte[WireProtocol.MaxMessageBytes];

    /// <summary>Something has happened to a stream's helper, or the guardian.</summary>
    public void Hear(int owner, DescriptorKind kind)
    {
        switch (kind)
        {
            case DescriptorKind.Socket:
                Receive(owner);
                break;
            case DescriptorKind.Process when owner == descriptors.Guardian:
                OnGuardianEnded(tool.Guardian!);
                break;
            case DescriptorKind.Process:
                OnHelperEnded(streams[owner]);
                break;
            default:
                Drain(owner, kind);
                break;
        }
    }

    private void Drain(int owner, DescriptorKind kind)
    {
        PipeTail text = kind switch
        {
            DescriptorKind.ToolOutput => tool.Guardian!.Output,
            DescriptorKind.ToolErrors => tool.Guardian!.ToolErrors,
            _ when owner == descriptors.Guardian => tool.Guardian!.OwnErrors,
            _ => streams[owner].Helper!.Errors,
        };
        if (text.Drain() == 0)
        {
            descriptors.Ignore(owner, kind);
        }
    }

    // Takes all that can be read.
    private void Receive(int owner)
    {
        while (descriptors.ListensTo(owner))
        {
            bool isGuardian = owner == descriptors.Guardian;
            HelperProcess process = isGuardian ? tool.Guardian!.Process : streams[owner].Helper!.Process;
            Received received = MessageSocket.Receive(process.Socket, _buffer);
            switch (received.Kind)
            {
                case ReceivedKind.Message when isGuardian:
                    OnGuardianMessage(tool.Guardian!, received.Message!);
                    break;
                case ReceivedKind.Message:
                    OnHelperMessage(streams[owner], received.Message!);
                    break;
                case ReceivedKind.Unreadable:
                    life.Break(isGuardian ? StrangeGuardian() : StreamReplyHandler.Unbelievable(streams[owner], received.Complaint!));
                    break;
                case ReceivedKind.HungUp:
                    // A process that dies closes its end first, and is reaped next. One that lives on can no longer answer, and the stall limit or the deadline
                    // ends it: its stream may still be written and read meanwhile.
                    descriptors.Ignore(owner, DescriptorKind.Socket);
                    break;
                default:
                    return;
            }
        }
    }

    private void OnHelperMessage(SessionStream stream, HelperMessage message)
    {
        if (_replies.Take(stream, message, life.State) is { } cause)
        {
            life.Break(cause);
            return;
        }

        switch (message)
        {
            case ReadyMessage:
                Open(stream);
                break;
            case StreamOpenedMessage:
                StartWhenAllIsThere();
                break;
            case StreamWrittenMessage:
                stream.Close(options.WorkFiles);
                StepIfAllIsWritten();
                break;
        }
    }

    private void OnGuardianMessage(GuardianProcess guardian, HelperMessage message)
    {
        switch (message)
        {
            case ReadyMessage ready when MessageCheck.Find(ready) is null:
                guardian.IsReady = true;
                StartWhenAllIsThere();
                break;
            case ToolStartedMessage:
                break;
            case ToolNotStartedMessage failed:
                life.Break(SessionToolProcess.CannotStart(program, failed.Reason));
                break;
            case ToolExitedMessage exited when life.State == ToolSessionState.Running:
                tool.OnExited(exited);
                life.Step(ToolSessionEvent.ToolExited);
                StepIfAllIsWritten();
                break;
            default:
                life.Break(StrangeGuardian());
                break;
        }
    }

    private static SessionFailureCause.InfrastructureFailure StrangeGuardian() =>
        SessionBlame.Unavailable("The guardian of a tool run said what no guardian says; its program is not that of this version.");

    /// <summary>Has a stream's helper, which is ready, open its clip.</summary>
    public void Open(SessionStream stream)
    {
        if (life.State == ToolSessionState.Opening && stream.Open(options, decoderThreads) is { } cause)
        {
            life.Break(cause);
        }
    }

    private void StartWhenAllIsThere()
    {
        if (life.State != ToolSessionState.Opening || tool.Guardian is not { IsReady: true } || streams.Any(stream => stream.Shape is null))
        {
            return;
        }

        if (FormatNegotiation.Settle(run, [.. streams.Select(stream => stream.Shape!)], out StreamFormat[] formats) is { } mismatch)
        {
            life.Break(new SessionFailureCause.OfStream(mismatch.Stream, ToolFaultKind.Mismatched, mismatch.Message));
            return;
        }

        foreach (SessionStream stream in streams)
        {
            stream.Format = formats[stream.Index];
        }

        life.Step(options.WorkFiles ? ToolSessionEvent.FilesOpened : ToolSessionEvent.FifosOpened);
    }

    private void StepIfAllIsWritten()
    {
        if (streams.All(stream => stream.Written is not null))
        {
            life.Step(ToolSessionEvent.AllWritten);
        }
    }

    private void OnHelperEnded(SessionStream stream)
    {
        StreamHelper helper = stream.Helper!;
        Receive(stream.Index);
        if (!ReferenceEquals(stream.Helper, helper) || !helper.Process.TryReap(out ProcessExit exit))
        {
            return;
        }

        stream.Ended = true;
        helper.Errors.Drain();
        descriptors.IgnoreAll(stream.Index);
        if (stream.Written is null)
        {
            stream.ReadProgress(Stopwatch.GetTimestamp());
            life.Break(SessionBlame.OfHelperEnd(
                stream.Facts(options.WorkFiles), exit, helper.Errors.Lines(), stream.PostMortem(exit), options.HelperMemoryBytes, MemoryKills.Shared));
        }

        stream.Detach();
        helper.Release();
    }

    private void OnGuardianEnded(GuardianProcess guardian)
    {
        Receive(descriptors.Guardian);

        // Its last message may have ended the run and returned it to the pool of idle guardians. Then the session has none or another one, and the pool finds
        // this one dead when it is taken.
        if (!ReferenceEquals(tool.Guardian, guardian) || !guardian.Process.TryReap(out ProcessExit exit))
        {
            return;
        }

        tool.IsGuardianGone = true;
        guardian.OwnErrors.Drain();
        descriptors.IgnoreAll(descriptors.Guardian);
        if (!exit.IsClean)
        {
            guardian.EndOrphans();
        }

        life.Break(SessionBlame.OfGuardianEnd(exit, guardian.OwnErrors.Lines()));
    }
}
