using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Media.Native;
using ClipGuard.Media;
using ClipGuard.Media.Streams;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision;
using ClipGuard.Supervision.Helpers;

namespace ClipGuard.Streams.Sessions;

// What helpers and guardian say. Nothing of it is believed before it is checked.
internal sealed unsafe partial class ToolSession
{
    private const int TagsEach = 8;
    private const int SocketKind = 0;
    private const int ProcessKind = 1;
    private const int ErrorsKind = 2;
    private const int OutputKind = 3;
    private const int ToolErrorsKind = 4;

    private static long _lastOrder;

    private readonly Dictionary<long, int> _watched = [];
    private readonly byte[] _buffer = new byte[WireProtocol.MaxMessageBytes];
    private readonly long _firstOrder = Interlocked.Add(ref _lastOrder, 1 << 10);

    // The guardian stands after the members.
    private int GuardianIndex => _members.Length;

    private void Watch(Member member)
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

    private void Watch(int index, int kind, int descriptor)
    {
        long tag = (index * TagsEach) + kind;
        _watched.Add(tag, descriptor);
        _epoll.Add(descriptor, tag);
    }

    private void Ignore(int index, int kind)
    {
        if (_watched.Remove((index * TagsEach) + kind, out int descriptor))
        {
            _epoll.Remove(descriptor);
        }
    }

    private void IgnoreAll(int index)
    {
        for (int kind = 0; kind < TagsEach; kind++)
        {
            Ignore(index, kind);
        }
    }

    private bool Listens(int index) => _watched.ContainsKey((index * TagsEach) + SocketKind);

    private void HandleEvent(long tag)
    {
        // A descriptor may have gone while an earlier tag of the same wait was dealt with.
        if (!_watched.ContainsKey(tag))
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
            case ErrorsKind when !(index == GuardianIndex ? _guardian!.OwnErrors : _members[index].Helper!.Errors).Drain():
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
            nint length;
            fixed (byte* start = _buffer)
            {
                length = Libc.Recv(_watched[(index * TagsEach) + SocketKind], start, (nuint)_buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
            }

            if (length < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR)
            {
                return;
            }

            if (length <= 0)
            {
                // A process that dies closes its end first; one that lives on runs into a clock.
                Ignore(index, SocketKind);
            }
            else
            {
                OnMessage(index, length <= _buffer.Length ? Read(_buffer.AsSpan(0, (int)length)) : null, length);
            }
        }
    }

    private static HelperMessage? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WireJson.Default.HelperMessage);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private void OnMessage(int index, HelperMessage? message, nint length)
    {
        if (index == GuardianIndex)
        {
            OnGuardianMessage(_guardian!, message);
            return;
        }

        Member member = _members[index];
        StreamHelper helper = member.Helper!;
        switch (message)
        {
            case ReadyMessage { Protocol: not WireProtocol.Version } ready:
                Break(new Cause.InfrastructureFailure(new HelperUnavailableException(
                    $"The stream helper speaks version {ready.Protocol} of the helper protocol, and version {WireProtocol.Version} is spoken here.")));
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
            case null:
                ProtocolError(member, $"sent {length} bytes that are no message");
                break;
            default:
                ProtocolError(member, $"said {message.GetType().Name.Replace("Message", string.Empty, StringComparison.Ordinal)} out of turn");
                break;
        }
    }

    private void OnOpened(Member member, StreamOpenedMessage opened)
    {
        if (ShapeCheck.Find(opened.Shape, member.Stream.Spec.Kind, _options.Limits) is { } complaint)
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

    private bool IsThere(Member member)
    {
        if (_options.WorkFiles)
        {
            return File.Exists(member.Path);
        }

        // The helper opens its end only when it is told to, so that this end, closed at once, wakes nobody.
        using FifoProbe? fifo = FifoProbe.Open(member.Path);
        return fifo is not null;
    }

    private void OnWritten(Member member, StreamWrittenMessage written)
    {
        if (ShapeCheck.Find(written, member.Format) is { } complaint)
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

        member.Probe = _options.WorkFiles ? null : FifoProbe.Open(member.Path);

        // A helper that died meanwhile has closed its end too.
        _ = Orders.Send(member.Helper!.Process, new CloseStreamOrder(OrderOf(member)));
        if (_members.All(one => one.Written is not null))
        {
            Step(ToolSessionEvent.AllWritten);
        }
    }

    private void OnGuardianMessage(GuardianProcess guardian, HelperMessage? message)
    {
        switch (message)
        {
            case ReadyMessage { Protocol: WireProtocol.Version }:
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
                Break(new Cause.InfrastructureFailure(new HelperUnavailableException("The guardian of a tool run said what no guardian says; its program is not that of this version.")));
                break;
        }
    }

    private void Open(Member member)
    {
        if (_state != ToolSessionState.Opening)
        {
            return;
        }

        ReadOnlyMemory<byte> held = (member.Stream.Source as MemorySource)?.Bytes ?? default;
        if (held.Length > StreamHelpers.MemoryClipBytes)
        {
            Break(new Cause.OfStream(
                member, ToolFaultKind.LimitExceeded, $"The clip's {held.Length} encoded bytes are over the limit of {StreamHelpers.MemoryClipBytes} for a clip held in memory."));
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
        if (Orders.Send(process, order) is { } failure)
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

        if (Shapes.Settle(_run, [.. _members.Select(member => member.Shape!)], out StreamFormat[] formats) is { } mismatch)
        {
            Break(new Cause.OfStream(_members.First(member => member.Name == mismatch.Stream), ToolFaultKind.Mismatched, mismatch.Message));
            return;
        }

        foreach (Member member in _members)
        {
            member.Format = formats[member.Index];
        }

        Step(_options.WorkFiles ? ToolSessionEvent.FilesOpened : ToolSessionEvent.FifosOpened);
    }

    private void Write()
    {
        foreach (Member member in _members)
        {
            // A helper that died meanwhile is heard of by its end.
            _ = Orders.Send(member.Helper!.Process, new WriteStreamOrder(OrderOf(member), member.Format!));
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
        catch (FormatException unfit)
        {
            Break(new Cause.InfrastructureFailure(unfit));
        }
    }

    private string OutputPath => Path.Combine(_folder, Placeholders.Output);

    private long OrderOf(Member member) => _firstOrder + member.Index;

    private void ProtocolError(Member member, string complaint) =>
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
