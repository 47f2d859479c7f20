namespace FFmpeg.AutoGen;

/// <summary>A resampler; only libswresample sees into it.</summary>
internal struct SwrContext;
