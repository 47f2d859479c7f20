using System.Text.RegularExpressions;

namespace ClipGuard.Manifests;

/// <summary>
/// The mounted file systems, as the kernel lists them. Unlike a question to the file system itself, reading that list never waits for a server.
/// Linux only; elsewhere every folder counts as local.
/// </summary>
internal sealed partial class MountTable
{
    // File systems with a server that may stop answering; a thread that asks then hangs in the kernel.
    private static readonly string[] RemoteTypes =
    [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "beegfs", "ceph", "gfs2", "glusterfs", "gpfs", "lustre", "ocfs2", "orangefs", "virtiofs",
        "autofs",
    ];

    private readonly List<(string Folder, bool IsRemote)> _mounts = [];

    /// <summary>A table in the format of <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
    public MountTable(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] halves = line.Split(" - ", 2);
            string[] about = halves[0].Split(' ');
            if (halves.Length == 2 && about.Length > 4)
            {
                string type = halves[1].Split(' ')[0];
                _mounts.Add((Unescape(about[4]), RemoteTypes.Contains(type) || type.StartsWith("fuse", StringComparison.Ordinal)));
            }
        }
    }

    /// <summary>The mounts that this process sees now.</summary>
    public static MountTable Current()
    {
        const string Path = "/proc/self/mountinfo";
        return new MountTable(File.Exists(Path) ? File.ReadLines(Path) : []);
    }

    /// <summary>True where a folder, or anything mounted below it, may depend on a server. Links are not followed.</summary>
    public bool IsRemote(string folder)
    {
        string on = string.Empty;
        bool onRemote = false;
        foreach ((string mount, bool isRemote) in _mounts)
        {
            // A later mount on the same folder hides the earlier one.
            if (IsWithin(folder, mount) && mount.Length >= on.Length)
            {
                on = mount;
                onRemote = isRemote;
            }

            if (isRemote && IsWithin(mount, folder))
            {
                return true;
            }
        }

        return onRemote;
    }

    /// <summary>The mount point of the remote file system on which a path lies; null where it lies on a local one.</summary>
    public string? RemoteMountOf(string path)
    {
        (string Folder, bool IsRemote) on = (string.Empty, false);
        foreach ((string Folder, bool IsRemote) mount in _mounts)
        {
            on = IsWithin(path, mount.Folder) && mount.Folder.Length >= on.Folder.Length ? mount : on;
        }

        return on.IsRemote ? on.Folder : null;
    }

    private static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith('/') || path[folder.Length] == '/');

    private static string Unescape(string text) =>
        OctalEscape().Replace(text, static match => ((char)Convert.ToInt32(match.ValueSpan[1..].ToString(), 8)).ToString());

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex OctalEscape();
}
