using System.Runtime.InteropServices;
using System.Text.Json;

using ClipGuard.Cli.Running;
using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;

namespace ClipGuard.Cli.Serving;

/// <summary>What the client asks for.</summary>
/// <param name="Id">Its number, which the answer repeats.</param>
internal abstract record ServedRequest(long Id)
{
    /// <summary>Reads a message and closes its descriptors.</summary>
    /// <exception cref="UsageException">It cannot be understood, not even its number.</exception>
    public static ServedRequest ReadOrRefuse(ClientMessage message)
    {
        try
        {
            return Read(message);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"the program that this decodes for has sent what is no request: {wrong.Message}");
        }
        finally
        {
            Descriptors.CloseAll(message.Descriptors);
        }
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It cannot be understood, not even its number.</exception>
    private static ServedRequest Read(ClientMessage message)
    {
        if (message.Length > ServeClient.MaxRequestBytes)
        {
            throw new JsonException($"A request has {message.Length} bytes where {ServeClient.MaxRequestBytes} are allowed.");
        }

        using var json = JsonDocument.Parse(message.Json);
        var request = new WireObject(json.RootElement);
        long id = request.Int64("id");
        try
        {
            return request.Text("ask") switch
            {
                "decode" => new ClientDecodeRequest(
                    id, Source(request.Object("source"), message.Descriptors is [int one, ..] ? one : -1), SupervisorMessageReader.Spec(request.Object("spec")))
                {
                    DecoderThreads = request.Int32OrNull("decoderThreads"),
                    Patient = request.Boolean("patient"),
                },
                "cancel" => new ClientCancelRequest(id),
                "batch" => new ClientBatchRequest(id),
                "resume" => new ClientResumeRequest(id, request.Text("state")),
                "epoch" => new ClientEpochRequest(id, request.Int32("epoch")),
                { } other => new InvalidRequest(id, $"\"{other}\" is nothing that can be asked for."),
            };
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or OverflowException or IOException)
        {
            return new InvalidRequest(id, wrong.Message);
        }
    }

    private static ClipSource Source(WireObject source, int descriptor) => source.Text("from") switch
    {
        "memory" => new MemorySource(ReadAll(descriptor)),
        "address" => new RemoteSource(new Uri(source.Text("address"), UriKind.Absolute)),
        _ => SupervisorMessageReader.Source(source) switch
        {
            FileSource file when !Path.IsPathFullyQualified(file.Path) => throw new JsonException($"{file.Path} is no absolute path."),
            var read => read,
        },
    };

    // By reading and not by a mapping, which would be the end of this process where the client cuts the file short meanwhile.
    private static unsafe byte[] ReadAll(int descriptor)
    {
        long length = descriptor < 0 ? throw new JsonException("The source is memory, and no descriptor came with the request.")
            : FileFacts.OfDescriptor(descriptor, out FileFacts facts) is { } obstacle ? throw new IOException(obstacle)
            : facts.Length;
        if (length > Array.MaxLength)
        {
            throw new JsonException($"The clip in memory has {length} bytes, and {Array.MaxLength} are allowed.");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        int read = 0;
        fixed (byte* start = bytes)
        {
            while (read < bytes.Length)
            {
                nint more = Libc.Pread(descriptor, start + read, (nuint)(bytes.Length - read), read);
                if (more == 0 || (more < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR))
                {
                    throw new IOException(more == 0 ? $"The clip in memory ends after {read} of {length} bytes." : Libc.LastError());
                }

                read += (int)Math.Max(more, 0);
            }
        }

        return bytes;
    }
}

/// <summary>A clip is wanted.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="Source">Where the clip's bytes are.</param>
/// <param name="Spec">What to deliver.</param>
internal sealed record ClientDecodeRequest(long Id, ClipSource Source, ClipSpec Spec) : ServedRequest(Id)
{
    /// <summary>Threads that the decoder may use; null for what the command's option says.</summary>
    public int? DecoderThreads { get; init; }

    /// <summary>True where a clip that was left unsettled is to be tried once more without hurry.</summary>
    public bool Patient { get; init; }
}

/// <summary>An earlier request is not wanted any more; it may be answered all the same.</summary>
/// <param name="Id">That request's number.</param>
internal sealed record ClientCancelRequest(long Id) : ServedRequest(Id);

/// <summary>The next batch is wanted; behind the end of an epoch the first one of the next.</summary>
/// <param name="Id">The request's number.</param>
internal sealed record ClientBatchRequest(long Id) : ServedRequest(Id);

/// <summary>Batches are wanted from where a state was taken.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="State">The state, as a batch had it.</param>
internal sealed record ClientResumeRequest(long Id, string State) : ServedRequest(Id);

/// <summary>Batches are wanted from the beginning of an epoch.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="Epoch">The epoch, from 0.</param>
internal sealed record ClientEpochRequest(long Id, int Epoch) : ServedRequest(Id);

/// <summary>A request that cannot be met, whatever the clip.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="Mistake">What is wrong.</param>
internal sealed record InvalidRequest(long Id, string Mistake) : ServedRequest(Id);
