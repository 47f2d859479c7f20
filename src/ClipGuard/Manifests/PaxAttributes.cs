using System.Buffers.Text;
using System.Text;

namespace ClipGuard.Manifests;

/// <summary>What a pax header says of the entry behind it: <c>LENGTH KEY=VALUE</c> lines, of which those that matter here are kept.</summary>
internal sealed class PaxAttributes
{
    private const string SparsePrefix = "GNU.sparse.";

    private PaxAttributes()
    {
    }

    /// <summary>The name; null where the entry's own header tells it.</summary>
    public string? Name { get; private set; }

    /// <summary>Bytes of the content as they are stored; null where the entry's own header tells them.</summary>
    public long? Size { get; private set; }

    /// <summary>The time, as it is told; null where the entry's own header tells it.</summary>
    public string? Modified { get; private set; }

    /// <summary>Whether only pieces of the file are stored.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Whether something was said that only one entry can be: a name, a size, a sparse file's map.</summary>
    public bool IsOfOneEntry => Name is not null || Size is not null || IsSparse;

    /// <summary>Reads the content of a pax header.</summary>
    /// <returns>Null where it cannot be read, or tells a size that is none.</returns>
    public static PaxAttributes? Parse(ReadOnlySpan<byte> content)
    {
        var attributes = new PaxAttributes();
        string? sparseName = null;
        while (!content.IsEmpty)
        {
            if (!Utf8Parser.TryParse(content, out int length, out int digits) || length <= digits + 1 || length > content.Length
                || content[digits] != (byte)' ' || content[length - 1] != (byte)'\n')
            {
                return null;
            }

            ReadOnlySpan<byte> line = content[(digits + 1)..(length - 1)];
            int equals = line.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return null;
            }

            string value = Encoding.UTF8.GetString(line[(equals + 1)..]);
            switch (Encoding.UTF8.GetString(line[..equals]))
            {
                case "path":
                    attributes.Name = value;
                    break;
                case "size" when Utf8Parser.TryParse(line[(equals + 1)..], out long size, out int used) && used == line.Length - equals - 1 && size >= 0:
                    attributes.Size = size;
                    break;
                case "size":
                    return null;
                case "mtime":
                    attributes.Modified = value;
                    break;
                case SparsePrefix + "name":
                    attributes.IsSparse = true;
                    sparseName = value;
                    break;
                case var key when key.StartsWith(SparsePrefix, StringComparison.Ordinal):
                    attributes.IsSparse = true;
                    break;
                default:
                    break;
            }

            content = content[length..];
        }

        // The path of such an entry is a made-up one, for readers that know nothing of sparse files.
        attributes.Name = sparseName ?? attributes.Name;
        return attributes;
    }
}
