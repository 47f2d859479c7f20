using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Native;
using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision;

/// <summary>
/// Has a helper of its own find out whether the FFmpeg that helpers would use can be used, before there is a clip that could be blamed. Where FFmpeg makes that
/// helper die, FFmpeg is refused. What passed is remembered as long as this process lives and its files stay what they are; later runs know of it too:
/// where all is as it was that decides which FFmpeg a helper finds (<see cref="FFmpegLocationCache"/>), none is asked; otherwise it finds that out, and
/// decodes nothing where what it finds has passed before (<see cref="FFmpegCheckCache"/>).
/// </summary>
internal static partial class FFmpegCheck
{
    private const int KeptErrorBytes = 4096;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, CheckedMessage> Passed = [];

    /// <summary>Checks FFmpeg, where helpers are ClipGuard's own.</summary>
    /// <param name="launch">How helpers are going to be started.</param>
    /// <param name="sandbox">How tightly they are confined.</param>
    /// <param name="limit">The longest that the check may take.</param>
    /// <param name="logger">Is told what there is to know of an FFmpeg that passed.</param>
    /// <param name="cancellation">Ends the check and its helper.</param>
    /// <returns>How helpers are to be started, so that they load the very files that were checked.</returns>
    /// <exception cref="HelperUnavailableException">FFmpeg is missing, or did not pass; the message says why.</exception>
    public static async Task<HelperLaunch> RunAsync(
        HelperLaunch launch, SandboxLevel sandbox, TimeSpan limit, ILogger logger, CancellationToken cancellation)
    {
        if (Path.GetFileName(launch.Path) != HelperProgram.Name)
        {
            return launch;
        }

        string key = string.Join('\n', launch.Environment.Prepend(launch.Path));
        CheckedMessage? passed;
        lock (Gate)
        {
            passed = Passed.GetValueOrDefault(key);
        }

        if (passed is null || LoadedLibavFiles.FindChanged(passed.Files) is not null)
        {
            passed = FFmpegLocationCache.OfUser.Find(launch);
            if (passed is null)
            {
                passed = await AskAsync(launch, sandbox, limit, cancellation).ConfigureAwait(false);
                if (passed is null)
                {
                    return launch;
                }

                FFmpegCheckCache.OfUser.Keep(passed.Files);
                FFmpegLocationCache.OfUser.Keep(launch, passed);
            }

            lock (Gate)
            {
                Passed[key] = passed;
            }
        }

        if (passed.Warning is { } warning)
        {
            LogWarning(logger, warning);
        }

        return launch with { Environment = [.. launch.Environment, $"{WireProtocol.CheckedFFmpegVariable}={passed.Files}"] };
    }

    /// <summary>The libraries that helpers are going to load because they passed; empty where none were checked.</summary>
    public static IReadOnlyList<string> FilesOf(HelperLaunch launch)
    {
        const string Told = WireProtocol.CheckedFFmpegVariable + "=";
        string? files = launch.Environment.LastOrDefault(static variable => variable.StartsWith(Told, StringComparison.Ordinal));
        return files is null ? [] : LoadedLibavFiles.Paths(files[Told.Length..]);
    }

    private static Task<CheckedMessage?> AskAsync(HelperLaunch launch, SandboxLevel sandbox, TimeSpan limit, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<CheckedMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = new Thread(() =>
        {
            try
            {
                answer.SetResult(Ask(launch, HelperSpawner.For(sandbox), limit, cancellation));
            }
            catch (Exception error)
            {
                answer.SetException(error);
            }
        });
        asking.IsBackground = true;
        asking.Name = "clipguard-check";
        asking.Start();
        return answer.Task;
    }

    private static CheckedMessage? Ask(HelperLaunch launch, HelperSpawner spawner, TimeSpan limit, CancellationToken cancellation)
    {
        if (spawner.StartWithin(limit, () => HelperProcess.Start(CheckOf(launch), spawner.DevNull)) is not { } process)
        {
            return null;
        }

        try
        {
            using (cancellation.UnsafeRegister(static process => Libc.PidfdSendSignal(((HelperProcess)process!).PidDescriptor, Libc.SIGKILL), process))
            {
                bool ended = ProcessWait.ForEnd(process.PidDescriptor, limit);
                Received received = MessageSocket.Receive(process.Socket, new byte[WireProtocol.MaxMessageBytes]);
                var errors = new PipeTail(process.Errors, KeptErrorBytes);
                ProcessExit exit = process.EndAndReap();
                _ = errors.DrainRest();
                cancellation.ThrowIfCancellationRequested();
                return Judge(received, ended, exit, limit, errors.Text());
            }
        }
        finally
        {
            process.Release();
        }
    }

    private static HelperLaunch CheckOf(HelperLaunch launch) => launch with
    {
        Arguments = [launch.Path, "check"],

        // It does each thing once: quick compilation is worth more to it than fast code.
        Environment = [.. launch.Environment, "DOTNET_TieredCompilation=1", $"{WireProtocol.PassedFFmpegVariable}={FFmpegCheckCache.OfUser.Read()}"],
        PayloadBytes = Environment.SystemPageSize,
    };

    // A helper that ended by itself without a word was no more able to start than any other is going to be: the pool finds out why.
    private static CheckedMessage? Judge(Received received, bool ended, ProcessExit exit, TimeSpan limit, string errors) =>
        received.Message switch
        {
            CheckedMessage { Files: not null } passed => passed,
            UnreadyMessage { Message: not null } unready => throw new HelperUnavailableException(unready.Message, decoderMissing: true),
            _ when !ended => throw new HelperUnavailableException(
                $"FFmpeg is not used: a check of it was not done within {limit.TotalSeconds:0} s.", decoderMissing: true),
            _ when exit.Signal is not null => throw new HelperUnavailableException(
                $"FFmpeg is not used: the helper that checked it {exit}.{(errors.Length > 0 ? $" It wrote: {errors.Trim()}" : string.Empty)}",
                decoderMissing: true),
            _ => null,
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
