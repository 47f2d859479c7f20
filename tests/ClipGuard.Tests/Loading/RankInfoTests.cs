using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

internal sealed class RankInfoTests
{
    [Test]
    public void The_launcher_says_which_rank_this_is_and_is_named()
    {
        RankInfo rank = RankInfo.FromEnvironment(static name => name switch { "PMI_RANK" => "3", "PMI_SIZE" => "8", _ => null });

        Assert.That(rank, Is.EqualTo(new RankInfo(3, 8)), "whoever says so");
        Assert.That(rank.Source, Is.EqualTo("MPICH (PMI_RANK=3, PMI_SIZE=8)"));
    }

    [Test]
    public void Without_a_launcher_it_is_the_only_one()
    {
        RankInfo rank = RankInfo.FromEnvironment(static _ => null);

        Assert.That(rank, Is.EqualTo(RankInfo.Single));
        Assert.That(rank.Source, Is.EqualTo("no launcher"));
    }
}
