using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

using ClipGuard.Loading;
using ClipGuard.Media;
using ClipGuard.ObjectStorage;
using ClipGuard.Supervision;

using NUnit.Framework;

namespace ClipGuard.Tests.Layout;

/// <summary>Public records print what is in their lists, and not what type these are of.</summary>
internal sealed class RecordPrintingTests
{
    [TestCase(typeof(Supervisor))]
    [TestCase(typeof(AudioSpec))]
    [TestCase(typeof(S3Fetcher))]
    [TestCase(typeof(ClipGuard.Columnar.ParquetManifest))]
    public void No_public_record_with_a_list_is_printed_by_the_compiler(Type member)
    {
        IEnumerable<string> left = member.Assembly.GetExportedTypes()
            .Where(static type => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null && !type.IsAbstract)
            .Where(static type => type.GetProperties().Any(static property => IsList(property.PropertyType)))
            .Where(static type => type.GetMethod(nameof(ToString), [])!.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Select(static type => type.Name);
        Assert.That(left, Is.Empty);
    }

    [Test]
    public void Lists_are_printed_with_what_is_in_them()
    {
        Assert.That(
            new WindowFrames(2, 8) { Positions = [0, 0.5] }.ToString(),
            Does.StartWith("WindowFrames { Count = 2, FramesPerWindow = 8, ").And.Contain("Positions = [0, 0.5]"));
    }

    [Test]
    public void Of_a_long_list_the_first_items_are_printed()
    {
        Assert.That(
            new IndexFrames([.. Enumerable.Range(0, 1000)]).ToString(),
            Is.EqualTo("IndexFrames { Indices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, … 984 more] }"));
    }

    [Test]
    public void Of_a_long_item_the_beginning_is_printed()
    {
        var found = new PostMortem { Log = [new string('a', 1000), "b"] };
        Assert.That(found.ToString(), Does.EndWith($", Log = [{new string('a', 200)}…, b] }}"));
    }

    [Test]
    public void Dictionaries_are_printed_with_their_keys_and_values()
    {
        var report = new EpochReport { Faults = new Dictionary<FaultKind, long> { [FaultKind.Corrupt] = 2, [FaultKind.Stalled] = 1 } };
        Assert.That(report.ToString(), Does.Contain("Faults = [Corrupt: 2, Stalled: 1]"));
    }

    [Test]
    public void The_values_of_a_helpers_environment_are_not_printed()
    {
        var options = new LoaderOptions
        {
            Supervision = new SupervisorOptions { HelperEnvironment = new Dictionary<string, string> { ["TOKEN"] = "hunter2" }, AudioDecoders = ["wave"] },
        };
        Assert.That(options.ToString(), Does.Contain("HelperEnvironment = [TOKEN]").And.Contain("AudioDecoders = [wave]").And.Not.Contain("hunter2"));
    }

    [Test]
    public void Numbers_are_printed_alike_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.That(new TimeFrames([0.5, 1.25]).ToString(), Is.EqualTo("TimeFrames { Seconds = [0.5, 1.25] }"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static bool IsList(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);
}
