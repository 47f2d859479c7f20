using ClipGuard.Media.Libav.Formats;
using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>
/// Writes decoded frames into the payload as upright pictures, all of the size that the first one comes to. Owns its scalers and scratch memory.
/// </summary>
internal sealed unsafe class PictureWriter(DecodeState session, PictureSpec spec) : IDisposable
{
    private const int RgbBytes = 3;
    private const int RgbaBytes = 4;

    private readonly PictureScaler _scaler = new();
    private readonly PictureScaler _flattener = new();
    private readonly PictureScaler _alphaScaler = new();
    private readonly ScratchMemory _full = new();
    private readonly ScratchMemory _alpha = new();
    private readonly ScratchMemory _narrowed = new();
    private readonly ScratchMemory _scaled = new();
    private readonly int _channels = spec.Colors == PixelColors.Gray ? 1 : RgbBytes;
    private (int Width, int Height) _firstUpright;
    private ScaleCropPlan? _plan;
    private byte* _payload;
    private int _count;

    /// <summary>The payload's shape; null until a picture was written.</summary>
    public IReadOnlyList<int>? Shape { get; private set; }

    /// <summary>Pictures written that are interlaced, each slot counted.</summary>
    public int InterlacedFrames { get; private set; }

    // A window is a clip of its own to whoever it is shown to, and is as large as if it were the only one.
    private int? FramesOfBudget => spec is VideoSpec { Selection: WindowFrames windows } ? windows.FramesPerWindow : spec is VideoSpec ? _count : null;

    private long PictureBytes => (long)_plan!.Value.Width * _plan.Value.Height * _channels;

    /// <summary>Forgets what was written, for another try.</summary>
    /// <param name="count">Pictures that the payload is to hold.</param>
    public void Begin(int count)
    {
        session.Payload.Trim(0);
        (_plan, Shape, _count, InterlacedFrames) = (null, null, count, 0);
    }

    /// <summary>Writes a picture.</summary>
    /// <param name="frame">The decoded frame.</param>
    /// <param name="track">Its track.</param>
    /// <param name="turn">How it is turned upright.</param>
    /// <param name="slots">The slots of the payload that it goes to, at least one.</param>
    /// <param name="alpha">A picture whose brightness tells where this one is opaque; null where it tells that itself, or is opaque all over.</param>
    /// <param name="isPremultiplied">True where its colours were multiplied by <paramref name="alpha"/> already.</param>
    /// <returns>Null, or why it cannot be written.</returns>
    public DecoderFault? Write(AVFrame* frame, Track track, DisplayRotation turn, ReadOnlySpan<int> slots, AVFrame* alpha = null, bool isPremultiplied = false)
    {
        session.Marks.Enter(DecodeStage.Convert);
        if (!PictureScaler.Knows((AVPixelFormat)frame->format, frame->colorspace))
        {
            string matrix = ffmpeg.av_color_space_name(frame->colorspace);
            return session.Fault(FaultKind.Unsupported, $"Pictures with the colour matrix {matrix} cannot be converted to RGB.");
        }

        if ((PlanFor(UprightSize(frame, track, turn), out ScaleCropPlan plan) ?? Reserve()) is { } fault)
        {
            return fault;
        }

        byte* target = _payload + (slots[0] * PictureBytes);
        if (!Convert(frame, turn, plan, target, alpha, isPremultiplied))
        {
            string format = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)frame->format);
            return session.Fault(FaultKind.Unsupported, $"Pictures in the pixel format {format} cannot be converted to RGB.");
        }

        Copy(slots[0], slots[1..]);
        InterlacedFrames += LibavBindings.IsInterlaced(frame) ? slots.Length : 0;
        return null;
    }

    /// <summary>Copies a picture that was written to other slots.</summary>
    public void Copy(int slot, ReadOnlySpan<int> others)
    {
        foreach (int other in others)
        {
            Buffer.MemoryCopy(_payload + (slot * PictureBytes), _payload + (other * PictureBytes), PictureBytes, PictureBytes);
        }
    }

    public void Dispose()
    {
        _scaler.Dispose();
        _flattener.Dispose();
        _alphaScaler.Dispose();
        _alpha.Dispose();
        _full.Dispose();
        _narrowed.Dispose();
        _scaled.Dispose();
    }

    private static (int Width, int Height) UprightSize(AVFrame* frame, Track track, DisplayRotation turn)
    {
        // A picture's file gives a print density, which Pillow and other readers do not take for the shape of its pixels.
        AVRational aspect = ffmpeg.av_guess_sample_aspect_ratio(track.Container.Format, track.Stream, frame);
        bool square = track.Container.HasPrintDensity || aspect.num <= 0 || aspect.den <= 0 || aspect.num == aspect.den;
        (int width, int height) = track.WholeSize ?? (frame->width, frame->height);
        width = square ? width : (int)Math.Clamp(Math.Round((double)width * aspect.num / aspect.den), 1, int.MaxValue);
        return turn.Sideways ? (height, width) : (width, height);
    }

    // A video whose size changes on the way keeps the size of its first wanted frame.
    private DecoderFault? PlanFor((int Width, int Height) upright, out ScaleCropPlan plan)
    {
        OutputSize size = _plan is { } known && upright != _firstUpright ? new ExactSize(known.Width, known.Height) : spec.Size;
        if (ScaleCropPlan.For(size, upright.Width, upright.Height, FramesOfBudget) is not { } found)
        {
            plan = default;
            return session.Fault(
                FaultKind.Unsupported, $"A picture of {upright.Width}×{upright.Height} is too long for its width: smart sizes end at 200 to 1.");
        }

        plan = found;
        if ((long)plan.ScaledWidth * plan.ScaledHeight > session.Limits.MaxFramePixels)
        {
            return session.PixelFault(plan.ScaledWidth, plan.ScaledHeight);
        }

        if (_plan is null)
        {
            (_plan, _firstUpright) = (plan, upright);
        }

        return null;
    }

    private DecoderFault? Reserve()
    {
        if (Shape is not null)
        {
            return null;
        }

        ScaleCropPlan plan = _plan!.Value;
        if (!session.Payload.TryTake(_count * PictureBytes, out _payload))
        {
            return session.PayloadFault($"A result of {_count} times {plan.Width}×{plan.Height} pixels");
        }

        int[] one = spec.Layout == PixelLayout.ChannelsFirst ? [_channels, plan.Height, plan.Width] : [plan.Height, plan.Width, _channels];
        Shape = spec is VideoSpec ? [_count, .. one] : one;
        return null;
    }

    private bool Convert(AVFrame* frame, DisplayRotation turn, in ScaleCropPlan plan, byte* target, AVFrame* alpha, bool isPremultiplied)
    {
        (int width, int height) = turn.Sideways ? (plan.ScaledHeight, plan.ScaledWidth) : (plan.ScaledWidth, plan.ScaledHeight);
        ScaleFilter filter = spec.Filter ?? (spec.Size is SmartSize ? ScaleFilter.AntialiasedBicubic : ScaleFilter.Bicubic);
        PixelSource source = PixelSource.Of(frame);
        if ((alpha != null || AlphaCompositing.Of(source.Format)) && !Flatten(ref source, alpha, isPremultiplied))
        {
            return false;
        }

        bool asItIs = turn.IsUpright && (plan.Width, plan.Height) == (width, height) && spec is { Colors: PixelColors.Rgb, Layout: PixelLayout.ChannelsLast };
        if (filter == ScaleFilter.AntialiasedBicubic && (source.Width, source.Height) != (width, height))
        {
            if (!ScaleAntialiased(source, width, height, out byte* scaled))
            {
                return false;
            }

            PixelLayouter.Lay(scaled, width, height, RgbaBytes, turn, plan, spec, target);
            return true;
        }

        byte* pixels = asItIs ? target : _scaled.Take((long)width * height * RgbBytes);
        if (!_scaler.Scale(source, width, height, AVPixelFormat.AV_PIX_FMT_RGB24, filter, pixels, width * RgbBytes))
        {
            return false;
        }

        if (!asItIs)
        {
            PixelLayouter.Lay(pixels, width, height, RgbBytes, turn, plan, spec, target);
        }

        return true;
    }

    // Before scaling: otherwise the colours of transparent pixels, which may be anything, would bleed into their neighbours.
    private bool Flatten(ref PixelSource source, AVFrame* alpha, bool isPremultiplied)
    {
        byte* full = _full.Take((long)source.Width * source.Height * RgbaBytes);
        if (!_flattener.Scale(source, source.Width, source.Height, AVPixelFormat.AV_PIX_FMT_RGBA, ScaleFilter.Bicubic, full, source.Width * RgbaBytes))
        {
            return false;
        }

        long pixels = (long)source.Width * source.Height;
        if (alpha != null)
        {
            byte* opacity = _alpha.Take(pixels);
            if (!_alphaScaler.Scale(PixelSource.Of(alpha), source.Width, source.Height, AVPixelFormat.AV_PIX_FMT_GRAY8, ScaleFilter.Bicubic, opacity,
                source.Width))
            {
                return false;
            }

            AlphaCompositing.SetAlpha(full, opacity, pixels);
        }

        AlphaCompositing.LayOver(full, pixels, spec.Background, isPremultiplied);
        source = PixelSource.Packed(full, source.Width, source.Height, AVPixelFormat.AV_PIX_FMT_RGB0, RgbaBytes);
        return true;
    }

    private bool ScaleAntialiased(PixelSource source, int width, int height, out byte* scaled)
    {
        scaled = null;
        byte* full = source.Plane0;
        if (source.Format != AVPixelFormat.AV_PIX_FMT_RGB0)
        {
            full = _full.Take((long)source.Width * source.Height * RgbaBytes);
            if (!_scaler.Scale(source, source.Width, source.Height, AVPixelFormat.AV_PIX_FMT_RGB0, ScaleFilter.Bicubic, full, source.Width * RgbaBytes))
            {
                return false;
            }
        }

        byte* narrowed = _narrowed.Take((long)width * source.Height * RgbaBytes);
        scaled = _scaled.Take((long)width * height * RgbaBytes);
        AntialiasedBicubic.Scale(full, source.Width, source.Height, narrowed, scaled, width, height);
        return true;
    }
}
