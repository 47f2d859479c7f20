using System.Globalization;
using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Turns groups of tar members into rows. One thread at a time.</summary>
internal sealed class TarRowReader(ManifestOptions options)
{
    // A relative path in a member's JSON has no base, since the shard's clips are its members: only absolute paths can be resolved.
    private readonly SampleReader _samples = new(options with { RequireMessages = false }, PathResolver.For(options, "/"));

    public ManifestRow Read(TarGroup group, long line)
    {
        if (group.ReadError is { } readError)
        {
            return new BadRow(line, 1, $"a broken shard at byte {group.Offset} of {group.Shard}: {readError}", "a tar header or the shard's end");
        }

        try
        {
            return new SampleRow(line, default, ReadSample(group)) { Offset = group.Offset };
        }
        catch (BadRowException error)
        {
            return new BadRow(line, 1, $"{error.Found} in {group.Members[0].Key} of {group.Shard}", error.Expected);
        }
        catch (JsonException error)
        {
            return new BadRow(line, 1, $"a .json member that is no JSON in {group.Members[0].Key} of {group.Shard}", error.Message);
        }
    }

    private Sample ReadSample(TarGroup group)
    {
        Sample said = new();
        var clips = new List<ClipReference>();
        var fields = new List<SampleField> { new("__key__", Json(group.Members[0].Key)) };
        var warnings = new List<string>();
        using FileStream shard = File.OpenRead(group.Shard);
        foreach (TarMember member in group.Members)
        {
            string last = member.Format;
            if (MediaExtensions.KindOf(last) is { } kind)
            {
                clips.Add(new ClipReference(kind, member.Extension, member.Name)
                {
                    Path = group.Shard,
                    Source = new FileSource(group.Shard) { Offset = member.Offset, Length = member.Length },
                });
            }
            else if (member.IsText)
            {
                byte[] text = Load(shard, member);
                if (last == "json" && text.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
                {
                    said = _samples.Read(text);
                }
                else
                {
                    byte[] value = last switch { "json" => Checked(text), "cls" => Class(text), _ => Json(Encoding.UTF8.GetString(text)) };
                    fields.Add(new SampleField(member.Extension, value));
                }
            }
            else
            {
                warnings.Add($"the member {member.Name} is neither a clip nor text and is not used");
            }
        }

        return said with
        {
            Clips = [.. clips, .. said.Clips],
            Fields = [.. fields, .. said.Fields],
            Warnings = [.. warnings, .. said.Warnings],
        };
    }

    private byte[] Load(FileStream shard, TarMember member)
    {
        if (member.Length > options.MaxLineBytes)
        {
            throw new BadRowException(
                0, $"{member.Length} bytes of text in {member.Name}", $"at most {options.MaxLineBytes} ({nameof(ManifestOptions.MaxLineBytes)})");
        }

        byte[] bytes = new byte[member.Length];
        shard.Position = member.Offset;
        shard.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Checked(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
        }

        return json;
    }

    // WebDataset's own decoder takes .cls for a number; text that is none stays text.
    private static byte[] Class(byte[] text)
    {
        string trimmed = Encoding.UTF8.GetString(text).Trim();
        return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))
            : Json(trimmed);
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\"");
}
