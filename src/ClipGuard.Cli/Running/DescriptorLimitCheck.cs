using System.Globalization;
using System.Text;

using ClipGuard.Media.Native;

namespace ClipGuard.Cli.Running;

/// <summary>
/// The limit on open files, looked at before anything is opened: with too few of them the runtime cannot load the assemblies that would tell of it, and ends
/// in whatever way the first failure leads to.
/// </summary>
internal static class DescriptorLimitCheck
{
    // A dry run with one helper has 117 open, most of them assemblies.
    private const int Needed = 128;
    private const int StandardError = 2;

    /// <summary>True where there are enough; otherwise says so on the error stream.</summary>
    public static unsafe bool Suffices()
    {
        const string name = "Max open files";
        string soft = string.Empty;

        // Without LINQ, which would be two assemblies more.
        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            soft = line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..].Trim().Split(' ')[0] : soft;
        }

        if (!int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) || limit >= Needed)
        {
            return true;
        }

        // Not through Console, which is an assembly more.
        string complaint = $"clipguard: this process may have {limit} open files, and at least {Needed} are needed: raise the limit (ulimit -n {Needed})\n";
        byte[] text = Encoding.UTF8.GetBytes(complaint);
        fixed (byte* bytes = text)
        {
            _ = Libc.Write(StandardError, bytes, (nuint)text.Length);
        }

        return false;
    }
}
