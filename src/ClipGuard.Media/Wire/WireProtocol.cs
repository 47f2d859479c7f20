using System.Text.Json.Serialization;

namespace ClipGuard.Media.Wire;

/// <summary>The constants of the helper protocol and its JSON form. Protocol.md is the contract.</summary>
internal static class WireProtocol
{
    /// <summary>Version of the protocol. A helper that says another one is not used.</summary>
    public const int Version = 2;

    /// <summary>Descriptor of the helper's end of the socket (SOCK_SEQPACKET).</summary>
    public const int SocketDescriptor = 3;

    /// <summary>Descriptor of the shared memory: one <see cref="MarksPage"/>, then the payload.</summary>
    public const int MemoryDescriptor = 4;

    /// <summary>Longest datagram, in bytes, either way.</summary>
    public const int MaxMessageBytes = 128 * 1024;

    /// <summary>Environment variable with the version that the supervisor speaks.</summary>
    public const string VersionVariable = "CLIPGUARD_PROTOCOL";

    /// <summary>Environment variable with the <see cref="HelperSandboxProfile"/> that a helper is confined to from birth.</summary>
    public const string ProfileVariable = "CLIPGUARD_PROFILE";

    /// <summary>Environment variable with the folder that a helper of <see cref="HelperSandboxProfile.Program"/> may write in.</summary>
    public const string ScratchVariable = "CLIPGUARD_SCRATCH";

    /// <summary>Environment variable with the absolute paths of the assemblies whose audio decoders a helper loads, one a line.</summary>
    public const string AudioDecodersVariable = "CLIPGUARD_AUDIO_DECODERS";

    /// <summary>Environment variable that says which FFmpeg is to be used: its major version, or the folder of its libraries.</summary>
    public const string FFmpegVariable = "CLIPGUARD_FFMPEG";

    /// <summary>Environment variable with the files of FFmpeg that were checked for this run, one a line: these are loaded, and no others.</summary>
    public const string CheckedFFmpegVariable = "CLIPGUARD_FFMPEG_CHECKED";

    /// <summary>Environment variable with the files of FFmpeg that earlier runs have checked; one that is started to check FFmpeg passes over these.</summary>
    public const string PassedFFmpegVariable = "CLIPGUARD_FFMPEG_PASSED";

    /// <summary>
    /// Environment variable with the folder of a tool run. Every process of the run bears it, so that it is found also where it is no longer anybody's
    /// child.
    /// </summary>
    public const string SessionVariable = "CLIPGUARD_SESSION";
}

/// <summary>
/// The messages as JSON, camel case and enumerations by name, as the supervisor reads and writes them. A helper's side is written by hand:
/// <see cref="SupervisorMessageReader"/> and <see cref="HelperMessageWriter"/>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(SecondsJson)])]
[JsonSerializable(typeof(HelperMessage))]
[JsonSerializable(typeof(ReadyMessage))]
[JsonSerializable(typeof(DecodeMessage))]
[JsonSerializable(typeof(StreamCommand))]
[JsonSerializable(typeof(GuardianCommand))]
[JsonSerializable(typeof(TemplateCommand))]
internal sealed partial class WireJson : JsonSerializerContext;
