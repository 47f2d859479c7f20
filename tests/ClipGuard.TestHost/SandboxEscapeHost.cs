using System.Globalization;
using System.Runtime.InteropServices;

using ClipGuard.Media;
using ClipGuard.Supervision;

namespace ClipGuard.TestHost;

/// <summary>
/// Has ways out of the sandbox tried, by one helper for each sandbox level, and prints for each way the error number that refused it, or a number that is not
/// above zero where it was open. The capabilities of this process stand before and after.
/// </summary>
internal static class SandboxEscapeHost
{
    /// <param name="program">The misbehaving helper.</param>
    /// <param name="sandboxes">Each as LEVEL:LANDLOCK:WAY+WAY, where LANDLOCK is the newest ABI that is used.</param>
    public static async Task RunAsync(string program, IEnumerable<string> sandboxes)
    {
        Console.WriteLine($"BEFORE {Capabilities()}");
        foreach (string sandbox in sandboxes)
        {
            string[] words = sandbox.Split(':');
            var options = new SupervisorOptions
            {
                HelperPath = program,
                HelperArguments = ["well"],
                Workers = 1,
                Spares = 0,
                PayloadBytes = 1 << 20,
                Sandbox = Enum.Parse<SandboxLevel>(words[0]),
                NewestLandlock = int.Parse(words[1], CultureInfo.InvariantCulture),
            };
            await using Supervisor supervisor = await Supervisor.StartAsync(options);
            using DecodeOutcome outcome = await supervisor.DecodeAsync(new DecodeRequest(new FileSource($"/scripts/inside:{words[2]}"), new AudioSpec()));
            string met = outcome.IsClip
                ? string.Join(' ', MemoryMarshal.Cast<byte, float>(outcome.Payload).ToArray())
                : outcome.Fault?.Message ?? outcome.Unsettled!.Message;
            Console.WriteLine($"{words[0]}:{words[1]} {supervisor.Sandbox} {met}");
        }

        Console.WriteLine($"AFTER {Capabilities()}");
    }

    // Of all threads but those that start helpers: one number where all have the same.
    private static string Capabilities() => string.Join(
        ' ',
        Directory.EnumerateDirectories("/proc/self/task")
            .Select(StatusOf)
            .Where(status => status is [var name, ..] && !name.Contains("clipguard-spawn", StringComparison.Ordinal))
            .Select(status => status.First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim())
            .Distinct());

    // Nothing of a thread that has ended since it was listed.
    private static string[] StatusOf(string task)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(task, "status"));
        }
        catch (IOException)
        {
            return [];
        }
    }
}
