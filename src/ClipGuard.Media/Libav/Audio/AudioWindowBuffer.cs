using System.Runtime.InteropServices;

namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// One of several windows while its samples come. It has a writer of its own, as if it were all that is wanted, over memory of its own: windows overlap, and a
/// resampler writes a little more than it is left with in the end.
/// </summary>
internal sealed unsafe class AudioWindowBuffer : IDisposable
{
    private readonly float* _memory;
    private bool _startsLater;

    /// <param name="session">The decode.</param>
    /// <param name="spec">The window as a time range.</param>
    /// <param name="number">Which of the windows it is.</param>
    /// <param name="track">The track's rate, channels and promised length.</param>
    /// <param name="room">Samples of all channels that it may come to.</param>
    public AudioWindowBuffer(DecodeState session, AudioSpec spec, int number, AudioTrackShape track, long room)
    {
        long bytes = checked(room * sizeof(float));
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        Number = number;
        Writer = new AudioRangeWriter(session, spec, new PayloadBuffer((byte*)_memory, bytes), track.RateHz, track.Channels, track.DeclaredSamples);
        _startsLater = Writer.From > 0;
    }

    public int Number { get; }

    public AudioRangeWriter Writer { get; }

    /// <summary>Takes what it wants of the present frame.</summary>
    public DecoderFault? Take(AudioFrames frames) => Writer.Take(frames, ref _startsLater);

    /// <summary>One channel's samples, once the writer has finished.</summary>
    public ReadOnlySpan<float> Channel(int channel)
    {
        int length = Writer.Clip.Shape[1];
        return new ReadOnlySpan<float>(_memory + ((long)channel * length), length);
    }

    public void Dispose()
    {
        Writer.Dispose();
        NativeMemory.AlignedFree(_memory);
    }
}

/// <summary>What is known of a track once its first frame has come.</summary>
/// <param name="RateHz">Samples a second.</param>
/// <param name="Channels">Channels.</param>
/// <param name="DeclaredSamples">Samples of each channel that the header promises; null where it does not.</param>
internal readonly record struct AudioTrackShape(int RateHz, int Channels, long? DeclaredSamples);
