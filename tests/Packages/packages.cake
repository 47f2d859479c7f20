// Packages: what dotnet pack makes of the sources, and a try of it as a new user would. README.md beside this file tells how it is used.

const string PackageFeed = "artifacts/packages";

// Packing has folders of its own: it compiles with other settings, and tests may be running from the usual ones.
const string PackArtifacts = "artifacts/pack";
string[] packedRuntimes = ["linux-x64", "linux-arm64"];
string[] packedProjects = ["ClipGuard.Media", "ClipGuard", "ClipGuard.NAudio", "ClipGuard.TorchSharp", "ClipGuard.Parquet", "ClipGuard.S3", "ClipGuard.Cli"];

// --repository=ADDRESS is written into the packages, --baseline=VERSION has each compared with that version of itself in the feed.
Task("Pack").Does(() =>
{
    string settings = $"-c Release -p:ArtifactsPath={System.IO.Path.GetFullPath(PackArtifacts)} -p:FFmpegBindings=Source -p:ContinuousIntegrationBuild=true"
        + " -p:RunAnalyzers=false --disable-build-servers"
        + (HasArgument("repository") ? $" -p:RepositoryUrl={Argument<string>("repository")}" : "");
    string baseline = HasArgument("baseline") ? $" -p:PackageValidationBaselineVersion={Argument<string>("baseline")}" : "";
    string feed = System.IO.Path.GetFullPath(PackageFeed);
    string helpers = System.IO.Path.GetFullPath($"{PackArtifacts}/helpers");
    CleanDirectory(feed);
    CleanDirectory(helpers);
    foreach (string runtime in packedRuntimes)
    {
        DotNet($"publish src/ClipGuard.Helper {settings} -r {runtime} --self-contained false -p:PublishReadyToRun=true -o {helpers}/{runtime}");
    }

    foreach (string project in packedProjects)
    {
        DotNet($"pack src/{project} {settings}{baseline} -p:HelperFolder={helpers} -o {feed}");
    }

    foreach (string runtime in packedRuntimes)
    {
        DotNet($"pack src/ClipGuard.Helper {settings} -p:RuntimeIdentifier={runtime} -p:SelfContained=true -p:PublishReadyToRun=true -o {feed}");
    }
});

// What a new user meets: a project made of the first lines of the library's README, built and published in three ways, and the tool.
Task("Packages").IsDependentOn("FFmpeg").IsDependentOn("Pack").Does(() => Run("tests/Packages/try-packages", $"{PackageFeed} datasets-sample"));
