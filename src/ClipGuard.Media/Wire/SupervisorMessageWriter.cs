using System.Buffers;
using System.Text.Json;

namespace ClipGuard.Media.Wire;

/// <summary>
/// A supervisor's writing of what it says to helpers for every clip. By hand where that is all of it: what the serializer compiles at run time for these
/// types is the larger part of what a command compiles before its first clip. <see cref="WireJson"/> writes the same, and the rest.
/// </summary>
internal static class SupervisorMessageWriter
{
    private const int UsualBytes = 1024;

    /// <summary>Writes a decode as the JSON object of its datagram.</summary>
    public static byte[] Decode(DecodeMessage message)
    {
        DecodeRequest request = message.Request;
        if (!IsKnown(request))
        {
            return JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.DecodeMessage);
        }

        var datagram = new ArrayBufferWriter<byte>(UsualBytes);
        var json = new WireWriter(datagram);
        json.WriteStartObject();
        json.WriteString("type", message.Type);
        json.WriteNumber("id", message.Id);
        json.WriteStartObject("request");
        Source(json, request.Source);
        Spec(json, request.Spec);
        Limits(json, request.Limits);
        if (request.DecoderThreads is { } threads)
        {
            json.WriteNumber("decoderThreads", threads);
        }

        json.WriteEndObject();
        json.WriteNumber("inputLength", message.InputLength);
        json.WriteNumber("outputOffset", message.OutputOffset);
        json.WriteNumber("outputCapacity", message.OutputCapacity);
        json.WriteNumber("timeLeftMilliseconds", message.TimeLeftMilliseconds);
        json.WriteEndObject();
        return datagram.WrittenSpan.ToArray();
    }

    private static bool IsKnown(DecodeRequest request) =>
        request is { Source: FileSource or MemorySource or DescriptorSource, Limits: { MaxDuration: null, AllowedFormats: null, AllowedCodecs: null } }
        && request.Spec is AudioSpec { Windows: null } or ImageSpec or VideoSpec { Selection: UniformFrames };

    private static void Source(WireWriter json, ClipSource source)
    {
        json.WriteStartObject("source");
        switch (source)
        {
            case FileSource file:
                json.WriteString("from", "file");
                json.WriteString("path", file.Path);
                json.WriteNumber("offset", file.Offset);
                json.WriteOptional("length", file.Length);
                break;
            case DescriptorSource descriptor:
                json.WriteString("from", "descriptor");
                json.WriteString("name", descriptor.Name);
                json.WriteNumber("offset", descriptor.Offset);
                json.WriteNumber("length", descriptor.Length);
                break;
            default:
                json.WriteString("from", "memory");
                break;
        }

        json.WriteEndObject();
    }

    private static void Limits(WireWriter json, DecodeLimits limits)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("maxFramePixels", limits.MaxFramePixels);
        json.WriteNumber("maxPayloadBytes", limits.MaxPayloadBytes);
        json.WriteNumber("maxFrames", limits.MaxFrames);
        json.WriteNumber("maxDamagedFrames", limits.MaxDamagedFrames);
        json.WriteNumber("maxDamagedAudioShare", limits.MaxDamagedAudioShare);
        json.WriteEndObject();
    }

    private static void Spec(WireWriter json, ClipSpec spec)
    {
        json.WriteStartObject("spec");
        switch (spec)
        {
            case AudioSpec audio:
                json.WriteString("as", "audio");
                json.WriteNumber("sampleRateHz", audio.SampleRateHz);
                json.WriteString("channels", audio.Channels.ToString());
                json.WriteNumber("startSeconds", audio.StartSeconds);
                json.WriteOptional("durationSeconds", audio.DurationSeconds);
                json.WriteOptional("track", audio.Track);
                json.WriteString("resampler", audio.Resampler.ToString());
                json.WriteOptional("decoder", audio.Decoder);
                break;
            case VideoSpec video:
                json.WriteString("as", "video");
                json.WriteStartObject("selection");
                json.WriteString("by", "uniform");
                json.WriteNumber("count", ((UniformFrames)video.Selection).Count);
                json.WriteEndObject();
                json.WriteNumber("startSeconds", video.StartSeconds);
                json.WriteOptional("endSeconds", video.EndSeconds);
                json.WriteOptional("track", video.Track);
                Picture(json, video);
                break;
            case ImageSpec image:
                json.WriteString("as", "image");
                json.WriteOptional("jpegScale", image.JpegScale == JpegScale.Exact ? null : image.JpegScale.ToString());
                Picture(json, image);
                break;
        }

        json.WriteEndObject();
    }

    private static void Picture(WireWriter json, PictureSpec picture)
    {
        Size(json, picture.Size);
        json.WriteString("layout", picture.Layout.ToString());
        json.WriteString("colors", picture.Colors.ToString());
        json.WriteOptional("filter", picture.Filter?.ToString());
        json.WriteStartObject("background");
        json.WriteNumber("red", picture.Background.Red);
        json.WriteNumber("green", picture.Background.Green);
        json.WriteNumber("blue", picture.Background.Blue);
        json.WriteEndObject();
    }

    private static void Size(WireWriter json, OutputSize size)
    {
        json.WriteStartObject("size");
        switch (size)
        {
            case ExactSize exact:
                json.WriteString("size", "exact");
                json.WriteNumber("width", exact.Width);
                json.WriteNumber("height", exact.Height);
                break;
            case ShorterSideSize shorter:
                json.WriteString("size", "shorterSide");
                json.WriteNumber("shorterSide", shorter.ShorterSide);
                json.WriteNumber("cropWidth", shorter.CropWidth);
                json.WriteNumber("cropHeight", shorter.CropHeight);
                break;
            case SmartSize smart:
                json.WriteString("size", "smart");
                json.WriteNumber("factor", smart.Factor);
                json.WriteOptional("minPixels", smart.MinPixels);
                json.WriteOptional("maxPixels", smart.MaxPixels);
                json.WriteOptional("totalPixels", smart.TotalPixels);
                break;
            default:
                json.WriteString("size", "own");
                break;
        }

        json.WriteEndObject();
    }
}
