using System.Globalization;
using System.Text;
using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Turns groups of tar members into rows. One thread at a time.</summary>
internal sealed class TarRowReader(ManifestOptions options, ManifestFiles files)
{
    // What a member's JSON calls an image or a path is data: the clips of a sample are its members. So nothing is looked for anywhere else.
    private readonly JsonSampleReader _samples = new(options with { RequireMessages = false }, new PathResolver([]));

    /// <summary>Reads one group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="line">What its row's line is.</param>
    /// <param name="number">1-based number of the group within its shard.</param>
    /// <param name="unpacked">Where its shard is compressed, what that was unpacked to: clips are then in memory. Otherwise null.</param>
    public ManifestRow Read(TarGroup group, long line, long number, FileStream? unpacked = null) =>
        Read(group, line, unpacked) with { Location = new RowLocation(ManifestFiles.Shown(group.Shard), number, group.OwnKey) };

    private ManifestRow Read(TarGroup group, long line, FileStream? unpacked)
    {
        string shard = ManifestFiles.Shown(group.Shard);
        if (group.Broken is { } broken)
        {
            return new BadRow(line, 1, $"a broken shard at byte {broken.At} of {shard}: {broken.Message}", "a tar header or the shard's end");
        }

        if (FlawOf(group) is var (found, expected))
        {
            return new BadRow(line, 1, $"{found} in {group.Members[0].Key} of {shard}", expected);
        }

        try
        {
            return new SampleRow(line, default, ReadSample(group, unpacked)) { Offset = group.Offset };
        }
        catch (BadRowException error)
        {
            return new BadRow(line, 1, $"{error.Found} in {group.Members[0].Key} of {shard}", error.Expected);
        }
        catch (JsonException noJson)
        {
            return new BadRow(line, 1, $"a .json member that is no JSON in {group.Members[0].Key} of {shard}", noJson.Message);
        }
    }

    // Why a group is no sample, whatever its members hold; null where it may be one.
    private static (string Found, string Expected)? FlawOf(TarGroup group)
    {
        if (group.Members.FirstOrDefault(static member => member.Flaw is not null) is { } other)
        {
            return ($"the member {other.Name}, which is {other.Flaw},", "files whose bytes lie in the shard");
        }

        string[] extensions = [.. group.Members.Select(static member => member.Extension)];
        return extensions.Length > extensions.Distinct(StringComparer.Ordinal).Count() ? ("a repeated member", "each extension once in a sample")
            : group.State == TarGroupState.Apart
                ? ("members that lie apart from others of their key", "the members of a sample side by side, as tar --sort=name writes them")
            : group.State == TarGroupState.CutOff ? ("the shard's last members before it breaks off", "all members that the sample before has")
            : null;
    }

    private Sample ReadSample(TarGroup group, FileStream? unpacked)
    {
        var clips = new List<ClipReference>();
        var fields = new List<SampleField> { new("__key__", Json(group.Members[0].Key)) };
        var warnings = new List<string>();
        byte[]? row = null;
        string shown = ManifestFiles.Shown(group.Shard);
        using Stream? opened = unpacked is null ? TarGroup.Open(group.Shard, files) : null;
        Stream shard = unpacked ?? opened!;
        foreach (TarMember member in group.Members)
        {
            if (MediaExtensions.KindOf(member.Format) is { } kind)
            {
                clips.Add(new ClipReference(kind, member.Extension, member.Name)
                {
                    Path = shown,
                    Source = unpacked is null
                        ? files.SourceOf(group.Shard, member.Offset, member.Length)
                        : new MemorySource(Load(unpacked, member, Array.MaxLength, "a clip")),
                });
            }
            else if (!member.IsText)
            {
                warnings.Add($"the member {member.Name} is neither a clip nor text and is not used");
            }
            else if (Load(shard, member, options.MaxLineBytes, "text") is var text && member.Extension == "json"
                && text.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
            {
                row = text;
            }
            else
            {
                fields.Add(new SampleField(member.Extension, member.Format switch
                {
                    "json" => Checked(text),
                    "cls" => Class(text),
                    _ => Json(Encoding.UTF8.GetString(text)),
                }));
            }
        }

        Sample said = row is null ? new Sample { Clips = clips } : _samples.ReadBeside(clips, row);
        return said with { Fields = [.. fields, .. said.Fields], Warnings = [.. warnings, .. said.Warnings] };
    }

    private static byte[] Load(Stream shard, TarMember member, int most, string what)
    {
        if (member.Length > most)
        {
            throw new BadRowException(0, $"{what} of {member.Length} bytes in {member.Name}", $"at most {most} bytes");
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
