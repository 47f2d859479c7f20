using System.Diagnostics;
using System.Globalization;

using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Supervision;

/// <summary>
/// Ways out of the sandbox, each tried from inside it: by root, which has rights to lose, and by another user; where landlock is as the kernel has it, as it
/// was before it could hold back signals (ABI 5), and not there at all.
/// </summary>
[TestFixture(User.Own)]
[TestFixture(User.Another)]
internal sealed class SandboxTests(SandboxTests.User user)
{
    private const int EPERM = 1;
    private const int EACCES = 13;
    private const int ENOSYS = 38;
    private const int Newest = int.MaxValue;
    private const int WithoutSignalScope = 5;
    private const int None = 0;

    private static readonly (SandboxLevel Level, int Landlock)[] Sandboxes =
    [
        (SandboxLevel.Standard, Newest),
        (SandboxLevel.Standard, WithoutSignalScope),
        (SandboxLevel.Standard, None),
        (SandboxLevel.Strict, Newest),
        (SandboxLevel.Strict, None),
    ];

    private static readonly string[] AsAnother = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    // What the filter refuses, whatever landlock there is.
    private static readonly Dictionary<string, int> Filtered = new()
    {
        ["mode"] = EPERM,
        ["socket"] = EPERM,
        ["program"] = EPERM,
        ["process"] = EPERM,
        ["trace"] = EPERM,
        ["read-parent"] = EPERM,
        ["signal"] = EPERM,
        ["priority"] = EPERM,
        ["parents-processors"] = EPERM,
        ["own-processors"] = 0,
        ["owner"] = EPERM,
        ["owner-ex"] = EPERM,
        ["owner-by-ioctl"] = EPERM,
        ["owner-by-socket"] = EPERM,
        ["signal-number"] = EPERM,
        ["async"] = EPERM,
        ["async-by-ioctl"] = EPERM,
        ["lease"] = EPERM,
        ["lock"] = EPERM,
        ["lock-whole-file"] = EPERM,
        ["unknown-request"] = EPERM,
        ["newer-call"] = ENOSYS,
        ["parent-death"] = EPERM,
        ["hiding"] = EPERM,
        ["adopting"] = EPERM,
        ["user"] = EPERM,
        ["shared-segment"] = EPERM,
        ["queue"] = EPERM,
        ["semaphores"] = EPERM,
        ["posix-queue"] = EPERM,
        ["memfd"] = EPERM,
        ["shared-memory"] = EPERM,
        ["payload-twice"] = EPERM,
        ["descriptors"] = 0,
    };

    // What landlock refuses; without it these are not tried, because some of them would succeed.
    private static readonly string[] ByLandlock = ["write", "overwrite", "remove", "open-parent-memory"];

    // These show without a sandbox that it is the sandbox which refuses them. Nothing is left of them.
    private static readonly string[] OpenWithout =
    [
        "socket", "signal", "parents-processors", "owner", "owner-ex", "owner-by-ioctl", "owner-by-socket", "signal-number", "async", "async-by-ioctl",
        "lock-whole-file", "user", "shared-segment", "queue", "semaphores", "memfd", "shared-memory", "payload-twice",
    ];

    private readonly Dictionary<string, int> _met = [];
    private readonly Dictionary<string, string> _levels = [];
    private string _capabilitiesBefore = string.Empty;
    private string _capabilitiesAfter = string.Empty;

    /// <summary>Who tries.</summary>
    public enum User
    {
        /// <summary>Whoever runs the tests, as root does in most containers.</summary>
        Own,

        /// <summary>One without any rights but its own.</summary>
        Another,
    }

    private static IEnumerable<TestCaseData> Combinations =>
        Sandboxes.Select(sandbox => new TestCaseData(sandbox.Level, sandbox.Landlock).SetArgDisplayNames(Name(sandbox)));

    [OneTimeSetUp]
    public async Task Try()
    {
        List<string> settings = [.. Sandboxes.Select(sandbox => Setting(sandbox, Tried(sandbox.Landlock))), Setting((SandboxLevel.Off, None), OpenWithout)];
        string[] host = [BuiltPrograms.TestHost, MisbehavingHelperProgram.ProgramPath, "contains", .. settings];
        string[] command = user == User.Another ? [.. AsAnother, .. host] : host;
        if (user == User.Another && !await CanBecomeAnotherAsync())
        {
            Assert.Ignore("Only root can become another user, and only where that one can read this folder.");
        }

        string[] lines = await RunAsync(command);
        Assert.That(lines, Has.Length.EqualTo(settings.Count + 2), () => string.Join('\n', lines));
        (_capabilitiesBefore, _capabilitiesAfter) = (lines[0], lines[^1]);
        foreach ((string line, string setting) in lines[1..^1].Zip(settings))
        {
            string[] words = line.Split(' ');
            string[] ways = setting[(setting.LastIndexOf(':') + 1)..].Split('+');
            Assert.That(words, Has.Length.EqualTo(ways.Length + 2), line);
            _levels[words[0]] = words[1];
            foreach ((string way, string met) in ways.Zip(words[2..]))
            {
                _met[$"{words[0]}:{way}"] = int.Parse(met, CultureInfo.InvariantCulture);
            }
        }
    }

    [TestCaseSource(nameof(Combinations))]
    public void There_is_no_way_out(SandboxLevel level, int landlock) => Assert.Multiple(() =>
    {
        foreach ((string way, int error) in Filtered)
        {
            Assert.That(Met(level, landlock, way), Is.EqualTo(error), way);
        }

        // What landlock refuses, the filter of the strict level may have refused before.
        foreach (string way in landlock == None ? [] : ByLandlock)
        {
            Assert.That(Met(level, landlock, way), level == SandboxLevel.Strict ? Is.EqualTo(EACCES).Or.EqualTo(EPERM) : Is.EqualTo(EACCES), way);
        }
    });

    [TestCaseSource(nameof(Combinations))]
    public void No_right_is_left_but_to_read(SandboxLevel level, int landlock) => Assert.Multiple(() =>
    {
        // Root has it, where the container does.
        const int readSearch = 2;
        ulong own = ulong.Parse(_capabilitiesBefore.Split(' ')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        int kept = level == SandboxLevel.Standard && (own & (1 << readSearch)) != 0 ? 1 : 0;
        Assert.That(Met(level, landlock, "capabilities"), Is.EqualTo(kept));
        Assert.That(Met(level, landlock, "open-init-environment"), Is.EqualTo(EACCES));

        // Only root, and only where it may, can take away for good what a program could give.
        const int setPcap = 8;
        if ((own & (1 << setPcap)) != 0)
        {
            Assert.That(Met(level, landlock, "capabilities-to-gain"), Is.EqualTo(kept));
        }
    });

    [Test]
    public void The_host_keeps_its_own_rights() => Assert.That(_capabilitiesAfter["AFTER ".Length..], Is.EqualTo(_capabilitiesBefore["BEFORE ".Length..]));

    [TestCaseSource(nameof(Combinations))]
    public void The_level_in_force_is_the_one_asked_for_or_none(SandboxLevel level, int landlock) =>
        Assert.That(_levels[Name((level, landlock))], Is.EqualTo((landlock == None ? SandboxLevel.Off : level).ToString()));

    [Test]
    public void Without_the_sandbox_the_same_ways_are_open() => Assert.Multiple(() =>
    {
        foreach (string way in OpenWithout)
        {
            Assert.That(Met(SandboxLevel.Off, None, way), Is.Zero, way);
        }
    });

    private static IEnumerable<string> Tried(int landlock) =>
        [.. Filtered.Keys, "capabilities", "capabilities-to-gain", "open-init-environment", .. landlock == None ? [] : ByLandlock];

    private static string Name((SandboxLevel Level, int Landlock) sandbox) =>
        string.Create(CultureInfo.InvariantCulture, $"{sandbox.Level}:{sandbox.Landlock}");

    private static string Setting((SandboxLevel Level, int Landlock) sandbox, IEnumerable<string> ways) => $"{Name(sandbox)}:{string.Join('+', ways)}";

    private int Met(SandboxLevel level, int landlock, string way) => _met[$"{Name((level, landlock))}:{way}"];

    private static async Task<bool> CanBecomeAnotherAsync() =>
        Environment.IsPrivilegedProcess
        && await RunAsync(["sh", "-c", $"{string.Join(' ', AsAnother)} test -x '{BuiltPrograms.TestHost}' && echo yes || true"]) is ["yes"];

    private static async Task<string[]> RunAsync(string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.That(process.ExitCode, Is.Zero, await errors);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
