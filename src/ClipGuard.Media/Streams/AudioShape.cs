namespace ClipGuard.Media.Streams;

/// <summary>What a raw audio stream is made of; the samples of all channels alternate.</summary>
/// <param name="SampleRateHz">Samples a second and channel.</param>
/// <param name="Channels">Channels.</param>
public sealed record AudioShape(int SampleRateHz, int Channels)
{
    /// <summary>As in <c>48000 Hz, 2 channels</c>.</summary>
    public override string ToString() => $"{SampleRateHz} Hz, {Channels} channel{(Channels == 1 ? string.Empty : "s")}";
}
