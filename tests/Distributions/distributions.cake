// Distributions: what a newcomer meets on other releases of Debian, each with another FFmpeg. Made for whoever changes what depends on FFmpeg's version;
// no part of CI. README.md beside this file tells how it is used.

using System.Text.Json;

const string DistributionsFolder = "artifacts/distributions";
const string RunInside = "tests/Distributions/run-inside";

// A root folder for each name; where one has two FFmpegs, the newest is what is found and the other is asked for.
Distribution[] distributions =
[
    new("bookworm"),
    new("trixie"),
    new("sid"),
    new("sid", "8", ["libavformat62", "libavcodec62", "libavutil60", "libswresample6", "libswscale9"]),
];

// What decodes: all of the media tests, and those with helpers, the command and the loader.
const string DecodingTests = "FullyQualifiedName~ClipGuard.Tests.Media|FullyQualifiedName~ProcessTests.Cli|FullyQualifiedName~ProcessTests.Loading"
    + "|FullyQualifiedName~ProcessTests.Torch|FullyQualifiedName~ProcessTests.Audio|FullyQualifiedName~ProcessTests.Streams.AudioStream"
    + "|FullyQualifiedName~ProcessTests.Streams.VideoStream|FullyQualifiedName~ProcessTests.Supervision.FFmpegCheck"
    + "|FullyQualifiedName~ProcessTests.Supervision.Sandbox|FullyQualifiedName~ProcessTests.Supervision.Fuzz";

Task("Distributions").IsDependentOn("Publish").Does(() =>
{
    string[] chosen = Argument("roots", "bookworm,trixie,sid").Split(',');
    if (!Environment.IsPrivilegedProcess || Context.Tools.Resolve("unshare") is null
        || (Context.Tools.Resolve("debootstrap") is null && !Install(["debootstrap"])))
    {
        End(MachineLacksSomething, "Roots are made by root, with the programs debootstrap and unshare.");
    }

    var results = new List<DistributionResult>();
    foreach (Distribution distribution in distributions.Where(one => chosen.Contains(one.Root)))
    {
        Console.WriteLine($"== {distribution.Name}");
        var result = new DistributionResult(distribution);
        results.Add(result);
        try
        {
            Try(distribution, result, results[0]);
        }
        catch (Exception failure)
        {
            // Whatever it was: the other roots are tried all the same.
            result.Problems.Add(failure.Message);
        }

        result.Problems.ForEach(problem => Console.WriteLine($"{distribution.Name}: {problem}"));
    }

    Console.WriteLine();
    Console.WriteLine("| Root | FFmpeg | README's first command | Verdicts of the sample | The same folder everywhere | Values | Tests that decode |");
    Console.WriteLine("|---|---|---|---|---|---|---|");
    results.ForEach(result => Console.WriteLine(result.Row));
    if (results.Any(result => result.Problems.Count > 0))
    {
        Console.WriteLine();
        results.SelectMany(result => result.Problems.Select(problem => $"- {result.Distribution.Name}: {problem}")).ToList().ForEach(Console.WriteLine);
        Environment.Exit(1);
    }
});

void Try(Distribution distribution, DistributionResult result, DistributionResult reference)
{
    string root = System.IO.Path.GetFullPath($"{DistributionsFolder}/{distribution.Root}");
    string clone = $"{root}/clipguard";
    Environment.SetEnvironmentVariable("CLIPGUARD_FFMPEG", distribution.Major);
    if (distribution.Major is null)
    {
        if (!HasArgument("keep-roots") || !System.IO.Directory.Exists(clone))
        {
            MakeRoot(distribution.Root, root);
        }

        Inside(root, "true", "first-look");
        result.FirstCommand = Inside(root, "dotnet tool restore && dotnet cake --target=DryRun", "first-command") is 0 ? "works" : "fails";
    }
    else
    {
        // The root is the one that was tried before, with its newer FFmpeg. This one is installed beside it.
        result.FirstCommand = Inside(root, $"apt-get install -y --no-install-recommends {string.Join(' ', distribution.Packages)}", "install") is 0 ? "as above" : "fails";
        Inside(root, $"artifacts/clipguard/clipguard dry-run datasets-sample/manifest.jsonl --config configs/dry-run.json --out {DryRunOutput} --fresh", "dry-run");
    }

    if (result.FirstCommand == "fails")
    {
        result.Problems.Add("README's first command, or what it needs, failed.");
    }

    result.Version = FFmpegOf($"{clone}/{DryRunOutput}");
    result.Verdicts = Verdicts($"{clone}/{DryRunOutput}", result);

    Inside(root, "rm -rf /values; mkdir /values; /published/clipguard dry-run datasets-sample/manifest.jsonl --config configs/dry-run.json --out /values/run --fresh", "published");
    result.PublishedVerdicts = Verdicts($"{root}/values/run", result);
    Inside(root, string.Join("; ", GoodClips().Select((clip, i) => $"/published/clipguard decode datasets-sample/{clip} --out /values/{i}.npy --as {KindOf(clip)}")), "values");
    string kept = $"{DistributionsFolder}/values-{distribution.Name.Replace(' ', '-')}";
    CleanDirectory(kept);
    CopyFiles($"{root}/values/*.npy", kept);
    result.Values = Compare(kept, $"{DistributionsFolder}/values-{reference.Distribution.Name.Replace(' ', '-')}", result);

    Inside(root, $"dotnet cake --target=Test --filter='{Argument("tests", DecodingTests)}'", "tests");
    if (!System.IO.Directory.Exists($"{clone}/{TestResults}"))
    {
        result.Problems.Add($"the tests did not begin ({DistributionsFolder}/{distribution.Root}-tests.log).");
        return;
    }

    TestRun tests = TestRun.Read($"{clone}/{TestResults}", exitCode: 0);
    result.Tests = tests.Counts;
    foreach (string failed in tests.FailedNames)
    {
        result.Problems.Add($"failed: {failed}");
    }

    if (tests.Passed == 0)
    {
        result.Problems.Add("no test ran.");
    }
}

// A fresh root with a fresh clone. What debootstrap made is kept and copied, so that a second run takes seconds; --new-roots makes it anew.
void MakeRoot(string suite, string root)
{
    string made = $"{DistributionsFolder}/made-{suite}";
    if (HasArgument("new-roots") || !System.IO.File.Exists($"{made}/made"))
    {
        CleanDirectory(made);
        Shell($"debootstrap --variant=minbase --include=ca-certificates,git {suite} {made} {Mirror()} > {DistributionsFolder}/debootstrap-{suite}.log 2>&1 && touch {made}/made");
    }

    Shell($"rm -rf '{root}' && cp -a --reflink=auto '{made}' '{root}'");
    Shell($"cp /etc/resolv.conf /etc/hosts '{root}/etc'; cp /usr/local/share/ca-certificates/*.crt '{root}/usr/local/share/ca-certificates/' 2> /dev/null; true");
    Shell($"mkdir -p '{root}/home/newcomer/.nuget' && cp -r \"$HOME/.nuget/NuGet\" '{root}/home/newcomer/.nuget/' 2> /dev/null; true");
    Shell($"apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries)' > '{root}/etc/apt/apt.conf.d/90machine'; true");
    Shell($"git clone --quiet --no-hardlinks . '{root}/clipguard'");
    if (Inside(root, "update-ca-certificates > /dev/null 2>&1; apt-get update && apt-get install -y --no-install-recommends libssl3 libstdc++6", "prepare") != 0)
    {
        throw new InvalidOperationException($"the root could not be prepared ({DistributionsFolder}/{suite}-prepare.log).");
    }
}

// Where this machine's apt gets Debian from.
string Mirror()
{
    StartProcess("apt-get", new ProcessSettings { Arguments = "indextargets --format $(REPO_URI) \"Created-By: Packages\" \"Label: Debian\"", RedirectStandardOutput = true }, out IEnumerable<string> lines);
    return lines.FirstOrDefault(line => line.Length > 0)
        ?? throw new InvalidOperationException("This machine's apt has no source of Debian (apt-get indextargets), where roots would come from.");
}

void Shell(string command)
{
    if (StartProcess("sh", new ProcessSettings().WithArguments(arguments => arguments.Append("-c").AppendQuoted(command.Replace("\"", "\\\"")))) != 0)
    {
        throw new InvalidOperationException($"{command} failed.");
    }
}

int Inside(string root, string command, string step)
{
    string log = $"{DistributionsFolder}/{System.IO.Path.GetFileName(root)}{(EnvironmentVariable("CLIPGUARD_FFMPEG") is { Length: > 0 } major ? $"-{major}" : "")}-{step}.log";
    string sdk = System.IO.Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory() + "../../..");
    string packages = EnvironmentVariable("NUGET_PACKAGES") ?? $"{EnvironmentVariable("HOME")}/.nuget/packages";
    string published = System.IO.Path.GetFullPath(System.IO.Path.GetDirectoryName(PublishedCommand));
    using var run = new System.Diagnostics.Process();
    run.StartInfo = new System.Diagnostics.ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" > \"$LOG\" 2>&1 < /dev/null", RunInside, root, sdk, packages, published, command]);
    run.StartInfo.Environment["LOG"] = log;
    run.Start();
    run.WaitForExit();
    return run.ExitCode;
}

string FFmpegOf(string output)
{
    using JsonDocument summary = JsonDocument.Parse(System.IO.File.ReadAllBytes($"{output}/summary.json"));
    return summary.RootElement.GetProperty("versions").GetProperty("decoder").GetString().Replace("FFmpeg ", "");
}

// The table of the sample's README, and what a run says otherwise.
string Verdicts(string output, DistributionResult result)
{
    var expected = SampleTable().Where(row => row.Verdict != "ok").Select(row => $"{row.File} {row.Verdict}").ToArray();
    var told = System.IO.File.ReadLines($"{output}/faults.jsonl").Select(line =>
    {
        using JsonDocument fault = JsonDocument.Parse(line);
        string clip = fault.RootElement.TryGetProperty("clip", out JsonElement named) ? named.GetString() : "a line";
        return $"{clip} {fault.RootElement.GetProperty("fault").GetString()}";
    }).ToArray();
    foreach (string wrong in told.Except(expected).Select(one => $"verdict {one}").Concat(expected.Except(told).Select(one => $"no verdict {one}")))
    {
        result.Problems.Add(wrong);
    }

    int all = SampleTable().Count();
    return $"{all - expected.Except(told).Count() - told.Except(expected).Count()} of {all}";
}

IEnumerable<(string File, string Verdict)> SampleTable() => System.IO.File.ReadLines("datasets-sample/README.md")
    .Select(line => Regex.Match(line, @"^\| `([^`]+)` \|.*\| (\w+) \|$"))
    .Where(row => row.Success)
    .Select(row => (row.Groups[1].Value, row.Groups[2].Value));

string[] GoodClips() => [.. SampleTable().Where(row => row.Verdict == "ok" && !row.File.StartsWith("data:")).Select(row => row.File)];

string KindOf(string clip) => System.IO.Path.GetExtension(clip) switch
{
    ".wav" or ".mp3" or ".flac" or ".opus" or ".m4a" => "audio",
    ".mp4" or ".webm" => "video",
    _ => "image",
};

string Compare(string folder, string reference, DistributionResult result)
{
    int equal = 0;
    double furthest = 0;
    string[] clips = GoodClips();
    for (int i = 0; i < clips.Length; i++)
    {
        byte[][] both = [.. new[] { folder, reference }.Select(place => $"{place}/{i}.npy").Select(file => System.IO.File.Exists(file) ? System.IO.File.ReadAllBytes(file) : [])];
        const double AudioRounding = 1e-6;
        double difference = Difference(both[0], both[1]);
        equal += difference == 0 ? 1 : 0;
        furthest = Math.Max(furthest, difference);
        if (difference > AudioRounding)
        {
            result.Problems.Add($"{clips[i]} is decoded otherwise (by {difference:0.######}).");
        }
    }

    return folder == reference ? "the reference" : $"{equal} of {clips.Length} bit for bit{(furthest > 0 ? $", the others at most {furthest:0.0e+0} apart" : "")}";
}

// The largest difference of two NumPy files of the same shape and type; infinite where these differ.
double Difference(byte[] one, byte[] other)
{
    if (one.AsSpan().SequenceEqual(other))
    {
        return one.Length == 0 ? double.PositiveInfinity : 0;
    }

    int start = one.Length < 10 ? 0 : 10 + BitConverter.ToUInt16(one, 8);
    if (one.Length != other.Length || !one.AsSpan(0, start).SequenceEqual(other.AsSpan(0, start)))
    {
        return double.PositiveInfinity;
    }

    bool isFloat = System.Text.Encoding.ASCII.GetString(one, 0, start).Contains("<f4");
    ReadOnlySpan<byte> a = one.AsSpan(start), b = other.AsSpan(start);
    double furthest = 0;
    for (int i = 0; i < a.Length; i += isFloat ? sizeof(float) : 1)
    {
        furthest = Math.Max(furthest, isFloat ? Math.Abs((double)BitConverter.ToSingle(a[i..]) - BitConverter.ToSingle(b[i..])) : Math.Abs(a[i] - b[i]));
    }

    return furthest;
}

sealed record Distribution(string Root, string Major = null, string[] Packages = null)
{
    public string Name => Major is null ? Root : $"{Root} with {Major}";
}

sealed class DistributionResult(Distribution distribution)
{
    public Distribution Distribution { get; } = distribution;
    public List<string> Problems { get; } = [];
    public string Version { get; set; } = "?";
    public string FirstCommand { get; set; } = "not tried";
    public string Verdicts { get; set; } = "none";
    public string PublishedVerdicts { get; set; } = "none";
    public string Values { get; set; } = "none";
    public string Tests { get; set; } = "none";
    public string Row => $"| {Distribution.Name} | {Version} | {FirstCommand} | {Verdicts} | {PublishedVerdicts} | {Values} | {Tests} |";
}
