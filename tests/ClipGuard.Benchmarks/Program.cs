using ClipGuard.Benchmarks;

// Every figure that is compared with another is measured beside it in the same run: machines are shared and noisy, ratios are not.
string[] all = ["roundtrip", "start", "kill", "hangs"];
string[] asked = args.Length == 0 ? all : args;
switch (asked[0])
{
    case "throughput" when asked.Length == 2:
        await ThroughputBenchmark.RunAsync(asked[1]);
        return 0;
    case "soak":
        return await SoakRun.RunAsync(asked.Length > 1 ? int.Parse(asked[1], System.Globalization.CultureInfo.InvariantCulture) : 100_000);
}

foreach (string name in asked)
{
    switch (name)
    {
        case "roundtrip":
            await RoundTripBenchmark.RunAsync();
            break;
        case "start":
            await StartBenchmark.RunAsync();
            break;
        case "kill":
            await KillBenchmark.RunAsync();
            break;
        case "hangs":
            await HangingClipsBenchmark.RunAsync();
            break;
        default:
            Console.Error.WriteLine($"There is no benchmark called {name}. There are: {string.Join(", ", all)}, throughput LIST, soak [DECODES].");
            return 2;
    }
}

return 0;
