// Targets: Restore Build Test Sweep DryRun Publish Format Clean Soak Fuzz Bench Distributions Slurm Pack Packages Browser.
// dotnet tool restore && dotnet cake --target=NAME
// Exit code 3: the machine lacks something that could not be installed; the message names the command that does it.

#load "tests/Distributions/distributions.cake"
#load "tests/Packages/packages.cake"

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

const int MachineLacksSomething = 3;
const string Solution = "Pipeline.sln";
const string PublishedCommand = "artifacts/clipguard/clipguard";
const string DryRunOutput = "artifacts/dry-run-sample";
const string Benchmarks = "artifacts/bin/ClipGuard.Benchmarks/release/ClipGuard.Benchmarks";
const string S3rver = "artifacts/s3rver";
const string TestResults = "artifacts/test-results";

// The libraries of FFmpeg 9 to 5.1 by the names of Debian's and Ubuntu's packages, the newest first: libavformat59 holds libavformat.so.59.
string[][] ffmpegReleases =
[
    ["libavformat63", "libavcodec63", "libavutil61", "libswresample7", "libswscale10"],
    ["libavformat62", "libavcodec62", "libavutil60", "libswresample6", "libswscale9"],
    ["libavformat61", "libavcodec61", "libavutil59", "libswresample5", "libswscale8"],
    ["libavformat60", "libavcodec60", "libavutil58", "libswresample4", "libswscale7"],
    ["libavformat59", "libavcodec59", "libavutil57", "libswresample4", "libswscale6"],
];

// Package managers beside apt, and what installs FFmpeg's libraries under a name that does not change with its version.
(string Program, string Arguments)[] otherPackageManagers =
[
    ("dnf", "install -y ffmpeg-free"),
    ("pacman", "-S --noconfirm ffmpeg"),
    ("apk", "add ffmpeg-libs"),
    ("zypper", "--non-interactive install ffmpeg"),
];

// For the tests alone: peers to compare with, and a compiler and headers to check structure layouts against.
string[] testPackages = ["ffmpeg", "gcc", "libc6-dev", "libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswresample-dev", "libswscale-dev"];

// Debian's Python with what its tests decode with. Those that lack something skip themselves by name.
string[] pythonPackages = ["python3", "python3-numpy", "python3-av", "python3-soundfile", "python3-pil", "python3-opencv", "python3-audioread", "python3-torch"];

TestRun testRun = null;

// Programs that were built find the runtime that runs this script, wherever the SDK lies.
Environment.SetEnvironmentVariable("DOTNET_ROOT", System.IO.Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory() + "../../.."));

Task("Restore").Does(() => DotNet($"restore {Solution} --disable-build-servers"));

Task("Build").Does(() => DotNet($"build {Solution} -c Release --disable-build-servers"));

Task("Publish").Does(() =>
{
    string folder = System.IO.Path.GetDirectoryName(PublishedCommand);
    CleanDirectory(folder);
    DotNet($"publish src/ClipGuard.Cli -c Release -o {folder} -p:FFmpegBindings=Source --disable-build-servers");
});

Task("FFmpeg").Does(() =>
{
    // Whoever names an FFmpeg has one.
    if (ffmpegReleases.Any(CanBeLoaded) || EnvironmentVariable("CLIPGUARD_FFMPEG") is { Length: > 0 })
    {
        return;
    }

    string command = Context.Tools.Resolve("apt-get") is not null ? InstallByApt() : InstallByOther();
    if (!ffmpegReleases.Any(CanBeLoaded))
    {
        End(MachineLacksSomething, $"FFmpeg's shared libraries are missing. {command}");
    }
});

Task("TestTools").Does(() =>
{
    if (Quietly("dpkg", $"-s {string.Join(' ', testPackages)}") != 0 && !Install(testPackages))
    {
        Console.WriteLine($"Tests that need these skip themselves where one is missing: {string.Join(' ', testPackages)}");
    }

    if (Quietly("dpkg", $"-s {string.Join(' ', pythonPackages)}") != 0 && !Install(pythonPackages))
    {
        Console.WriteLine($"Tests of the Python package that need these skip themselves where one is missing: {string.Join(' ', pythonPackages)}");
    }

    // An object store that is not ours, to try ClipGuard.S3 on; its test skips itself without.
    if (Context.Tools.Resolve("npm") is not null && !DirectoryExists($"{S3rver}/node_modules/s3rver"))
    {
        Quietly("npm", $"install --prefix {S3rver} --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000 s3rver@3.7.1");
    }
});

Task("DryRun").IsDependentOn("FFmpeg").IsDependentOn("Publish").Does(() =>
{
    const int NoFault = 0, FaultsFound = 1;
    int exitCode = StartProcess(PublishedCommand, $"dry-run datasets-sample/manifest.jsonl --config configs/dry-run.json --out {DryRunOutput} --fresh");
    if (exitCode is not (NoFault or FaultsFound))
    {
        End(exitCode, $"The dry run ended with exit code {exitCode}.");
    }

    Console.WriteLine($"The output lies in {DryRunOutput}: faults.jsonl, clean.jsonl, excluded.jsonl, summary.json.");
});

// --filter=EXPRESSION takes some of the tests.
Task("Test").IsDependentOn("FFmpeg").IsDependentOn("TestTools").IsDependentOn("Publish").IsDependentOn("Build").Does(() =>
{
    CleanDirectory(TestResults);
    string filter = HasArgument("filter") ? $"--filter \"{Argument<string>("filter")}\" " : "";
    int exitCode = StartProcess("dotnet", $"test {Solution} -c Release --no-build {filter}--logger trx --results-directory {TestResults} --blame-hang-timeout 10m --blame-hang-dump-type none");
    testRun = TestRun.Read(TestResults, exitCode);
    foreach (string skipped in testRun.Skipped)
    {
        Console.WriteLine($"Skipped: {skipped}");
    }
});

// Every pair of container and codec that the ffmpeg program can write here: what a jump leads to is bit for bit what decoding from the start gives.
Task("Sweep").IsDependentOn("FFmpeg").IsDependentOn("TestTools").IsDependentOn("Build").Does(() =>
{
    Environment.SetEnvironmentVariable("CLIPGUARD_SWEEP", "1");
    DotNet("test tests/ClipGuard.Tests -c Release --no-build --filter FullyQualifiedName~ExactSeekTests");
});

// Decodes at full speed, one in a hundred misbehaving: every verdict right, nothing left over.
Task("Soak").IsDependentOn("Build").Does(() => Run(Benchmarks, $"soak {Argument("decodes", 100_000)}"));

// Damaged copies of the sample's and of made files; an exception in a decoder fails it. --cases=N, --seed=N.
Task("Fuzz").IsDependentOn("FFmpeg").IsDependentOn("TestTools").IsDependentOn("Build").Does(() =>
    Run(Benchmarks, $"fuzz datasets-sample {Argument("cases", 100_000)}{(HasArgument("seed") ? $" {Argument<int>("seed")}" : "")}"));

// The figures. Clips for them are made with the ffmpeg program; --peers=FOLDER has what the loader is measured against, --python=PROGRAM the Python that
// has torch and av (tests/ClipGuard.Benchmarks/README.md).
Task("Bench").IsDependentOn("FFmpeg").IsDependentOn("TestTools").IsDependentOn("Publish").IsDependentOn("Build").Does(() =>
{
    foreach (string option in new[] { "peers", "python" }.Where(option => HasArgument(option)))
    {
        Environment.SetEnvironmentVariable($"CLIPGUARD_BENCH_{option.ToUpperInvariant()}", Argument<string>(option));
    }

    if (HasArgument("short"))
    {
        Environment.SetEnvironmentVariable("CLIPGUARD_BENCH_SHORT", "1");
    }

    string all = "roundtrip start kill hangs throughput decode "
        + "loader-audio loader-short loader-pictures loader-video loader-far loader-rows loader-growth compare";
    Run(Benchmarks, Argument("figures", all));
});

// configs/dry-run.sbatch on a Slurm of one node: 4 tasks, one killed and put back, merged, compared with a single run. As root, on Debian.
Task("Slurm").IsDependentOn("FFmpeg").IsDependentOn("Publish").Does(() =>
{
    if (Context.Tools.Resolve("slurmctld") is null && !Install(["slurm-wlm", "munge"]))
    {
        End(MachineLacksSomething, "Slurm is missing: apt-get install slurm-wlm munge");
    }

    Run("tests/Slurm/one-node.sh", $"{System.IO.Path.GetDirectoryName(PublishedCommand)} datasets-sample/manifest.jsonl artifacts/slurm");
});

// The report in Chromium: sorted, searched, opened by the keyboard, photographed. Apart from the other tests, since Playwright's package is 214 MB.
Task("Browser").IsDependentOn("FFmpeg").IsDependentOn("Publish").Does(() =>
{
    if (Context.Tools.Resolve("chromium") is null && Context.Tools.Resolve("google-chrome") is null)
    {
        Install(["chromium"]);
    }

    DotNet("test tests/ClipGuard.BrowserTests -c Release --disable-build-servers");
});

Task("Format").Does(() => DotNet($"format {Solution} {(HasArgument("fix") ? "" : "--verify-no-changes")}"));

Task("Clean").Does(() => CleanDirectory("artifacts"));

RunTarget(Argument("target", "Build"));

// After Cake's own report, so that the count is the last line of all.
if (testRun is not null)
{
    Console.WriteLine(testRun.Counts);
    if (!testRun.Succeeded)
    {
        Environment.Exit(1);
    }
}

// Cake would end with 1 whatever a task threw.
void End(int exitCode, string message)
{
    Console.Error.WriteLine(message);
    Environment.Exit(exitCode);
}

void DotNet(string arguments) => Run("dotnet", arguments);

void Run(string program, string arguments)
{
    int exitCode = StartProcess(program, arguments);
    if (exitCode != 0)
    {
        End(exitCode, $"{program} {arguments} ended with exit code {exitCode}.");
    }
}

int Quietly(string program, string arguments) =>
    Context.Tools.Resolve(program) is null ? -1 : StartProcess(program, new ProcessSettings { Arguments = arguments, Silent = true, RedirectStandardOutput = true, RedirectStandardError = true });

bool CanBeLoaded(string[] libraries) =>
    libraries.All(library => NativeLibrary.TryLoad(Regex.Replace(library, @"(\d+)$", ".so.$1"), out _));

// What it did, or what somebody else has to do, in a sentence.
string InstallByApt()
{
    string[] offered = AptOffers();
    if (offered is null)
    {
        Apt("update");
        offered = AptOffers();
    }

    if (offered is null)
    {
        return "No apt source of this machine offers those of FFmpeg 5.1 to 9. Where one was added since: sudo apt-get update";
    }

    Install(offered);
    return $"Install them with: sudo apt-get update && sudo apt-get install -y --no-install-recommends {string.Join(' ', offered)}";
}

string InstallByOther()
{
    (string program, string arguments) = otherPackageManagers.FirstOrDefault(manager => Context.Tools.Resolve(manager.Program) is not null);
    if (program is null)
    {
        return "Install FFmpeg 5.1 to 9 with libavformat, libavcodec, libavutil, libswresample and libswscale by this system's package manager.";
    }

    if (Environment.IsPrivilegedProcess)
    {
        StartProcess(program, arguments);
    }

    return $"Install them with: sudo {program} {arguments}";
}

// What apt can really install. "apt-cache show" says yes to names that other packages merely mention.
string[] AptOffers() =>
    ffmpegReleases.FirstOrDefault(release => Quietly("apt-get", $"install --simulate --no-install-recommends {string.Join(' ', release)}") == 0);

// A second time after an update, for lists of packages that are old or not there yet.
bool Install(string[] packages)
{
    string install = $"install {string.Join(' ', packages)}";
    return Apt(install) == 0 || (Apt("update") >= 0 && Apt(install) == 0);
}

// Runs apt-get where this user may: as root, or through sudo that asks for no password.
int Apt(string arguments)
{
    string apt = $"env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=300 {arguments}";
    return Context.Tools.Resolve("apt-get") is null ? -1
        : Environment.IsPrivilegedProcess ? StartProcess("env", apt["env ".Length..])
        : Quietly("sudo", "-n true") == 0 ? StartProcess("sudo", "-n " + apt)
        : -1;
}

sealed record TestRun(int Passed, int Failed, string[] Skipped, string[] FailedNames, bool Succeeded)
{
    public string Counts => $"{Passed} passed, {Failed} failed, {Skipped.Length} skipped";

    public static TestRun Read(string folder, int exitCode)
    {
        XNamespace trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        XDocument[] files = [.. System.IO.Directory.EnumerateFiles(folder, "*.trx").Select(file => XDocument.Load(file))];
        var classes = files.Descendants(trx + "UnitTest")
            .ToDictionary(test => test.Attribute("id").Value, test => test.Element(trx + "TestMethod").Attribute("className").Value);
        var results = files.Descendants(trx + "UnitTestResult").ToLookup(result => result.Attribute("outcome")?.Value);

        string Name(XElement result) => $"{classes[result.Attribute("testId").Value]}.{result.Attribute("testName").Value}";
        string[] skipped = [.. results["NotExecuted"].Select(result => $"{Name(result)}: {result.Descendants(trx + "Message").FirstOrDefault()?.Value.Trim()}")];
        string[] failedNames = [.. results.Where(outcome => outcome.Key is not ("Passed" or "NotExecuted")).SelectMany(outcome => outcome).Select(Name)];
        int passed = results["Passed"].Count();
        int brokenTearDowns = files.Descendants(trx + "RunInfo").Count(problem => problem.Value.Contains("TearDown failed for"));
        int failed = results.Sum(outcome => outcome.Count()) - passed - skipped.Length + brokenTearDowns;
        return new TestRun(passed, failed, skipped, failedNames, exitCode == 0 && failed == 0 && passed > 0);
    }
}
