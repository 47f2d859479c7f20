using ClipGuard.Media;
using ClipGuard.Supervision;
using ClipGuard.TestHost;

// A host whose end the tests watch: it starts helpers, sets some to work that never ends, and then ends as it is told.
// Arguments: the helper's program, and how to end. It prints READY once its helpers are there. With "loads" it is a training run
// instead, with "dry-runs" a dry run, and with "contains" it has helpers try to get out of their sandboxes.
string program = args[0];
string end = args[1];
if (end == "loads")
{
    await TrainingRunHost.RunAsync(program, args[2], args[3], int.Parse(args[4], System.Globalization.CultureInfo.InvariantCulture));
    return;
}

if (end == "dry-runs")
{
    await DryRunHost.RunAsync(program, args[2], args[3], args[4], args[5], int.Parse(args[6], System.Globalization.CultureInfo.InvariantCulture));
    return;
}

if (end == "contains")
{
    await SandboxEscapeHost.RunAsync(program, args[2..]);
    return;
}

var options = new SupervisorOptions
{
    HelperPath = program,
    HelperArguments = ["well"],
    Workers = 2,
    Spares = 1,
    StallLimit = TimeSpan.FromMinutes(5),
    Deadline = TimeSpan.FromMinutes(5),
};

// A thread of its own starts the supervisor and ends: helpers belong to the process, not to that thread.
Supervisor? supervisor = null;
var starter = new Thread(() => supervisor = Supervisor.StartAsync(options).GetAwaiter().GetResult());
starter.Start();
starter.Join();
Task<DecodeOutcome> stuck = supervisor!.DecodeAsync(Script("hang")).AsTask();
(await supervisor.DecodeAsync(Script("ok:1"))).Dispose();
Console.WriteLine("READY");
switch (end)
{
    case "killed":
        await stuck;
        break;
    case "returns":
        _ = Console.ReadLine();
        break;
    case "throws":
        _ = Console.ReadLine();
        new Thread(() => throw new InvalidOperationException("the host fails")).Start();
        await stuck;
        break;
    case "lives":
        _ = Console.ReadLine();
        using (DecodeOutcome outcome = await supervisor.DecodeAsync(Script("ok:1")))
        {
            Console.WriteLine(outcome.IsClip ? "STILL THERE" : outcome.Fault?.Message ?? outcome.Unsettled!.Message);
        }

        break;
    default:
        throw new ArgumentException($"There is no end called {end}.");
}

return;

static DecodeRequest Script(string name) => new(new FileSource($"/scripts/{name}"), new AudioSpec());
