using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Processes;

namespace ClipGuard.Streams.Sessions;

// Messages of helpers and guardian. Nothing in them is believed before it is checked.
internal sealed unsafe partial class ToolSession
{
    private const int TagsEach = 8;
    private const int SocketKind = 0;
    private const int ProcessKind = 1;
    private const int ErrorsKind = 2;
    private const int OutputKind = 3;
    private const int ToolErrorsKind = 4;

    private static long _lastOrder;

    private readonly byte[] _buffer = new byte[WireProtocol.MaxMessageBytes];
    private readonly long _firstOrder = Interlocked.Add(ref _lastOrder, 1 << 10);

    // The guardian stands after the members.
    private int GuardianIndex => _members.Length;

    private void Watch(SessionStream member)
    {
        HelperProcess process = member.Helper!.Process;
        Watch(member.Index, SocketKind, process.Socket);
        Watch(member.Index, ProcessKind, process.PidDescriptor);
        Watch(member.Index, ErrorsKind, process.Errors);
    }

    private void Watch(GuardianProcess guardian)
    {
        Watch(GuardianIndex, SocketKind, guardian.Process.Socket);
        Watch(GuardianIndex, ProcessKind, guardian.Process.PidDescriptor);
        Watch(GuardianIndex, ErrorsKind, guardian.Process.Errors);
        Watch(GuardianIndex, OutputKind, guardian.Output.Descriptor);
        Watch(GuardianIndex, ToolErrorsKind, guardian.ToolErrors.Descriptor);
    }

    private void Watch(int index, int kind, int descriptor) => _epoll.Add(descriptor, Tag(index, kind));

    private void Ignore(int index, int kind) => _epoll.Remove(Tag(index, kind));

    private void IgnoreAll(int index)
    {
        for (int kind = 0; kind < TagsEach; kind++)
        {
            Ignore(index, kind);
        }
    }

    private bool Listens(int index) => _epoll.Contains(Tag(index, SocketKind));

    private static long Tag(int index, int kind) => (index * TagsEach) + kind;

    private void HandleEvent(long tag)
    {
        // A descriptor may have gone while an earlier tag of the same wait was handled.
        if (!_epoll.Contains(tag))
        {
            return;
        }

        int index = (int)(tag / TagsEach);
        int kind = (int)(tag % TagsEach);
        switch (kind)
        {
            case SocketKind:
                Receive(index);
                break;
            case ProcessKind when index == GuardianIndex:
                OnGuardianEnded(_guardian!);
                break;
            case ProcessKind:
                OnHelperEnded(_members[index]);
                break;
            case ErrorsKind when (index == GuardianIndex ? _guardian!.OwnErrors : _members[index].Helper!.Errors).Drain() == 0:
            case OutputKind when _guardian!.Output.Drain() == 0:
            case ToolErrorsKind when _guardian!.ToolErrors.Drain() == 0:
                Ignore(index, kind);
                break;
        }
    }

    // Takes all that can be read.
    private void Receive(int index)
    {
        while (Listens(index))
        {
            Received received = MessageSocket.Receive(ProcessOf(index).Socket, _buffer);
            switch (received.Kind)
            {
                case ReceivedKind.Message:
                    OnMessage(index, received.Message!);
                    break;
                case ReceivedKind.Unreadable:
                    OnUnreadable(index, received.Complaint!);
                    break;
                case ReceivedKind.HungUp:
                    // A process that dies closes its end first, and is reaped next. One that lives on can no longer answer, and the stall limit or the deadline
                    // ends it: its stream may still be written and read meanwhile.
                    Ignore(index, SocketKind);
                    break;
                default:
                    return;
            }
        }
    }

    private HelperProcess ProcessOf(int index) => index == GuardianIndex ? _guardian!.Process : _members[index].Helper!.Process;

    private void OnUnreadable(int index, string complaint)
    {
        if (index == GuardianIndex)
        {
            Break(StrangeGuardian());
        }
        else
        {
            ProtocolError(_members[index], complaint);
        }
    }

    private void OnMessage(int index, HelperMessage message)
    {
        if (index == GuardianIndex)
        {
            OnGuardianMessage(_guardian!, message);
            return;
        }

        SessionStream member = _members[index];
        StreamHelper helper = member.Helper!;
        switch (message)
        {
            case ReadyMessage ready when MessageCheck.Find(ready) is { } complaint:
                Break(new Cause.InfrastructureFailure(new HelperUnavailableException($"The stream helper {complaint}.")));
                break;
            case ReadyMessage ready when helper.Greeting is null:
                helper.Greeting = ready;
                Open(member);
                break;
            case UnreadyMessage unready:
                Break(new Cause.InfrastructureFailure(new HelperUnavailableException(unready.Message, unready.Reason == UnreadyReason.DecoderMissing)));
                break;
            case StreamOpenedMessage opened when OrderOf(member) == opened.Id && member.Shape is null && _state == ToolSessionState.Opening:
                OnOpened(member, opened);
                break;
            case StreamWrittenMessage written when OrderOf(member) == written.Id && member.Written is null:
                OnWritten(member, written);
                break;
            case FailedMessage { Message: not null, Stack: not null } failed when OrderOf(member) == failed.Id:
                BackgroundLog.Write(_logger, logger => LogBug(logger, member.Name, failed.Message, failed.Stack));
                Break(new Cause.InfrastructureFailure(new HelperUnavailableException(
                    $"The stream '{member.Name}' meets a bug of ClipGuard's own, and the clip is not to blame: {failed.Message}")));
                break;
            default:
                ProtocolError(member, $"said {message.GetType().Name.Replace("Message", string.Empty, StringComparison.Ordinal)} out of turn");
                break;
        }
    }

    private void OnOpened(SessionStream member, StreamOpenedMessage opened)
    {
        if (StreamReplyCheck.Find(opened.Shape, member.Stream.Spec.Kind, _options.Limits) is { } complaint)
        {
            ProtocolError(member, complaint);
            return;
        }

        if (!IsThere(member))
        {
            ProtocolError(member, $"says that {member.Path} is there, and it is not");
            return;
        }

        member.Shape = opened.Shape;
        StartWhenAllIsThere();
    }

    private bool IsThere(SessionStream member)
    {
        if (_options.WorkFiles)
        {
            return File.Exists(member.Path);
        }

        // The helper opens its end only when it is told to write: that this end is opened and closed again before wakes no writer.
        using UnreadBytesProbe? fifo = UnreadBytesProbe.Open(member.Path);
        return fifo is not null;
    }

    private void OnWritten(SessionStream member, StreamWrittenMessage written)
    {
        if (StreamReplyCheck.Find(written, member.Format) is { } complaint)
        {
            ProtocolError(member, complaint);
            return;
        }

        member.Written = written;
        if (written.Fault is { } fault)
        {
            Break(new Cause.OfStream(member, ToolFaultKinds.From(fault.Kind), fault.Message) { Stage = fault.Stage });
            return;
        }

        member.Probe = _options.WorkFiles ? null : UnreadBytesProbe.Open(member.Path);

        // Where the order cannot be sent the helper has died, and its end of the stream is closed by that.
        _ = MessageSocket.Send(member.Helper!.Process.Socket, new CloseStreamOrder(OrderOf(member)));
        if (_members.All(one => one.Written is not null))
        {
            Step(ToolSessionEvent.AllWritten);
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
                Break(new Cause.InfrastructureFailure(new ToolUnavailableException($"{_program} cannot be started: {failed.Reason}.")));
                break;
            case ToolExitedMessage exited when _state == ToolSessionState.Running:
                OnToolExited(guardian, exited);
                Step(ToolSessionEvent.ToolExited);
                if (_members.All(one => one.Written is not null))
                {
                    Step(ToolSessionEvent.AllWritten);
                }

                break;
            default:
                Break(StrangeGuardian());
                break;
        }
    }

    private static Cause.InfrastructureFailure StrangeGuardian() => new(new HelperUnavailableException(
        "The guardian of a tool run said what no guardian says; its program is not that of this version."));

    private void Open(SessionStream member)
    {
        if (_state != ToolSessionState.Opening)
        {
            return;
        }

        ReadOnlyMemory<byte> held = (member.Stream.Source as MemorySource)?.Bytes ?? default;
        if (held.Length > StreamHelpers.MemoryClipBytes)
        {
            Break(new Cause.OfStream(
                member,
                ToolFaultKind.LimitExceeded,
                $"The clip's {held.Length} encoded bytes are over the limit of {StreamHelpers.MemoryClipBytes} for a clip held in memory."));
            return;
        }

        HelperProcess process = member.Helper!.Process;
        held.Span.CopyTo(new Span<byte>(process.Memory.Payload, held.Length));
        var order = new OpenStreamOrder(OrderOf(member), member.Stream.Source, member.Stream.Spec.Kind, member.Path)
        {
            AsFile = _options.WorkFiles,
            Limits = _options.Limits,
            DecoderThreads = _decoderThreads,
            InputLength = held.Length,
        };
        if (MessageSocket.Send(process.Socket, order) is { } failure)
        {
            Break(new Cause.InfrastructureFailure(new HelperUnavailableException($"The order to open '{member.Name}' could not be given: {failure}.")));
        }
    }

    private void StartWhenAllIsThere()
    {
        if (_state != ToolSessionState.Opening || _guardian is not { IsReady: true } || _members.Any(member => member.Shape is null))
        {
            return;
        }

        if (FormatNegotiation.Settle(_run, [.. _members.Select(member => member.Shape!)], out StreamFormat[] formats) is { } mismatch)
        {
            Break(new Cause.OfStream(_members.First(member => member.Name == mismatch.Stream), ToolFaultKind.Mismatched, mismatch.Message));
            return;
        }

        foreach (SessionStream member in _members)
        {
            member.Format = formats[member.Index];
        }

        Step(_options.WorkFiles ? ToolSessionEvent.FilesOpened : ToolSessionEvent.FifosOpened);
    }

    private void Write()
    {
        foreach (SessionStream member in _members)
        {
            // Where the order cannot be sent the helper has died, and the end of its process breaks the session.
            _ = MessageSocket.Send(member.Helper!.Process.Socket, new WriteStreamOrder(OrderOf(member), member.Format!));
        }
    }

    private void StartTool()
    {
        var paths = _members.ToDictionary(member => member.Name, member => member.Path);
        paths[Placeholders.Output] = OutputPath;
        (string, StreamFormat)[] formats = [.. _members.Select(member => (member.Name, member.Format!))];
        try
        {
            string[] arguments = [_program, .. _run.Tool.Arguments.Select(argument => Placeholders.Fill(argument, paths, formats))];
            if (_guardian!.Run(new RunToolOrder(_program, arguments)) is { } failure)
            {
                Break(new Cause.InfrastructureFailure(new ToolUnavailableException($"{_program} cannot be started: {failure}.")));
            }
        }
        catch (FormatException error)
        {
            Break(new Cause.InfrastructureFailure(error));
        }
    }

    private string OutputPath => Path.Combine(_folder, Placeholders.Output);

    private long OrderOf(SessionStream member) => _firstOrder + member.Index;

    private void ProtocolError(SessionStream member, string complaint) =>
        Break(new Cause.OfStream(member, ToolFaultKind.ProtocolViolated, $"The helper of '{member.Name}' {complaint}."));

    private void Break(Cause cause)
    {
        if (_state is ToolSessionState.Opening or ToolSessionState.Filling or ToolSessionState.Running or ToolSessionState.Draining)
        {
            _cause ??= cause;
            Step(ToolSessionEvent.Broke);
        }
    }
}
