namespace FFmpeg.AutoGen;

/// <summary>Filters of a scaler; never made here.</summary>
internal struct SwsFilter;
