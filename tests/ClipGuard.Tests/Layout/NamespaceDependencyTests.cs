using System.Reflection;

using ClipGuard.Cli.Running;
using ClipGuard.Columnar;
using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>
/// Which of ClipGuard's namespaces may use which others, read from the compiled types. Every namespace may use those above it; whatever else it uses has to
/// be in the table. (Constants leave no trace in compiled code and are not seen.)
/// </summary>
[CancelAfter(60_000)]
internal sealed class NamespaceDependencyTests
{
    /// <summary>What each namespace may use besides those above it. Each entry has to be needed.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ClipGuard.Cli"] =
        [
            "ClipGuard.Cli.Benching", "ClipGuard.Cli.Comparing", "ClipGuard.Cli.Decoding", "ClipGuard.Cli.DryRuns", "ClipGuard.Cli.Inspecting",
            "ClipGuard.Cli.Reports", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Serving", "ClipGuard.Cli.Settings",
            "ClipGuard.Cli.Snapshots",
            "ClipGuard.Cli.Verbs", "ClipGuard.Manifests", "ClipGuard.Media.Libav", "ClipGuard.Runs", "ClipGuard.Streams", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Benching"] =
        [
            "ClipGuard.Cli.Logging", "ClipGuard.Cli.Reports", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings", "ClipGuard.Cli.Verbs",
            "ClipGuard.Fetching", "ClipGuard.Loading", "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Runs", "ClipGuard.Supervision",
            "ClipGuard.Verdicts",
        ],
        ["ClipGuard.Cli.Comparing"] =
        [
            "ClipGuard.Cli.Logging", "ClipGuard.Cli.Reports", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings",
            "ClipGuard.Cli.Verbs", "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Media.Streams", "ClipGuard.Streams", "ClipGuard.Streams.Comparing",
            "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Decoding"] =
        [
            "ClipGuard.Cli.Logging", "ClipGuard.Cli.Parity", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings",
            "ClipGuard.Cli.Verbs", "ClipGuard.Export", "ClipGuard.Media", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.DryRuns"] =
        [
            "ClipGuard.Cli.Logging", "ClipGuard.Cli.Reports", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings",
            "ClipGuard.Cli.Verbs", "ClipGuard.DryRuns", "ClipGuard.DryRuns.Merging", "ClipGuard.Launchers", "ClipGuard.Manifests",
            "ClipGuard.Manifests.Sharding", "ClipGuard.Media",
            "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Inspecting"] =
        [
            "ClipGuard.Cli.Decoding", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings", "ClipGuard.Cli.Verbs", "ClipGuard.Media", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Logging"] = ["ClipGuard.Cli.Running", "ClipGuard.Cli.Settings", "ClipGuard.DryRuns", "ClipGuard.Media", "ClipGuard.Runs"],
        ["ClipGuard.Cli.Parity"] =
        [
            "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Media", "ClipGuard.Streams", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Reports"] =
        [
            "ClipGuard.Cli.Logging", "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings", "ClipGuard.Cli.Verbs", "ClipGuard.DryRuns",
            "ClipGuard.DryRuns.SecondOpinions", "ClipGuard.Export", "ClipGuard.Media", "ClipGuard.Runs", "ClipGuard.Streams.Comparing", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Running"] = ["ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Supervision"],
        ["ClipGuard.Cli.Screens"] =
        [
            "ClipGuard.DryRuns", "ClipGuard.DryRuns.SecondOpinions", "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Runs", "ClipGuard.Streams",
            "ClipGuard.Streams.Comparing", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Cli.Settings"] =
        [
            "ClipGuard.Cli.Running", "ClipGuard.DryRuns", "ClipGuard.Fetching", "ClipGuard.Manifests", "ClipGuard.Manifests.Sharding", "ClipGuard.Media",
            "ClipGuard.Media.Libav", "ClipGuard.ObjectStorage", "ClipGuard.Runs", "ClipGuard.Streams", "ClipGuard.Supervision", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.Cli.Serving"] =
        [
            "ClipGuard.Cli.Benching", "ClipGuard.Cli.Logging", "ClipGuard.Cli.Running", "ClipGuard.Cli.Settings", "ClipGuard.Cli.Verbs",
            "ClipGuard.Loading", "ClipGuard.Manifests", "ClipGuard.Manifests.Sharding", "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Media.Wire",
            "ClipGuard.Runs", "ClipGuard.Supervision", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.Cli.Snapshots"] =
        [
            "ClipGuard.Cli.Running", "ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings", "ClipGuard.Cli.Verbs", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.Cli.Verbs"] = ["ClipGuard.Cli.Screens", "ClipGuard.Cli.Settings"],
        ["ClipGuard.Columnar"] = ["ClipGuard.Manifests", "ClipGuard.Manifests.Sharding", "ClipGuard.Media"],
        ["ClipGuard.DryRuns"] =
        [
            "ClipGuard.DryRuns.SecondOpinions", "ClipGuard.Fetching", "ClipGuard.Manifests", "ClipGuard.Manifests.Sharding", "ClipGuard.Media",
            "ClipGuard.Media.Native", "ClipGuard.Runs", "ClipGuard.Supervision", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.DryRuns.Merging"] =
        [
            "ClipGuard.DryRuns.SecondOpinions", "ClipGuard.Manifests", "ClipGuard.Manifests.Sharding", "ClipGuard.Media.Native", "ClipGuard.Runs",
            "ClipGuard.Supervision", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.DryRuns.SecondOpinions"] =
        [
            "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Media.Wire", "ClipGuard.Runs", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Export"] = ["ClipGuard.Media"],
        ["ClipGuard.Fetching"] = ["ClipGuard.Media"],
        ["ClipGuard.Loading"] =
        [
            "ClipGuard.DryRuns", "ClipGuard.Launchers", "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Randomness", "ClipGuard.Runs",
            "ClipGuard.Supervision", "ClipGuard.Verdicts",
        ],
        ["ClipGuard.Manifests"] =
        [
            "ClipGuard.Fetching", "ClipGuard.Manifests.Sharding", "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Randomness",
        ],
        ["ClipGuard.Manifests.Sharding"] = ["ClipGuard.Fetching", "ClipGuard.Launchers", "ClipGuard.Media.Native"],
        ["ClipGuard.Media"] = ["ClipGuard.Media.Wire"],
        ["ClipGuard.Media.Libav"] =
        [
            "ClipGuard.Media.Libav.Audio", "ClipGuard.Media.Libav.Inspection", "ClipGuard.Media.Libav.Pictures", "ClipGuard.Media.Libav.Video",
        ],
        ["ClipGuard.Media.Libav.Audio"] =
        [
            "ClipGuard.Media.Libav.Bytes", "ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Tracks", "ClipGuard.Media.Selections",
        ],
        ["ClipGuard.Media.Libav.Bytes"] = ["ClipGuard.Media.Native"],
        ["ClipGuard.Media.Libav.Containers"] =
        [
            "ClipGuard.Media.Libav.Bytes", "ClipGuard.Media.Libav.Containers.Claims", "ClipGuard.Media.Libav.Distrust", "ClipGuard.Media.Libav.Formats",
        ],
        ["ClipGuard.Media.Libav.Containers.Claims"] = ["ClipGuard.Media.Libav.Bytes"],
        ["ClipGuard.Media.Libav.Distrust"] = ["ClipGuard.Media.Libav.Bytes", "ClipGuard.Media.Libav.Formats"],
        ["ClipGuard.Media.Libav.Formats"] = ["ClipGuard.Media.Libav.Bytes"],
        ["ClipGuard.Media.Libav.Inspection"] =
        [
            "ClipGuard.Media.Libav.Audio", "ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Formats", "ClipGuard.Media.Libav.Pictures",
            "ClipGuard.Media.Libav.Tracks", "ClipGuard.Media.Libav.Video",
        ],
        ["ClipGuard.Media.Libav.Pictures"] = ["ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Formats", "ClipGuard.Media.Libav.Tracks"],
        ["ClipGuard.Media.Libav.SelfCheck"] = ["ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Tracks"],
        ["ClipGuard.Media.Libav.Streams"] =
        [
            "ClipGuard.Media.Libav.Audio", "ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Formats", "ClipGuard.Media.Libav.Pictures",
            "ClipGuard.Media.Libav.Tracks", "ClipGuard.Media.Native", "ClipGuard.Media.Streams", "ClipGuard.Media.Wire",
        ],
        ["ClipGuard.Media.Libav.Tracks"] = ["ClipGuard.Media.Libav.Bytes", "ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Formats"],
        ["ClipGuard.Media.Libav.Video"] =
        [
            "ClipGuard.Media.Libav.Containers", "ClipGuard.Media.Libav.Formats", "ClipGuard.Media.Libav.Pictures", "ClipGuard.Media.Libav.Tracks",
            "ClipGuard.Media.Selections",
        ],
        ["ClipGuard.Media.Wire"] = ["ClipGuard.Media.Native", "ClipGuard.Media.Streams"],
        ["ClipGuard.Runs"] = ["ClipGuard.Supervision"],
        ["ClipGuard.Streams"] =
        [
            "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Media.Streams", "ClipGuard.Streams.Sessions", "ClipGuard.Supervision",
            "ClipGuard.Supervision.Processes",
        ],
        ["ClipGuard.Streams.Comparing"] =
        [
            "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Media.Streams", "ClipGuard.Runs", "ClipGuard.Supervision",
        ],
        ["ClipGuard.Streams.Sessions"] =
        [
            "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Media.Streams", "ClipGuard.Media.Wire", "ClipGuard.Supervision",
            "ClipGuard.Supervision.Accounting", "ClipGuard.Supervision.Processes",
        ],
        ["ClipGuard.Supervision"] =
        [
            "ClipGuard.Fetching", "ClipGuard.Media", "ClipGuard.Media.Libav", "ClipGuard.Media.Libav.SelfCheck", "ClipGuard.Media.Native",
            "ClipGuard.Media.Wire",
            "ClipGuard.Supervision.Fetching", "ClipGuard.Supervision.Helpers", "ClipGuard.Supervision.Helpers.Pooling", "ClipGuard.Supervision.Processes",
            "ClipGuard.Supervision.ReadingAhead",
        ],
        ["ClipGuard.Supervision.Accounting"] = ["ClipGuard.Media.Native"],
        ["ClipGuard.Supervision.Fetching"] = ["ClipGuard.Fetching", "ClipGuard.Media"],
        ["ClipGuard.Supervision.Helpers"] =
        [
            "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Media.Wire", "ClipGuard.Supervision.Accounting", "ClipGuard.Supervision.Helpers.Pooling",
            "ClipGuard.Supervision.Processes",
        ],
        ["ClipGuard.Supervision.Helpers.Pooling"] =
        [
            "ClipGuard.Media", "ClipGuard.Media.Wire", "ClipGuard.Supervision.Accounting", "ClipGuard.Supervision.Processes",
        ],
        ["ClipGuard.Supervision.Processes"] =
        [
            "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Media.Wire", "ClipGuard.Supervision.Accounting",
        ],
        ["ClipGuard.Supervision.ReadingAhead"] = ["ClipGuard.Fetching", "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Supervision.Fetching"],
        ["ClipGuard.Verdicts"] =
        [
            "ClipGuard.Fetching", "ClipGuard.Manifests", "ClipGuard.Media", "ClipGuard.Media.Native", "ClipGuard.Runs", "ClipGuard.Supervision",
        ],
    };

    private static readonly Assembly[] Assemblies =
        [typeof(ClipSource).Assembly, typeof(IManifest).Assembly, typeof(ExitCode).Assembly, typeof(ParquetFormat).Assembly];

    [Test]
    public void Namespaces_use_what_the_table_allows_and_need_what_it_has()
    {
        Dictionary<string, string[]> used = Used().GroupBy(static use => use.From).ToDictionary(
            static group => group.Key, static group => group.Select(static use => use.To).Distinct().Order(StringComparer.Ordinal).ToArray());
        string[] forbidden =
        [
            .. from use in Used()
               where !Allowed.GetValueOrDefault(use.From, []).Contains(use.To)
               group use.Type by (use.From, use.To) into types
               orderby types.Key
               select $"{types.Key.From} uses {types.Key.To} ({string.Join(", ", types.Distinct().Order().Take(3))})",
        ];
        string[] unneeded =
        [
            .. from entry in Allowed
               from to in entry.Value
               where !used.GetValueOrDefault(entry.Key, []).Contains(to)
               select $"{entry.Key} may use {to}, and does not",
        ];

        Assert.That(forbidden.Concat(unneeded), Is.Empty, "Move the type that causes it, or change the table in this file.");
    }

    /// <summary>A namespace and those below it may use each other, where the table says so. There is no other circle, and none between whole trees.</summary>
    [Test]
    public void The_table_has_no_circle()
    {
        ILookup<string, string> edges = Allowed.SelectMany(static entry => entry.Value.Select(to => (From: entry.Key, To: to)))
            .Where(static edge => !IsAbove(edge.From, edge.To))
            .ToLookup(static edge => edge.From, static edge => edge.To);
        ILookup<string, string> trees = edges.SelectMany(static group => group.Select(to => (From: TreeOf(group.Key), To: TreeOf(to))))
            .Where(static edge => edge.From != edge.To)
            .ToLookup(static edge => edge.From, static edge => edge.To);

        Assert.That(edges.Where(start => Reach(edges, start.Key).Contains(start.Key)).Select(static start => start.Key), Is.Empty);
        Assert.That(trees.Where(start => Reach(trees, start.Key).Contains(start.Key)).Select(static start => start.Key), Is.Empty);
    }

    private static HashSet<string> Reach(ILookup<string, string> edges, string start)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(edges[start]);
        while (open.TryPop(out string? next))
        {
            if (reached.Add(next))
            {
                foreach (string further in edges[next])
                {
                    open.Push(further);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<(string From, string To, string Type)> Used() =>
        from assembly in Assemblies
        from type in assembly.GetTypes()
        where IsOurs(type)
        from other in TypeReferences.Of(type)
        where IsOurs(other) && other.Namespace != type.Namespace && !IsAbove(other.Namespace!, type.Namespace!)
        select (type.Namespace!, other.Namespace!, (type.DeclaringType ?? type).Name);

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("ClipGuard", StringComparison.Ordinal) == true;

    private static bool IsAbove(string one, string other) => other.StartsWith(one + ".", StringComparison.Ordinal);

    // ClipGuard.Media.Libav.Audio is of the tree ClipGuard.Media.
    private static string TreeOf(string name) => string.Join('.', name.Split('.').Take(2));
}
