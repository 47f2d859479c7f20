namespace FFmpeg.AutoGen;

/// <summary>A scaler; only libswscale sees into it.</summary>
internal struct SwsContext;
