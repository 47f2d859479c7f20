using System.Text.Json;

using ClipGuard.Loading;

namespace ClipGuard.Cli.Serving;

/// <summary>Answers a client that reads a manifest as batches: one request after the other. The loader reads ahead meanwhile.</summary>
/// <param name="client">Who asks.</param>
/// <param name="loader">What makes the batches.</param>
internal sealed class BatchService(ServeClient client, ClipLoader loader)
{
    /// <summary>Answers until the client has ended.</summary>
    public async Task RunAsync()
    {
        IAsyncEnumerator<Batch>? epoch = null;
        try
        {
            await foreach (ClientMessage message in client.Messages.ConfigureAwait(false))
            {
                ServedRequest request = ServedRequest.ReadOrRefuse(message);
                switch (request)
                {
                    case ClientBatchRequest:
                        epoch ??= loader.GetAsyncEnumerator(client.Ended);
                        if (!await AnswerAsync(request.Id, epoch).ConfigureAwait(false))
                        {
                            await epoch.DisposeAsync().ConfigureAwait(false);
                            epoch = null;
                        }

                        break;
                    case ClientResumeRequest { State: var state } when epoch is null:
                        Tell(request.Id, Resume(() => LoaderState.Parse(state)));
                        break;
                    case ClientEpochRequest { Epoch: >= 0 and var number } when epoch is null:
                        Tell(request.Id, Resume(() => loader.State with { Epoch = number }));
                        break;
                    case InvalidRequest { Mistake: var mistake }:
                        Tell(request.Id, mistake);
                        break;
                    case ClientCancelRequest:
                        break;
                    default:
                        Tell(request.Id, "This process reads a manifest, and that is not to be had of it now.");
                        break;
                }
            }
        }
        finally
        {
            if (epoch is not null)
            {
                await epoch.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Null where the loader goes on from there.
    private string? Resume(Func<LoaderState> state)
    {
        try
        {
            loader.Resume(state());
            return null;
        }
        catch (Exception refused) when (refused is LoaderStateException or FormatException)
        {
            return refused.Message;
        }
    }

    private void Tell(long id, string? mistake) => client.Send(new ServedAnswer { Id = id, Mistake = mistake }.ToJson());

    // False where the epoch has ended.
    private async Task<bool> AnswerAsync(long id, IAsyncEnumerator<Batch> epoch)
    {
        try
        {
            if (!await epoch.MoveNextAsync().ConfigureAwait(false))
            {
                client.Send(new ServedAnswer { Id = id, EpochEnd = ServedEpoch.Of(loader.LastEpoch!, loader.State) }.ToJson());
                return false;
            }
        }
        catch (BadSampleException tooMany)
        {
            client.Send(new ServedAnswer { Id = id, Unavailable = tooMany.Message }.ToJson());
            return false;
        }

        using Batch batch = epoch.Current;
        SendBatch(id, batch);
        return true;
    }

    private unsafe void SendBatch(long id, Batch batch)
    {
        BatchTensor[] tensors = [.. batch.Tensors.Values];
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(ServedBatch.Of(batch, tensors, loader.Epoch), ServedJson.Default.ServedBatch);
        long[] lengths = [head.Length, .. tensors.Select(static tensor => tensor.SpanBytes)];
        var payload = Payload.For(lengths);
        try
        {
            payload.Add(head);
            foreach (BatchTensor tensor in tensors)
            {
                payload.Add(new ReadOnlySpan<byte>((void*)tensor.Address, checked((int)tensor.SpanBytes)));
            }

            payload.Seal();
        }
        catch
        {
            payload.Dispose();
            throw;
        }

        client.Send(new ServedAnswer { Id = id, BatchHead = head.Length }.ToJson(), payload);
    }
}
