namespace ClipGuard.Media.Libav.Audio;

/// <summary>
/// The samples of each channel, in the payload one channel after the other. How many there will be is not known before the end: each channel gets room
/// of the same length, is moved to more room where that runs full, and the rooms are closed up when all is written.
/// </summary>
internal sealed unsafe class GrowingChannelPlanes(PayloadBuffer payload, int channels)
{
    private const long FirstRoom = 1 << 16;

    private float* _start;
    private long _room;

    /// <summary>Samples of each channel so far.</summary>
    public long Length { get; private set; }

    /// <summary>Makes room for more samples in each channel.</summary>
    /// <param name="samples">How many at most.</param>
    /// <returns>False where the payload cannot hold them.</returns>
    public bool Reserve(long samples)
    {
        long needed = Length + samples;
        if (needed <= _room)
        {
            return true;
        }

        // A single channel gets the whole payload at once, since nothing comes behind it, and is never moved.
        long most = payload.Capacity / sizeof(float) / channels;
        long room = channels == 1 ? most : Math.Min(most, Math.Max(FirstRoom, Math.Max(needed, _room * 2)));
        if (needed > room)
        {
            return false;
        }

        payload.Trim(0);
        payload.TryTake(room * channels * sizeof(float), out byte* memory);
        _start = (float*)memory;
        Move(_room, room);
        _room = room;
        return true;
    }

    /// <summary>Where a channel's next sample goes.</summary>
    public byte* Next(int channel) => (byte*)(_start + (channel * _room) + Length);

    /// <summary>Counts samples that were written at <see cref="Next"/>.</summary>
    public void Add(long samples) => Length += samples;

    /// <summary>Ends with exactly so many samples in each channel, cutting or adding silence, and without room between the channels.</summary>
    /// <returns>False where the payload cannot hold them.</returns>
    public bool Close(long samples)
    {
        if (samples > Length)
        {
            if (!Reserve(samples - Length))
            {
                return false;
            }

            for (int channel = 0; channel < channels; channel++)
            {
                new Span<float>(Next(channel), (int)(samples - Length)).Clear();
            }
        }

        Length = samples;
        Move(_room, samples);
        _room = samples;
        payload.Trim(samples * channels * sizeof(float));
        return true;
    }

    // Channels that move apart are moved from the last on, channels that move together from the first on: otherwise one would be written over before it
    // was moved.
    private void Move(long from, long to)
    {
        for (int i = 1; i < channels; i++)
        {
            int channel = to > from ? channels - i : i;
            long bytes = Length * sizeof(float);
            Buffer.MemoryCopy(_start + (channel * from), _start + (channel * to), bytes, bytes);
        }
    }
}
