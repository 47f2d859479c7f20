using System.Text.Json;

namespace ClipGuard.Media.Wire;

/// <summary>
/// A supervisor's reading of what helpers say: by hand what comes before and with every clip, for the reason that <see cref="SupervisorMessageWriter"/> gives;
/// <see cref="WireJson"/> reads the same, and the rest. Nothing that is absent is made up: the checks of messages come afterwards.
/// </summary>
internal static class HelperMessageReader
{
    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static HelperMessage? Read(ReadOnlySpan<byte> datagram)
    {
        try
        {
            var reader = new Utf8JsonReader(datagram);
            using var json = JsonDocument.ParseValue(ref reader);
            return reader.Read() || json.RootElement.ValueKind != JsonValueKind.Object ? JsonSerializer.Deserialize(datagram, WireJson.Default.HelperMessage)
                : Read(new WireObject(json.RootElement), datagram);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    private static HelperMessage? Read(WireObject message, ReadOnlySpan<byte> datagram) => message.TextOrNull("type") switch
    {
        "reply" => new ReplyMessage(message.Int64("id"))
        {
            Clip = message.TryObject("clip", out WireObject clip) ? Clip(clip) : null,
            FrameTimes = message.Int32("frameTimes"),
            Fault = message.TryObject("fault", out WireObject fault) ? Fault(fault) : null,
        },
        "checked" => new CheckedMessage(message.TextOrNull("files")!, message.TextOrNull("warning")),
        "ready" => Ready(message),
        _ => JsonSerializer.Deserialize(datagram, WireJson.Default.HelperMessage),
    };

    private static ReadyMessage Ready(WireObject ready) => new(
        ready.Int32("protocol"), ready.TextOrNull("helper")!, ready.TextOrNull("decoder")!, ready.Name<SandboxLevel>("sandbox"))
    {
        Kinds = ready.ListOrNull("kinds", static kind => kind.GetString()!),
        Libraries = ready.TextsOrNull("libraries"),
        Profile = ready.Name<HelperSandboxProfile>("profile"),
        Limits = ready.TryObject("limits", out WireObject limits)
            ? new ReportedHelperLimits { MemoryBytes = limits.Int64OrNull("memoryBytes"), StartsPrograms = limits.Boolean("startsPrograms") }
            : null,
        Forks = ready.Boolean("forks"),
        KnownClips = ready.Boolean("knownClips"),
        Windows = ready.Boolean("windows"),
    };

    private static DecodedClip Clip(WireObject clip) => new(clip.Name<ElementType>("element"), clip.ListOrNull("shape", static size => size.GetInt32())!)
    {
        SampleRateHz = clip.Int32("sampleRateHz"),
        WindowStartsSeconds = clip.ListOrNull("windowStartsSeconds", static start => start.GetDouble()) ?? [],
        InterlacedFrameCount = clip.Int32("interlacedFrames"),
        Damage = clip.TryObject("damage", out WireObject damage) ? Damage(damage) : DamageReport.None,
        Track = clip.TryObject("track", out WireObject track) ? Track(track) : null,
    };

    private static TrackFacts Track(WireObject track) => new(track.TextOrNull("codec")!)
    {
        Seconds = track.DoubleOrNull("seconds"),
        SampleRateHz = track.Int32OrNull("sampleRateHz"),
        Channels = track.Int32OrNull("channels"),
        Width = track.Int32OrNull("width"),
        Height = track.Int32OrNull("height"),
        FrameCount = track.Int64OrNull("frames"),
        FrameRateHz = track.DoubleOrNull("frameRateHz"),
        Container = track.TextOrNull("container"),
        Bytes = track.Int64OrNull("bytes"),
    };

    private static DamageReport Damage(WireObject damage) => new()
    {
        ConcealedFrameCount = damage.Int64("concealedFrames"),
        CorruptFrameCount = damage.Int64("corruptFrames"),
        RefusedPacketCount = damage.Int64("refusedPackets"),
        MissingFrameCount = damage.Int64("missingFrames"),
        MissingSampleCount = damage.Int64("missingSamples"),
        RepeatedFrameCount = damage.Int64("repeatedFrames"),
        DamagedWantedFrameCount = damage.Int64("damagedWantedFrames"),
        FirstAt = damage.DoubleOrNull("firstAtSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static DecoderFault Fault(WireObject fault) =>
        new(fault.Name<FaultKind>("kind"), fault.Name<DecodeStage>("stage"), fault.TextOrNull("message")!)
        {
            Storage = fault.NameOrNull<StorageError>("storage"),
            BeforeDecoding = fault.Boolean("beforeDecoding"),
        };
}
