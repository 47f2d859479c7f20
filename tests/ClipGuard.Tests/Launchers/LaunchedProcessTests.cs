using ClipGuard.Launchers;
using ClipGuard.Manifests.Sharding;

using NUnit.Framework;

namespace ClipGuard.Tests.Launchers;

/// <summary>Which of several processes this one is, by the variables of each launcher and of launchers that start one another.</summary>
internal sealed class LaunchedProcessTests
{
    private const string Dlc = "MASTER_ADDR=dlc-master-0 RANK=1 WORLD_SIZE=2 NPROC_PER_NODE=4";
    private const string Image = "RANK=0 WORLD_SIZE=1";
    private const string Torchrun = "LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 RANK=5 WORLD_SIZE=8";
    private const string Hosts = "SM_HOSTS=[\"algo-2\",\"algo-1\",\"algo-3\"] SM_CURRENT_HOST=algo-2";

    // As mpiexec of MPICH 4.0, mpirun of Open MPI 4.1 and srun of Slurm 22.05 set them.
    private const string Mpich = "MPI_LOCALNRANKS=8 MPI_LOCALRANKID=5 PMI_RANK=5 PMI_SIZE=8";
    private const string OpenMpi = "OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8 OMPI_UNIVERSE_SIZE=2 PMIX_RANK=5";
    private const string Step = "SLURM_JOB_ID=7 SLURM_NTASKS=2 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1";
    private const string Batch = "SLURM_JOB_ID=7 SLURM_NTASKS=2 SLURM_PROCID=0";
    private const string Array = "SLURM_JOB_ID=9 SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=5 SLURM_ARRAY_TASK_MIN=3 "
        + "SLURM_ARRAY_TASK_MAX=11 SLURM_ARRAY_TASK_STEP=2";

    private const string Pod = "JOB_COMPLETION_INDEX=2 JOB_COMPLETIONS=5";

    [TestCase(Torchrun, 5, 8, "torchrun (RANK=5, WORLD_SIZE=8)")]
    [TestCase("RANK=3 WORLD_SIZE=8", 3, 8, "whoever set RANK and WORLD_SIZE (RANK=3, WORLD_SIZE=8)")]
    [TestCase(OpenMpi, 5, 8, "Open MPI (OMPI_COMM_WORLD_RANK=5, OMPI_COMM_WORLD_SIZE=8)")]
    [TestCase(Mpich, 5, 8, "MPICH (PMI_RANK=5, PMI_SIZE=8)")]
    [TestCase("MV2_COMM_WORLD_RANK=0 MV2_COMM_WORLD_SIZE=3", 0, 3, "MVAPICH (MV2_COMM_WORLD_RANK=0, MV2_COMM_WORLD_SIZE=3)")]
    [TestCase("HOROVOD_RANK=1 HOROVOD_SIZE=4 HOROVOD_LOCAL_RANK=1", 1, 4, "Horovod (HOROVOD_RANK=1, HOROVOD_SIZE=4)")]
    [TestCase(Step, 1, 2, "Slurm's step (SLURM_PROCID=1, SLURM_STEP_NUM_TASKS=2)")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=4", 1, 4, "Slurm's step (SLURM_PROCID=1, SLURM_NTASKS=4)")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=3", 1, 3, "Slurm's step (SLURM_PROCID=1, SLURM_STEP_NUM_TASKS=3)")]
    [TestCase(Pod, 2, 5, "Kubernetes' Indexed Job (JOB_COMPLETION_INDEX=2, JOB_COMPLETIONS=5)")]
    [TestCase(Hosts, 1, 3, "SageMaker (SM_CURRENT_HOST=algo-2, SM_HOSTS=[\"algo-2\",\"algo-1\",\"algo-3\"])")]
    public void Each_launcher_says_it_in_its_own_variables(string variables, int index, int count, string source)
    {
        LaunchedProcess? found = LaunchedProcess.FindRank(Lookup(variables));

        Assert.That(found, Is.EqualTo(new LaunchedProcess(index, count, source)));
        Assert.That(LaunchedProcess.FindShare(Lookup(variables)), Is.EqualTo(found));
    }

    [TestCase("")]
    [TestCase("JOB_COMPLETIONS=5", TestName = "{m}(a template that serves other jobs too)")]
    [TestCase(Batch, TestName = "{m}(a batch script, which runs once)")]
    [TestCase("LOCAL_RANK=0")]
    [TestCase("PMI_RANK= PMI_SIZE=", TestName = "{m}(empty variables)")]
    public void Where_none_says_anything_nothing_is_found(string variables) => Assert.That(LaunchedProcess.FindRank(Lookup(variables)), Is.Null);

    // srun starts a torchrun or an mpirun on each node, pods start them, and mpirun starts processes under an image's defaults.
    [TestCase($"{Step} {Torchrun}", 5, 8)]
    [TestCase($"{Step} {OpenMpi}", 5, 8)]
    [TestCase($"SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1 {Torchrun}", 5, 8)]
    [TestCase($"JOB_COMPLETION_INDEX=1 JOB_COMPLETIONS=2 {Torchrun}", 5, 8)]
    [TestCase($"JOB_COMPLETION_INDEX=1 {Torchrun}", 5, 8, TestName = "{m}(a pod's template says no number, which torchrun knows)")]
    [TestCase($"SM_HOSTS=[\"a\",\"b\"] SM_CURRENT_HOST=b {OpenMpi}", 5, 8)]
    [TestCase($"{Mpich} SLURM_STEP_ID=0 SLURM_PROCID=5 SLURM_NTASKS=8", 5, 8, TestName = "{m}(srun with PMI)")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 PMIX_RANK=1", 1, 2, TestName = "{m}(srun with PMIx)")]
    [TestCase($"{Dlc} {Mpich}", 5, 8, TestName = "{m}(nodes of PAI-DLC, on which mpiexec starts processes)")]
    [TestCase($"MASTER_ADDR=dlc-master-0 NPROC_PER_NODE=4 {Torchrun}", 5, 8, TestName = "{m}(torchrun on nodes of PAI-DLC)")]
    [TestCase($"RANK=1 WORLD_SIZE=2 {Step}", 1, 2, TestName = "{m}(a script that tells torch what Slurm says)")]
    [TestCase($"{Image} SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1", 0, 1)]
    public void Launchers_that_start_one_another_agree(string variables, int index, int count)
    {
        LaunchedProcess found = LaunchedProcess.FindRank(Lookup(variables))!;

        Assert.That((found.Index, found.Count), Is.EqualTo((index, count)));
    }

    [TestCase($"{Image} {OpenMpi}", "RANK=0, WORLD_SIZE=1", "OMPI_COMM_WORLD_RANK=5")]
    [TestCase($"{Image} {Mpich}", "RANK=0, WORLD_SIZE=1", "PMI_RANK=5")]
    [TestCase($"{Image} {Pod}", "RANK=0, WORLD_SIZE=1", "JOB_COMPLETION_INDEX=2")]
    [TestCase($"{Image} JOB_COMPLETION_INDEX=0", "RANK=0, WORLD_SIZE=1", "JOB_COMPLETION_INDEX=0")]
    [TestCase($"{Image} {Step}", "RANK=0, WORLD_SIZE=1", "SLURM_PROCID=1")]
    [TestCase($"LOCAL_RANK=0 {Image} {Step}", "RANK=0, WORLD_SIZE=1", "SLURM_PROCID=1", TestName = "{m}(a torchrun of its own in every task)")]
    [TestCase($"RANK=0 WORLD_SIZE=2 {Mpich}", "RANK=0, WORLD_SIZE=2", "PMI_RANK=5")]
    [TestCase($"RANK=5 WORLD_SIZE=8 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "RANK=5, WORLD_SIZE=8", "OMPI_COMM_WORLD_RANK=1")]
    [TestCase($"{Mpich} OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=8", "PMI_RANK=5", "OMPI_COMM_WORLD_RANK=4")]
    [TestCase("PMIX_RANK=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=8", "PMIX_RANK=2", "OMPI_COMM_WORLD_RANK=1")]
    [TestCase($"{Pod} SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2", "JOB_COMPLETION_INDEX=2", "SLURM_PROCID=1")]
    [TestCase($"SM_HOSTS=[\"a\",\"b\",\"c\"] SM_CURRENT_HOST=b {Step}", "SM_CURRENT_HOST=b", "SLURM_PROCID=1")]
    public void Two_that_contradict_each_other_are_both_named(string variables, string one, string other)
    {
        Assert.That(
            () => LaunchedProcess.FindRank(Lookup(variables)),
            Throws.InstanceOf<LaunchException>().With.Message.Contains("said in two ways").And.Message.Contains(one).And.Message.Contains(other));
        Assert.That(() => LaunchedProcess.FindShare(Lookup(variables)), Throws.InstanceOf<LaunchException>());
    }

    [TestCase("RANK=1", "WORLD_SIZE not set")]
    [TestCase("WORLD_SIZE=4", "RANK not set")]
    [TestCase("LOCAL_RANK=0 RANK=1", "WORLD_SIZE not set")]
    [TestCase("RANK=x WORLD_SIZE=4", "RANK is 'x'")]
    [TestCase("RANK=4 WORLD_SIZE=4", "the rank must be at least 0 and below the world size")]
    [TestCase("RANK=-1 WORLD_SIZE=4", "RANK is '-1'")]
    [TestCase("PMI_RANK=3", "PMI_SIZE not set")]
    [TestCase("PMIX_RANK=3", "PMIX_RANK=3")]
    [TestCase("OMPI_COMM_WORLD_SIZE=3", "OMPI_COMM_WORLD_RANK not set")]
    [TestCase("JOB_COMPLETION_INDEX=2", "JOB_COMPLETIONS not set")]
    [TestCase("SLURM_STEP_ID=0 SLURM_PROCID=1", "SLURM_NTASKS not set")]
    [TestCase("SLURM_STEP_ID=0 SLURM_NTASKS=4", "SLURM_PROCID not set")]
    [TestCase("SM_HOSTS=[\"a\"]", "SM_CURRENT_HOST not set")]
    [TestCase("SM_HOSTS=a,b SM_CURRENT_HOST=a", "SM_HOSTS=a,b")]
    [TestCase("RANK=1 WORLD_SIZE=2 LOCAL_RANK=3 LOCAL_WORLD_SIZE=4", "they count nodes", TestName = "{m}(nodes, with processes that a script started)")]
    public void Half_a_place_or_a_wrong_one_is_an_error_that_names_the_variables(string variables, string expected) =>
        Assert.That(() => LaunchedProcess.FindRank(Lookup(variables)), Throws.InstanceOf<LaunchException>().With.Message.Contains(expected));

    // One dry run on each node has the node's share; of processes that train, nobody says which is which.
    [Test]
    public void Nodes_of_several_processes_are_shares_and_no_ranks()
    {
        Assert.That(
            () => LaunchedProcess.FindRank(Lookup(Dlc)), Throws.InstanceOf<LaunchException>().With.Message.Contains("count nodes, of 4 processes each"));
        LaunchedProcess share = LaunchedProcess.FindShare(Lookup(Dlc))!;
        Assert.That((share.Index, share.Count), Is.EqualTo((1, 2)));
    }

    // Facts of Slurm 22.05: COUNT 5, MIN 3, MAX 11 and STEP 2 for --array=3-11:2.
    [TestCase(Array, 1, 5)]
    [TestCase($"{Array} {Batch}", 1, 5)]
    [TestCase($"{Array} {Step}", 3, 10, TestName = "{m}(two tasks in each job of the array)")]
    [TestCase($"{Array} {Torchrun}", 13, 40)]
    [TestCase("SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=0 SLURM_ARRAY_TASK_STEP=1", 0, 1)]
    public void Tasks_of_an_array_have_shares(string variables, int index, int count)
    {
        var shard = ShardNumber.FromEnvironment(Lookup(variables), out string source);

        Assert.That(shard, Is.EqualTo(new ShardNumber(index, count)));
        Assert.That(source, Does.StartWith("Slurm's array (SLURM_ARRAY_TASK_ID="));
    }

    [TestCase("SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_STEP=1", "not evenly spaced")]
    [TestCase("SLURM_ARRAY_TASK_ID=5", "the size of the Slurm array is missing")]
    [TestCase("", "no launcher's variables say")]
    [TestCase(Batch, "no launcher's variables say")]
    public void Where_no_share_can_be_told_that_is_an_error(string variables, string expected) =>
        Assert.That(() => ShardNumber.FromEnvironment(Lookup(variables), out _), Throws.InstanceOf<LaunchException>().With.Message.Contains(expected));

    // Jobs of an array do not wait for each other: each trains for itself, which the log says.
    [Test]
    public void A_task_of_an_array_trains_for_itself_and_that_is_said()
    {
        LaunchedProcess alone = LaunchedProcess.FindRank(Lookup(Array))!;
        LaunchedProcess several = LaunchedProcess.FindRank(Lookup($"{Array} {Step}"))!;

        Assert.That((alone.Index, alone.Count), Is.EqualTo((0, 1)));
        Assert.That(alone.Remark, Does.Contain("taken for a training of its own").And.Contain("SLURM_ARRAY_TASK_ID=5"));
        Assert.That((several.Index, several.Count, several.Remark), Is.EqualTo((1, 2, (string?)null)));
    }

    private static Func<string, string?> Lookup(string variables)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2)).GroupBy(static pair => pair[0]).ToDictionary(static pairs => pairs.Key, static pairs => pairs.Last()[1]);
        return name => values.GetValueOrDefault(name);
    }
}
