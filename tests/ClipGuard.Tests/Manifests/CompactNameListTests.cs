using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
internal sealed class CompactNameListTests
{
    [Test]
    public void Names_come_back_in_the_order_of_their_bytes()
    {
        var names = new CompactNameList();
        string[] all = ["b", "", "a/ü", "a", "𝄞", "\uE000", new string('x', 60_000), new string('w', 65_000), "a/b"];
        foreach (string name in all)
        {
            names.Add(name);
        }

        names.Sort();

        Assert.That(Enumerable.Range(0, names.Count).Select(i => Encoding.UTF8.GetString(names[i])), Is.EqualTo(
            new[] { "", "a", "a/b", "a/ü", "b", new string('w', 65_000), new string('x', 60_000), "\uE000", "𝄞" }));
        Assert.That(() => names.Add(new string('x', 70_000)), Throws.ArgumentException);
    }

    // What the whole process holds is counted.
    [Test]
    [NonParallelizable]
    public void Many_names_take_eight_bytes_each_besides_themselves()
    {
        const int Count = 200_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var names = new CompactNameList();
        long own = 0;
        for (int i = 0; i < Count; i++)
        {
            string name = $"class-{i % 100}/clip-{i}.wav";
            own += name.Length;
            names.Add(name);
        }

        names.Sort();
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;

        // What does not fit at the end of a piece, and the other tests' garbage, are a little more.
        Assert.That(held, Is.LessThan((own + (8 * Count)) * 1.1));
        Assert.That(Encoding.UTF8.GetString(names[0]), Is.EqualTo("class-0/clip-0.wav"));
    }
}
