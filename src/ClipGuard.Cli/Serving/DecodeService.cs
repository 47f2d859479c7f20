using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;
using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.Cli.Serving;

/// <summary>Answers a client's requests, as many at the same time as it sends; each has its turn at the supervisor's helpers.</summary>
/// <param name="client">Who asks.</param>
/// <param name="supervisor">What decodes.</param>
/// <param name="limits">What one decode may take.</param>
/// <param name="mayFetch">Whether clips at addresses are fetched.</param>
internal sealed class DecodeService(ServeClient client, Supervisor supervisor, DecodeLimits limits, bool mayFetch)
{
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _running = [];

    /// <summary>Answers until the client has ended.</summary>
    public async Task RunAsync()
    {
        var decodes = new ConcurrentDictionary<Task, bool>();
        await foreach (ClientMessage message in client.Messages.ConfigureAwait(false))
        {
            switch (ServedRequest.ReadOrRefuse(message))
            {
                case ClientDecodeRequest asked:
                    var cancellation = CancellationTokenSource.CreateLinkedTokenSource(client.Ended);
                    _running[asked.Id] = cancellation;
                    Task decode = AnswerAsync(asked, cancellation);
                    decodes[decode] = true;
                    _ = decode.ContinueWith(done => decodes.TryRemove(done, out _), TaskScheduler.Default);
                    break;
                case ClientCancelRequest { Id: var id }:
                    Cancel(id);
                    break;
                case InvalidRequest { Id: var id, Mistake: var mistake }:
                    Tell(new ServedAnswer { Id = id, Mistake = mistake });
                    break;
                case { Id: var id }:
                    Tell(new ServedAnswer { Id = id, Mistake = "No manifest was named when this was started, and batches are read from one." });
                    break;
            }
        }

        await Task.WhenAll(decodes.Keys).ConfigureAwait(false);
    }

    private void Cancel(long id)
    {
        if (_running.TryGetValue(id, out CancellationTokenSource? cancellation))
        {
            try
            {
                cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was answered meanwhile.
            }
        }
    }

    private async Task AnswerAsync(ClientDecodeRequest asked, CancellationTokenSource cancellation)
    {
        // The loop that reads requests goes on at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (asked.Source is RemoteSource && !mayFetch)
            {
                Tell(new ServedAnswer { Id = asked.Id, Mistake = $"Clips at addresses are fetched only with {FetchSettings.Allow.OptionName}." });
                return;
            }

            var request = new DecodeRequest(asked.Source, asked.Spec) { Limits = limits, DecoderThreads = asked.DecoderThreads };
            DecodeOutcome outcome = asked.Patient
                ? await DecodeAndSettle.RunAsync(supervisor, request, onUnsettled: null, cancellation.Token).ConfigureAwait(false)
                : await supervisor.DecodeAsync(request, cancellation.Token).ConfigureAwait(false);
            using (outcome)
            {
                Answer(asked.Id, outcome);
            }
        }
        catch (OperationCanceledException)
        {
            Tell(new ServedAnswer { Id = asked.Id, Unavailable = "The request was cancelled." });
        }
        catch (ArgumentException mistake)
        {
            // .NET puts the parameter's name behind the message.
            string text = mistake.Message.Replace($" (Parameter '{mistake.ParamName}')", string.Empty, StringComparison.Ordinal);
            Tell(new ServedAnswer { Id = asked.Id, Mistake = text });
        }
        catch (Exception missing) when (missing is HelperUnavailableException or Win32Exception)
        {
            Tell(new ServedAnswer { Id = asked.Id, Unavailable = missing.Message });
        }
#pragma warning disable CA1031 // Whoever asked waits for an answer, whatever happened here.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"a bug of ClipGuard's own: {bug}").ConfigureAwait(false);
            Tell(new ServedAnswer { Id = asked.Id, Unavailable = $"A bug of ClipGuard's own, {bug.GetType().Name}: {bug.Message}" });
        }
        finally
        {
            _ = _running.TryRemove(asked.Id, out _);
            cancellation.Dispose();
        }
    }

    private void Tell(ServedAnswer answer) => client.Send(answer.ToJson());

    private void Answer(long id, DecodeOutcome outcome)
    {
        var answer = new ServedAnswer { Id = id, ElapsedSeconds = outcome.Elapsed.TotalSeconds };
        if (outcome.Fault is { } fault)
        {
            Tell(answer with { Fault = new ServedFault(fault.Kind, fault.Stage, fault.Message, fault.Decoder, ServedPostMortem.Of(fault.PostMortem)) });
            return;
        }

        if (outcome.Unsettled is { } open)
        {
            Tell(answer with { Unsettled = new ServedUnsettled(open.Cause, open.Stage, open.Message, ServedPostMortem.Of(open.PostMortem)) });
            return;
        }

        DecodedClip clip = outcome.Clip!;
        double[] times = [.. clip.FrameTimesSeconds];
        ReadOnlySpan<byte> timeBytes = MemoryMarshal.AsBytes(times.AsSpan());
        var payload = Payload.For(outcome.Payload.Length, timeBytes.Length);
        try
        {
            payload.Add(outcome.Payload);
            payload.Add(timeBytes);
            payload.Seal();
        }
        catch
        {
            payload.Dispose();
            throw;
        }

        // The helper is free for the next decode before the client hears of this one.
        outcome.Dispose();
        client.Send((answer with { Clip = clip, FrameTimes = times.Length }).ToJson(), payload);
    }
}
