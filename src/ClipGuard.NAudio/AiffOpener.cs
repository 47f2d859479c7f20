using ClipGuard.Media;

using NAudio.Wave;

namespace ClipGuard.Audio;

/// <summary>Opens AIFF files.</summary>
internal static class AiffOpener
{
    /// <summary>Opens a file that begins with an AIFF header. One that was cut off within its samples is damaged: NAudio finds no samples there.</summary>
    public static IAudioTrack Open(Stream clip)
    {
        var reader = new AiffFileReader(clip);
        try
        {
            return new WaveStreamTrack(reader, "aiff", CodecOf(reader.WaveFormat), reader.Length);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static string CodecOf(WaveFormat format) => format.BitsPerSample switch
    {
        8 => "pcm_s8",
        16 or 24 or 32 => $"pcm_s{format.BitsPerSample}be",
        _ => throw new NotSupportedException($"NAudio turns no AIFF of {format.BitsPerSample} bits into samples."),
    };
}
