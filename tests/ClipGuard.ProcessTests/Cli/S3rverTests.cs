using System.Diagnostics;
using System.Text;

using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

using NUnit.Framework;

namespace ClipGuard.ProcessTests.Cli;

/// <summary>
/// The command on s3rver, an object store that is not ours and looks who asks. What it does otherwise than S3 (ranges at an object's end, conditions, second
/// pages of listings) is not tried on it.
/// </summary>
[Parallelizable]
[CancelAfter(120_000)]
internal sealed class S3rverTests
{
    private const string Account = "S3RVER";

    private static readonly string Program = Repository.PathOf("artifacts", "s3rver", "node_modules", "s3rver", "bin", "s3rver.js");

    [Test]
    public async Task An_account_that_it_knows_is_answered_and_another_is_not()
    {
        if (!File.Exists(Program) || FindProgram("node") is not { } node)
        {
            Assert.Ignore("s3rver is not there: npm install --prefix artifacts/s3rver s3rver@3.7.1");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("clipguard-s3rver-").FullName;
        var start = new ProcessStartInfo(node, [Program, "-d", Path.Combine(folder, "store"), "-a", "127.0.0.1", "-p", "0", "--configure-bucket", "bucket"])
        {
            RedirectStandardOutput = true,
        };
        using Process server = Process.Start(start)!;
        try
        {
            string? line = await server.StandardOutput.ReadLineAsync();
            while (line is not null && !line.Contains("listening on", StringComparison.Ordinal))
            {
                line = await server.StandardOutput.ReadLineAsync();
            }

            string endpoint = $"http://{line!.Split(' ')[^1]}";
            await FillAsync(endpoint);
            CommandRun run = DryRun(folder, endpoint, Account);
            Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
            Assert.That(run.Output, Does.Contain("s3://bucket/data/m.jsonl (JSON Lines)"));

            CommandRun denied = DryRun(folder, endpoint, "NOBODY");
            Assert.That(denied.ExitCode, Is.EqualTo(2));
            Assert.That(denied.Error, Does.Contain("The manifest s3://bucket/data/m.jsonl cannot be read: the store answered 403 InvalidAccessKeyId."));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CommandRun DryRun(string folder, string endpoint, string account) => PublishedCommand.Run(
        new Dictionary<string, string?> { ["AWS_ACCESS_KEY_ID"] = account, ["AWS_SECRET_ACCESS_KEY"] = account },
        "dry-run", "s3://bucket/data/m.jsonl", "--s3-endpoint", endpoint, "--out", Path.Combine(folder, "out"), "--workers", "1");

    private static async Task FillAsync(string endpoint)
    {
        var config = new AmazonS3Config
        {
            ServiceURL = endpoint,
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        };
        using var client = new AmazonS3Client(new BasicAWSCredentials(Account, Account), config);
        byte[] row = Encoding.UTF8.GetBytes("""{"query":"<audio>","response":"r","audio":"clips/a b.wav"}""");
        foreach ((string key, byte[] bytes) in new[] { ("data/m.jsonl", row), ("data/clips/a b.wav", Wave.Ramp(16_000, 100)) })
        {
            // Of a body that is sent in signed pieces it keeps the signatures too.
            await client.PutObjectAsync(new PutObjectRequest
            {
                BucketName = "bucket",
                Key = key,
                InputStream = new MemoryStream(bytes),
                UseChunkEncoding = false,
            });
        }
    }

    private static string? FindProgram(string name) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
