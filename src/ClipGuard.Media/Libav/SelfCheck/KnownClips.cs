using System.Buffers.Binary;

namespace ClipGuard.Media.Libav.SelfCheck;

/// <summary>Clips whose content is known to the last sample, and in memory: nothing but FFmpeg itself can spoil their decode.</summary>
internal static class KnownClips
{
    public const int SampleRateHz = 8000;
    public const int Channels = 2;
    public const int Samples = 800;

    public const int VideoWidth = 16;
    public const int VideoFrames = 4;
    public const int VideoFrameRateHz = 25;
    public const int VideoTicksPerSecond = 12_800;

    public const int PictureWidth = 4;
    public const int PictureHeight = 2;

    /// <summary>The colour of every pixel in video and picture. Lossy coding may be off by <see cref="ColorTolerance"/>.</summary>
    public static readonly byte[] Color = [0x80, 0x40, 0x20];

    public const int ColorTolerance = 6;

    /// <summary>An MP4 of one MPEG-4 video, 16×16 pixels of 4:3, 4 frames at 25 a second, the first and the third key frames.</summary>
    public static byte[] Video => Convert.FromBase64String(
        "AAAAHGZ0eXBpc29tAAACAGlzb21pc28ybXA0MQAAA1Jtb292AAAAbG12aGQAAAAAAAAAAAAAAAAAAAPoAAAAoAABAAABAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAEAAAAAAAAA"
        + "AAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAAAChHRyYWsAAABcdGtoZAAAAAMAAAAAAAAAAAAAAAEAAAAAAAAAoAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAA"
        + "AAAAAAAAAAEAAAAAAAAAAAAAAAAAAEAAAAAAFVVVABAAAAAAACRlZHRzAAAAHGVsc3QAAAAAAAAAAQAAAKAAAAAAAAEAAAAAAfxtZGlhAAAAIG1kaGQAAAAAAAAAAAAAAAAAADIAAAAI"
        + "AFXEAAAAAAAtaGRscgAAAAAAAAAAdmlkZQAAAAAAAAAAAAAAAFZpZGVvSGFuZGxlcgAAAAGnbWluZgAAABR2bWhkAAAAAQAAAAAAAAAAAAAAJGRpbmYAAAAcZHJlZgAAAAAAAAABAAAA"
        + "DHVybCAAAAABAAABZ3N0YmwAAADbc3RzZAAAAAAAAAABAAAAy21wNHYAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAEAAQAEgAAABIAAAAAAAAAAEKTGF2YyBtcGVnNAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAY//8AAABRZXNkcwAAAAADgICAQAABAASAgIAyIBEAAAAAAw1AAAAK8AWAgIAgAAABsAEAAAG1iRMAAAEAAAABIADE+CAdiADNAIQCFGMGgICAAQIAAAAQcGFzcAAA"
        + "AAQAAAADAAAAFGJ0cnQAAAAAAAMNQAAACvAAAAAYc3R0cwAAAAAAAAABAAAABAAAAgAAAAAYc3RzcwAAAAAAAAACAAAAAQAAAAMAAAAcc3RzYwAAAAAAAAABAAAAAQAAAAQAAAABAAAA"
        + "JHN0c3oAAAAAAAAAAAAAAAQAAAAUAAAACAAAABQAAAAIAAAAFHN0Y28AAAAAAAAAAQAAA34AAABadWR0YQAAAFJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABtZGlyYXBwbAAAAAAAAAAA"
        + "AAAAACVpbHN0AAAAHaluYW0AAAAVZGF0YQAAAAEAAAAAa25vd24AAAAIZnJlZQAAAEBtZGF0AAABswAQBwAAAbYQYFGFNthOHz8AAAG2UPAjfwAAAbMAEAcAAAG2EWBRhTbYTh8/AAAB"
        + "tlHwI38=");

    /// <summary>A PNG of 4×2 pixels.</summary>
    public static byte[] Picture => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAACXBIWXMAAAABAAAAAQBPJcTWAAAAEElEQVR4nGNocFCAIwZkDgBeGgcBzSxwNQAAAABJRU5ErkJggg==");

    /// <summary>A WAV of 16-bit samples, two channels.</summary>
    public static byte[] Audio()
    {
        const int HeaderBytes = 44, FrameBytes = 4;
        byte[] wav = new byte[HeaderBytes + (Samples * FrameBytes)];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), Channels);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), SampleRateHz);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), SampleRateHz * FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), Samples * FrameBytes);
        for (int i = 0; i < Samples * Channels; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(HeaderBytes + (2 * i)), Sample(i % Channels, i / Channels));
        }

        return wav;
    }

    /// <summary>A sample of <see cref="Audio"/>.</summary>
    public static short Sample(int channel, int index) => (short)((index * (channel == 0 ? 37 : 91) % 20_000) - 10_000);
}
