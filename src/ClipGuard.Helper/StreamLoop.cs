using ClipGuard.Media;
using ClipGuard.Media.Libav.Streams;
using ClipGuard.Media.Wire;

namespace ClipGuard.Helper;

/// <summary>A stream helper's work: opens and writes one stream after the other, until the supervisor closes its end.</summary>
internal sealed unsafe class StreamLoop(HelperConnection connection)
{
    /// <summary>Does it. A failure to make or write FIFO or file, as on a full disk, is no clip's fault: it is reported, and ends the helper.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        try
        {
            TakeOrders();
            return 0;
        }
        catch (IOException error)
        {
            connection.Send(new UnreadyMessage(UnreadyReason.Broken, error.Message));
            return 1;
        }
    }

    private void TakeOrders()
    {
        ClipStreamWriter? streamer = null;
        while (connection.Receive(SupervisorMessageReader.Stream) is { } order)
        {
            try
            {
                Carry(order, ref streamer);
            }
#pragma warning disable CA1031 // Whatever it is, it is told with its stack; unhandled it would look as if the clip had crashed this process.
            catch (Exception bug) when (bug is not IOException)
#pragma warning restore CA1031
            {
                connection.Send(FailedMessage.Of(order.Id, bug));
            }
        }
    }

    private void Carry(StreamCommand order, ref ClipStreamWriter? streamer)
    {
        switch (order)
        {
            case OpenStreamCommand open when streamer is null:
                streamer = new ClipStreamWriter(WithBytes(open), connection.Marks);
                connection.Send(streamer.Open());
                break;
            case WriteStreamCommand write when streamer is not null:
                connection.Send(streamer.Write(write.Format));
                break;
            case CloseStreamCommand when streamer is not null:
                streamer.Dispose();
                streamer = null;
                break;
            default:
                throw new InvalidOperationException("A stream is opened, written and closed, in this order.");
        }
    }

    // The clip's bytes lie at the payload's start.
    private OpenStreamCommand WithBytes(OpenStreamCommand order) => order.Source is MemorySource
        ? order with { Source = new MemorySource(new ReadOnlySpan<byte>(connection.Payload, checked((int)order.InputLength)).ToArray()) }
        : order;
}
