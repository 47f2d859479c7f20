namespace FFmpeg.AutoGen;

/// <summary>A dictionary; only libavutil sees into it.</summary>
internal struct AVDictionary;
