using System.Runtime.InteropServices;

using ClipGuard.Media.Libav.Tracks;
using ClipGuard.Media.Wire;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>
/// Whether the FFmpeg that was loaded is what ClipGuard takes it for: it says where its options lie, and decodes clips that are known. An FFmpeg whose
/// structures are others than its version number says could crash here, so that it is done where that harms nobody.
/// </summary>
internal sealed unsafe class LibavSelfCheck : IDisposable
{
    private const int PayloadBytes = 64 * 1024;

    private readonly LibavDecoder _decoder = new();
    private readonly byte* _payload = (byte*)NativeMemory.AllocZeroed(PayloadBytes);
    private readonly byte* _marks = (byte*)NativeMemory.AllocZeroed(MarksPage.Size);

    private static readonly Lazy<string?> Problem = new(Check);

    private LibavSelfCheck()
    {
    }

    /// <summary>Decodes what is known, once in a process. Called where <see cref="LibavLoader.FindProblem()"/> found nothing.</summary>
    /// <returns>Null where all came out as it should; otherwise a sentence.</returns>
    public static string? FindProblem() => Problem.Value;

    private static string? Check()
    {
        using var check = new LibavSelfCheck();
        return (OptionOffsets.FindWrong() ?? check.Audio() ?? check.Video() ?? check.Picture()) is { } wrong
            ? $"{LibavLoader.Version} is not used, because it failed ClipGuard's check of it: {wrong}."
            : null;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        NativeMemory.Free(_payload);
        NativeMemory.Free(_marks);
    }

    private string? Audio()
    {
        byte[] wav = KnownClips.Audio();
        if (Fields(wav, AVMediaType.AVMEDIA_TYPE_AUDIO, KnownFields.FindWrongInAudio) is { } wrong)
        {
            return wrong;
        }

        var spec = new AudioSpec { SampleRateHz = AudioSpec.NativeRate, Channels = AudioChannels.All };
        if (Decode(wav, spec) is not { Shape: [KnownClips.Channels, KnownClips.Samples] })
        {
            return "a WAV that is known was not decoded to all of its samples";
        }

        for (int i = 0; i < KnownClips.Channels * KnownClips.Samples; i++)
        {
            if (((float*)_payload)[i] != KnownClips.Sample(i / KnownClips.Samples, i % KnownClips.Samples) / 32768f)
            {
                return $"sample {i % KnownClips.Samples} of a WAV that is known came out as {((float*)_payload)[i]}";
            }
        }

        return null;
    }

    private string? Video()
    {
        const int Frames = KnownClips.VideoFrames, Width = KnownClips.VideoWidth;
        byte[] mp4 = KnownClips.Video;
        var spec = new VideoSpec { Selection = new UniformFrames(Frames), Size = new ExactSize(Width, Width) };
        return Fields(mp4, AVMediaType.AVMEDIA_TYPE_VIDEO, KnownFields.FindWrongInVideo) is { } wrong ? wrong
            : Decode(mp4, spec) is { FrameTimesSeconds: [0, 0.04, 0.08, 0.12] } ? WrongColor("an MP4", Frames * Width * Width)
            : "an MP4 that is known was not decoded to its frames";
    }

    private string? Picture()
    {
        const int Width = KnownClips.PictureWidth, Height = KnownClips.PictureHeight;
        byte[] png = KnownClips.Picture;
        return Fields(png, AVMediaType.AVMEDIA_TYPE_VIDEO, KnownFields.FindWrongInPicture) is { } wrong ? wrong
            : Decode(png, new ImageSpec()) is { Shape: [Height, Width, 3] } ? WrongColor("a PNG", Height * Width)
            : "a PNG that is known was not decoded to its pixels";
    }

    private string? Fields(byte[] clip, AVMediaType kind, Func<Track, string?> findWrong)
    {
        var request = new DecodeRequest(new MemorySource(clip), new InspectSpec());
        DecodeContext context = NewContext();
        using var log = new LibavLog(context.Marks);
        var session = new DecodeState(request, context, log);
        if (Track.Open(session, request.Source, kind, number: null, out Track? opened) is { } fault)
        {
            return $"a clip that is known could not be opened. {fault.Message.TrimEnd('.')}";
        }

        using Track track = opened!;
        return findWrong(track);
    }

    private string? WrongColor(string what, int pixels)
    {
        for (int i = 0; i < pixels * KnownClips.Color.Length; i++)
        {
            int expected = KnownClips.Color[i % KnownClips.Color.Length];
            if (Math.Abs(_payload[i] - expected) > KnownClips.ColorTolerance)
            {
                return $"a pixel of {what} that is known has the value {_payload[i]} in place of {expected}";
            }
        }

        return null;
    }

    private DecodedClip? Decode(byte[] clip, ClipSpec spec)
    {
        DecodeAnswer answer = _decoder.Decode(new DecodeRequest(new MemorySource(clip), spec), NewContext());
        return answer.Clip is { Damage: { } damage } decoded && damage == DamageReport.None ? decoded : null;
    }

    private DecodeContext NewContext() => new(new PayloadBuffer(_payload, PayloadBytes), new ProgressMarks(_marks), timeLeft: null);
}
