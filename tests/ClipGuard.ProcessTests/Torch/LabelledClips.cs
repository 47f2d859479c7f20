using System.Text;

namespace ClipGuard.ProcessTests.Torch;

/// <summary>Clips to learn from: tones and noise as WAV, squares that move left or right as YUV4MPEG2. Label 1 is the tone, or the move to the right.</summary>
internal sealed class LabelledClips : IDisposable
{
    private const int Rate = 16_000;
    private const int Side = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-learn-").FullName;
    private readonly Random _random = new(11);

    public string WriteAudio(int clips, string name = "audio")
    {
        return WriteManifest(clips, name, "audio", "wav", label =>
        {
            double pitch = 200 + (1800 * _random.NextDouble());
            double level = 0.2 + (0.6 * _random.NextDouble());
            return Wav([.. Enumerable.Range(0, (Rate / 4) + _random.Next(1000)).Select(i =>
                (short)(short.MaxValue * level * (label == 1 ? Math.Sin(2 * Math.PI * pitch * i / Rate) : (2 * _random.NextDouble()) - 1)))]);
        });
    }

    public string WriteVideo(int clips, string name = "video")
    {
        return WriteManifest(clips, name, "video", "y4m", label =>
        {
            int top = _random.Next(Side - 4);
            int start = _random.Next(Side);
            int[] lefts = [.. Enumerable.Range(0, 8).Select(t => (start + (label == 1 ? t : -t) + (2 * Side)) % Side)];
            return Y4m(lefts.Select(left => (left, top)));
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string WriteManifest(int clips, string set, string key, string extension, Func<int, byte[]> make)
    {
        string manifest = Path.Combine(_folder, $"{set}.jsonl");
        using var writer = new StreamWriter(manifest);
        for (int i = 0; i < clips; i++)
        {
            int label = _random.Next(2);
            string name = $"{set}-{i}.{extension}";
            File.WriteAllBytes(Path.Combine(_folder, name), make(label));
            writer.WriteLine($$"""{"{{key}}":"{{Path.Combine(_folder, name)}}","label":{{label}}}""");
        }

        return manifest;
    }

    private static byte[] Wav(short[] samples)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * samples.Length));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(2 * Rate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * samples.Length);
        foreach (short sample in samples)
        {
            writer.Write(sample);
        }

        return stream.ToArray();
    }

    private static byte[] Y4m(IEnumerable<(int Left, int Top)> squares)
    {
        using var stream = new MemoryStream();
        stream.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Side} H{Side} F8:1 Ip A1:1 C444\n"));
        foreach ((int left, int top) in squares)
        {
            byte[] frame = new byte[3 * Side * Side];
            frame.AsSpan(0, Side * Side).Fill(16);
            frame.AsSpan(Side * Side).Fill(128);
            for (int y = top; y < top + 4; y++)
            {
                for (int x = left; x < left + 4; x++)
                {
                    frame[(y * Side) + (x % Side)] = 235;
                }
            }

            stream.Write("FRAME\n"u8);
            stream.Write(frame);
        }

        return stream.ToArray();
    }
}
