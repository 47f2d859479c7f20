using ClipGuard.Loading;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

internal sealed class RankInfoTests
{
    [TestCase("", 0, 1)]
    [TestCase("RANK=3 WORLD_SIZE=8", 3, 8)]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=4", 1, 4)]
    [TestCase("RANK=0 WORLD_SIZE=2 SLURM_STEP_ID=0 SLURM_PROCID=5 SLURM_NTASKS=16", 0, 2)]
    [TestCase("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3", 2, 3)]
    [TestCase("JOB_COMPLETION_INDEX=2 JOB_COMPLETIONS=5", 2, 5)]
    [TestCase("SLURM_NTASKS=4", 0, 1)]
    [TestCase("SLURM_PROCID=0 SLURM_NTASKS=4", 0, 1)]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8", 5, 8)]
    public void The_launcher_says_which_shard_this_is(string variables, int rank, int world)
    {
        Assert.That(RankInfo.FromEnvironment(Lookup(variables)), Is.EqualTo(new RankInfo(rank, world)));
    }

    [TestCase("RANK=1")]
    [TestCase("WORLD_SIZE=4")]
    [TestCase("RANK=x WORLD_SIZE=4")]
    [TestCase("RANK=4 WORLD_SIZE=4")]
    [TestCase("RANK=-1 WORLD_SIZE=4")]
    [TestCase("JOB_COMPLETION_INDEX=2")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1")]
    [TestCase("SLURM_STEP_ID=0 SLURM_NTASKS=4")]
    public void Half_a_shard_or_a_wrong_one_is_an_error_that_names_the_variables(string variables)
    {
        Assert.That(() => RankInfo.FromEnvironment(Lookup(variables)), Throws.InvalidOperationException.With.Message.Contains("the rank must be at least 0"));
    }

    private static Func<string, string?> Lookup(string variables)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => values.GetValueOrDefault(name);
    }
}
