using System.Buffers;

using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Wire;

/// <summary>A helper's writing of what it says to its supervisor; by hand for the reason that <see cref="SupervisorMessageReader"/> gives.</summary>
internal static class HelperMessageWriter
{
    /// <summary>Writes a message as the JSON object of its datagram.</summary>
    public static void Write(IBufferWriter<byte> datagram, HelperMessage message)
    {
        var json = new WireWriter(datagram);
        json.WriteStartObject();
        switch (message)
        {
            case ReadyMessage ready:
                json.WriteString("type", "ready");
                json.WriteNumber("protocol", ready.Protocol);
                json.WriteString("helper", ready.Helper);
                json.WriteString("decoder", ready.Decoder);
                json.WriteString("sandbox", ready.Sandbox.ToString());
                Confinement(json, ready);
                Abilities(json, ready);
                break;
            case UnreadyMessage unready:
                json.WriteString("type", "unready");
                json.WriteString("reason", unready.Reason.ToString());
                json.WriteString("message", unready.Message);
                break;
            case CheckedMessage passed:
                json.WriteString("type", "checked");
                json.WriteString("files", passed.Files);
                json.WriteString("warning", passed.Warning);
                break;
            case ReplyMessage reply:
                json.WriteString("type", "reply");
                json.WriteNumber("id", reply.Id);
                Clip(json, reply.Clip);
                json.WriteNumber("frameTimes", reply.FrameTimes);
                Fault(json, reply.Fault);
                break;
            case FailedMessage failed:
                json.WriteString("type", "failed");
                json.WriteNumber("id", failed.Id);
                json.WriteString("message", failed.Message);
                json.WriteString("stack", failed.Stack);
                break;
            case StreamOpenedMessage opened:
                json.WriteString("type", "opened");
                json.WriteNumber("id", opened.Id);
                Shape(json, opened.Shape);
                break;
            case StreamWrittenMessage written:
                json.WriteString("type", "written");
                json.WriteNumber("id", written.Id);
                json.WriteNumber("frames", written.Frames);
                json.WriteNumber("bytes", written.Bytes);
                json.WriteBoolean("readerLeft", written.ReaderLeft);
                Fault(json, written.Fault);
                break;
            case ToolStartedMessage started:
                json.WriteString("type", "started");
                json.WriteNumber("pid", started.Pid);
                break;
            case ToolNotStartedMessage notStarted:
                json.WriteString("type", "notStarted");
                json.WriteString("reason", notStarted.Reason);
                break;
            case ToolExitedMessage exited:
                json.WriteString("type", "exited");
                json.WriteNumber("status", exited.Status);
                json.WriteNumber("leftBehind", exited.LeftBehind);
                json.WriteNumber("cpuSeconds", exited.CpuSeconds);
                json.WriteNumber("peakMemoryBytes", exited.PeakMemoryBytes);
                break;
            default:
                throw new ArgumentException($"A helper does not say {message.GetType().Name}.", nameof(message));
        }

        json.WriteEndObject();
    }

    private static void Confinement(WireWriter json, ReadyMessage ready)
    {
        json.WriteString("profile", ready.Profile.ToString());
        if (ready.Limits is { } limits)
        {
            json.WriteStartObject("limits");
            json.WriteOptional("memoryBytes", limits.MemoryBytes);
            json.WriteBoolean("startsPrograms", limits.StartsPrograms);
            json.WriteEndObject();
        }
    }

    private static void Abilities(WireWriter json, ReadyMessage ready)
    {
        if (ready.Kinds is { } kinds)
        {
            json.WriteStartArray("kinds");
            foreach (string kind in kinds)
            {
                json.WriteStringValue(kind);
            }

            json.WriteEndArray();
        }

        if (ready.Libraries is { } libraries)
        {
            json.WriteStartObject("libraries");
            foreach ((string name, string version) in libraries)
            {
                json.WriteString(name, version);
            }

            json.WriteEndObject();
        }

        json.WriteBoolean("forks", ready.Forks);
        json.WriteBoolean("knownClips", ready.KnownClips);
        json.WriteBoolean("windows", ready.Windows);
    }

    private static void Clip(WireWriter json, DecodedClip? clip)
    {
        if (clip is null)
        {
            return;
        }

        json.WriteStartObject("clip");
        json.WriteString("element", clip.Element.ToString());
        json.WriteStartArray("shape");
        for (int i = 0; i < clip.Shape.Count; i++)
        {
            json.WriteNumberValue(clip.Shape[i]);
        }

        json.WriteEndArray();
        json.WriteNumber("sampleRateHz", clip.SampleRateHz);
        if (clip.WindowStartsSeconds.Count > 0)
        {
            json.WriteStartArray("windowStartsSeconds");
            foreach (double start in clip.WindowStartsSeconds)
            {
                json.WriteNumberValue(start);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("interlacedFrames", clip.InterlacedFrameCount);
        Damage(json, clip.Damage);
        Track(json, clip.Track);
        json.WriteEndObject();
    }

    private static void Track(WireWriter json, TrackFacts? track)
    {
        if (track is null)
        {
            return;
        }

        json.WriteStartObject("track");
        json.WriteString("codec", track.Codec);
        json.WriteOptional("seconds", track.Seconds);
        json.WriteOptional("sampleRateHz", track.SampleRateHz);
        json.WriteOptional("channels", track.Channels);
        json.WriteOptional("width", track.Width);
        json.WriteOptional("height", track.Height);
        json.WriteOptional("frames", track.FrameCount);
        json.WriteOptional("frameRateHz", track.FrameRateHz);
        json.WriteOptional("container", track.Container);
        json.WriteOptional("bytes", track.Bytes);
        json.WriteEndObject();
    }

    private static void Damage(WireWriter json, DamageReport damage)
    {
        json.WriteStartObject("damage");
        json.WriteNumber("concealedFrames", damage.ConcealedFrameCount);
        json.WriteNumber("corruptFrames", damage.CorruptFrameCount);
        json.WriteNumber("refusedPackets", damage.RefusedPacketCount);
        json.WriteNumber("missingFrames", damage.MissingFrameCount);
        json.WriteNumber("missingSamples", damage.MissingSampleCount);
        json.WriteNumber("repeatedFrames", damage.RepeatedFrameCount);
        json.WriteNumber("damagedWantedFrames", damage.DamagedWantedFrameCount);
        json.WriteOptional("firstAtSeconds", damage.FirstAt?.TotalSeconds);
        json.WriteEndObject();
    }

    private static void Fault(WireWriter json, DecoderFault? fault)
    {
        if (fault is null)
        {
            return;
        }

        json.WriteStartObject("fault");
        json.WriteString("kind", fault.Kind.ToString());
        json.WriteString("stage", fault.Stage.ToString());
        json.WriteString("message", fault.Message);
        json.WriteOptional("storage", fault.Storage?.ToString());
        if (fault.BeforeDecoding)
        {
            json.WriteBoolean("beforeDecoding", true);
        }

        json.WriteEndObject();
    }

    private static void Shape(WireWriter json, ClipShape shape)
    {
        json.WriteStartObject("shape");
        if (shape.Video is { } video)
        {
            json.WriteStartObject("video");
            json.WriteNumber("width", video.Width);
            json.WriteNumber("height", video.Height);
            json.WriteString("chroma", video.Chroma.ToString());
            json.WriteNumber("bitDepth", video.BitDepth);
            json.WriteBoolean("fullRange", video.FullRange);
            json.WriteStartObject("rate");
            json.WriteNumber("numerator", video.Rate.Numerator);
            json.WriteNumber("denominator", video.Rate.Denominator);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (shape.Audio is { } audio)
        {
            json.WriteStartObject("audio");
            json.WriteNumber("sampleRateHz", audio.SampleRateHz);
            json.WriteNumber("channels", audio.Channels);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
