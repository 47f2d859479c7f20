using System.Text.Json;

using ClipGuard.Media.Streams;

namespace ClipGuard.Media.Wire;

/// <summary>
/// A helper's reading of what its supervisor says. By hand and not through <see cref="WireJson"/>: what the serializer compiles at run time for
/// these types takes a helper longer than linking FFmpeg, and helpers start often.
/// </summary>
internal static class SupervisorMessageReader
{
    /// <summary>Reads a decode.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static DecodeMessage Decode(ReadOnlyMemory<byte> datagram)
    {
        using var json = JsonDocument.Parse(datagram);
        var message = new WireObject(json.RootElement);
        return new DecodeMessage(message.Int64("id"), Request(message.Object("request")))
        {
            InputLength = message.Int64("inputLength"),
            OutputOffset = message.Int64("outputOffset"),
            OutputCapacity = message.Int64("outputCapacity"),
            TimeLeftMilliseconds = message.Double("timeLeftMilliseconds"),
        };
    }

    /// <summary>Reads an order to a helper that writes streams.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static StreamCommand Stream(ReadOnlyMemory<byte> datagram)
    {
        using var json = JsonDocument.Parse(datagram);
        var order = new WireObject(json.RootElement);
        long id = order.Int64("id");
        return order.Text("type") switch
        {
            "open" => new OpenStreamCommand(id, Source(order.Object("source")), order.Name<ClipKind>("kind"), order.Text("path"))
            {
                AsFile = order.Boolean("asFile"),
                Limits = order.TryObject("limits", out WireObject limits) ? Limits(limits) : new DecodeLimits(),
                DecoderThreads = order.Int32("decoderThreads", 1),
                InputLength = order.Int64("inputLength"),
            },
            "write" => new WriteStreamCommand(id, Format(order.Object("format"))),
            "close" => new CloseStreamCommand(id),
            { } other => throw Unknown("order", other),
        };
    }

    /// <summary>Reads an order to a guardian.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static GuardianCommand Guardian(ReadOnlyMemory<byte> datagram)
    {
        using var json = JsonDocument.Parse(datagram);
        var order = new WireObject(json.RootElement);
        return order.Text("type") switch
        {
            "hold" => new HoldFolderCommand(order.Text("folder")),
            "run" => new RunToolCommand(order.Text("program"), order.List("arguments", static argument => argument.GetString()!)),
            { } other => throw Unknown("order", other),
        };
    }

    private static DecodeRequest Request(WireObject request) => new(Source(request.Object("source")), Spec(request.Object("spec")))
    {
        Limits = request.TryObject("limits", out WireObject limits) ? Limits(limits) : new DecodeLimits(),
        DecoderThreads = request.Int32OrNull("decoderThreads"),
    };

    /// <summary>Reads where a clip's bytes are.</summary>
    /// <exception cref="JsonException">It does not say so.</exception>
    public static ClipSource Source(WireObject source) => source.Text("from") switch
    {
        "file" => new FileSource(source.Text("path")) { Offset = source.Int64("offset"), Length = source.Int64OrNull("length") },
        "files" => new FileListSource(source.List("paths", static path => path.GetString()!)),
        "descriptor" => new DescriptorSource(source.Text("name"), source.Int64("offset"), source.Int64("length")),
        "memory" => new MemorySource(ReadOnlyMemory<byte>.Empty),
        { } other => throw Unknown("source", other),
    };

    private static DecodeLimits Limits(WireObject limits)
    {
        var defaults = new DecodeLimits();
        return defaults with
        {
            MaxFramePixels = limits.Int64("maxFramePixels", defaults.MaxFramePixels),
            MaxPayloadBytes = limits.Int64("maxPayloadBytes", defaults.MaxPayloadBytes),
            MaxDuration = limits.SecondsOrNull("maxDuration"),
            MaxFrames = limits.Int32("maxFrames", defaults.MaxFrames),
            MaxDamagedFrames = limits.Int32("maxDamagedFrames", defaults.MaxDamagedFrames),
            MaxDamagedAudioShare = limits.Double("maxDamagedAudioShare", defaults.MaxDamagedAudioShare),
            AllowedFormats = limits.ListOrNull("allowedFormats", static name => name.GetString()!),
            AllowedCodecs = limits.ListOrNull("allowedCodecs", static name => name.GetString()!),
        };
    }

    /// <summary>Reads what is to be delivered. Members that are left out have the defaults of their records.</summary>
    /// <exception cref="JsonException">It does not say so.</exception>
    public static ClipSpec Spec(WireObject spec)
    {
        switch (spec.Text("as"))
        {
            case "audio":
                var audio = new AudioSpec();
                return audio with
                {
                    SampleRateHz = spec.Int32("sampleRateHz", audio.SampleRateHz),
                    Channels = spec.Name<AudioChannels>("channels"),
                    StartSeconds = spec.Double("startSeconds"),
                    DurationSeconds = spec.DoubleOrNull("durationSeconds"),
                    Windows = spec.TryObject("windows", out WireObject windows) ? AudioWindows(windows) : null,
                    Track = spec.Int32OrNull("track"),
                    Resampler = spec.Name<AudioResampler>("resampler"),
                    Decoder = spec.TextOrNull("decoder"),
                };
            case "video":
                var video = (VideoSpec)Picture(new VideoSpec(), spec);
                return video with
                {
                    Selection = spec.TryObject("selection", out WireObject selection) ? Selection(selection) : video.Selection,
                    StartSeconds = spec.Double("startSeconds"),
                    EndSeconds = spec.DoubleOrNull("endSeconds"),
                    Track = spec.Int32OrNull("track"),
                };
            case "image":
                return Image(spec);
            case "inspect":
                return new InspectSpec { CountFrames = spec.Boolean("countFrames", fallback: true) };
            default:
                throw Unknown("spec", spec.Text("as"));
        }
    }

    private static ImageSpec Image(WireObject spec) => (ImageSpec)Picture(new ImageSpec(), spec) with { JpegScale = spec.Name<JpegScale>("jpegScale") };

    private static PictureSpec Picture(PictureSpec defaults, WireObject spec) => defaults with
    {
        Size = spec.TryObject("size", out WireObject size) ? Size(size) : defaults.Size,
        Layout = spec.Name<PixelLayout>("layout"),
        Colors = spec.Name<PixelColors>("colors"),
        Filter = spec.NameOrNull<ScaleFilter>("filter"),
        Background = spec.TryObject("background", out WireObject color) ? Color(color) : defaults.Background,
    };

    private static RgbColor Color(WireObject color) =>
        new(checked((byte)color.Int32("red")), checked((byte)color.Int32("green")), checked((byte)color.Int32("blue")));

    private static OutputSize Size(WireObject size)
    {
        switch (size.Text("size"))
        {
            case "own":
                return new OwnSize();
            case "exact":
                return new ExactSize(size.Int32("width"), size.Int32("height"));
            case "shorterSide":
                return new ShorterSideSize(size.Int32("shorterSide"), size.Int32("cropWidth"), size.Int32("cropHeight"));
            case "smart":
                var smart = new SmartSize();
                return smart with
                {
                    Factor = size.Int32("factor", smart.Factor),
                    MinPixels = size.Int64OrNull("minPixels"),
                    MaxPixels = size.Int64OrNull("maxPixels"),
                    TotalPixels = size.Int64OrNull("totalPixels"),
                };
            default:
                throw Unknown("size", size.Text("size"));
        }
    }

    private static FrameSelection Selection(WireObject selection)
    {
        switch (selection.Text("by"))
        {
            case "uniform":
                return new UniformFrames(selection.Int32("count"));
            case "midpoint":
                return new MidpointFrames(selection.Int32("count"));
            case "rate":
                var rate = new RateFrames(selection.Double("perSecond"));
                return rate with
                {
                    MinFrames = selection.Int32("minFrames", rate.MinFrames),
                    MaxFrames = selection.Int32("maxFrames", rate.MaxFrames),
                    Factor = selection.Int32("factor", rate.Factor),
                };
            case "smart":
                var smart = new SmartFrames(selection.Int32("count"));
                return smart with { Factor = selection.Int32("factor", smart.Factor) };
            case "index":
                return new IndexFrames(selection.List("indices", static index => index.GetInt32()));
            case "time":
                return new TimeFrames(selection.List("seconds", static seconds => seconds.GetDouble()));
            case "key":
                return new KeyFrames { Max = selection.Int32OrNull("max") };
            case "windows":
                return new WindowFrames(selection.Int32("count"), selection.Int32("framesPerWindow"))
                {
                    PerSecond = selection.DoubleOrNull("perSecond"),
                    Positions = selection.ListOrNull("positions", static position => position.GetDouble()),
                    WhenShort = selection.Name<ShortClipPolicy>("whenShort"),
                    AtRandom = selection.Boolean("atRandom"),
                };
            default:
                throw Unknown("selection", selection.Text("by"));
        }
    }

    private static AudioWindows AudioWindows(WireObject windows) => new(windows.Int32("count"), windows.Double("seconds"))
    {
        Positions = windows.ListOrNull("positions", static position => position.GetDouble()),
        WhenShort = windows.Name<ShortClipPolicy>("whenShort"),
        AtRandom = windows.Boolean("atRandom"),
    };

    private static StreamFormat Format(WireObject format)
    {
        WireObject shape = format.Object("shape");
        switch (format.Text("kind"))
        {
            case "audio":
                return new AudioFormat(new AudioShape(shape.Int32("sampleRateHz"), shape.Int32("channels")), format.Name<AudioSampleType>("sample"));
            case "video":
                var frames = new VideoShape(shape.Int32("width"), shape.Int32("height"), shape.Name<ChromaSampling>("chroma"), shape.Int32("bitDepth"))
                {
                    FullRange = shape.Boolean("fullRange"),
                };
                return new VideoFormat(
                    shape.TryObject("rate", out WireObject rate)
                        ? frames with { Rate = new FrameRate(rate.Int32("numerator"), rate.Int32("denominator")) }
                        : frames,
                    format.Name<VideoStreamFraming>("form"),
                    format.Name<ScalingFilter>("scaler"));
            default:
                throw Unknown("format", format.Text("kind"));
        }
    }

    private static JsonException Unknown(string what, string name) => new($"\"{name}\" is no {what} that this helper knows.");
}
