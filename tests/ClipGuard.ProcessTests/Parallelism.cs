using NUnit.Framework;

// One test after the other: what is left behind is looked for in the whole process, and clocks are watched. The fixtures of the published command say
// that they may run beside each other, before the others: each of their runs is a process of its own, with helpers of its own. Much of their time is
// waiting, so three run on two processors.
[assembly: Parallelizable(ParallelScope.None)]
[assembly: LevelOfParallelism(3)]
