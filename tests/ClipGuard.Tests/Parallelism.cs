using NUnit.Framework;

// Fixtures run beside each other, the tests of one in turn. What looks at the whole process (its memory, its meters) runs alone, and says so.
[assembly: Parallelizable(ParallelScope.Fixtures)]
