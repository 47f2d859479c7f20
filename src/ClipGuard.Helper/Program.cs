using System.Reflection;

using ClipGuard.Helper;
using ClipGuard.Helper.Guard;
using ClipGuard.Helper.Sandbox;
using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Libav.SelfCheck;
using ClipGuard.Media.Wire;

using var connection = new HelperConnection();

// A guardian is no helper: it decodes nothing, is not confined, and outlives its parent for as long as it takes to end what it guards.
if (args is ["guard"])
{
    new Guardian(connection).Run();
    return 0;
}

// A helper's whole life: end with the parent, link the decoder, close the sandbox, say ready, decode until the socket ends.
// The order matters: once the sandbox is closed nothing can be loaded that brings code of its own along.
ParentDeath.EndWithParent();

if (LibavLoader.FindProblem() is { } missing)
{
    connection.Send(new UnreadyMessage(UnreadyReason.DecoderMissing, missing));
    return 1;
}

string[] assemblies = Environment.GetEnvironmentVariable(WireProtocol.AudioDecodersVariable)?.Split('\n') ?? [];
if (AudioDecoderLoader.Load(assemblies, out IReadOnlyDictionary<string, IAudioDecoder> audioDecoders) is { } lacking)
{
    connection.Send(new UnreadyMessage(UnreadyReason.DecoderMissing, lacking));
    return 1;
}

// Started to find out whether this FFmpeg can be used at all, and for nothing else: a death of this process is an answer too.
if (args is ["check"])
{
    _ = Confinement.Close(streams: false);
    string files = LoadedLibavFiles.Describe(LibavLoader.Loaded!);
    bool hasPassed = PassedChecks.Parse(Environment.GetEnvironmentVariable(WireProtocol.PassedFFmpegVariable)).Contains(files);
    connection.Send(!hasPassed && LibavSelfCheck.FindProblem() is { } failed
        ? new UnreadyMessage(UnreadyReason.DecoderMissing, failed)
        : new CheckedMessage(files, LibavLoader.Loaded!.Release.Warning));
    return 0;
}

bool streams = args is ["stream"];
using LibavDecoder decoder = new LibavDecoder(audioDecoders);
SandboxLevel level = Confinement.Close(streams);
string version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
connection.Send(new ReadyMessage(WireProtocol.Version, $"ClipGuard.Helper {version.Split('+')[0]}", decoder.Version, level)
{
    Kinds = WireKindNames.All,
    Libraries = decoder.Libraries,
    Limits = new ReportedHelperLimits { MemoryBytes = Confinement.MemoryBytes },
    KnownClips = true,
    Windows = true,
});

if (streams)
{
    return new StreamLoop(connection).Run();
}

new DecodeLoop(connection, decoder).Run();
return 0;
