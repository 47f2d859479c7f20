using ClipGuard.Cli;
using ClipGuard.Cli.Running;
using ClipGuard.Columnar;

// First of all: with too few descriptors the next assembly cannot be loaded.
if (!DescriptorLimitCheck.Suffices())
{
    return ExitCode.MissingOnMachine;
}

ParquetFormat.Add();
return await ClipGuardCommand.RunAsync(args).ConfigureAwait(false);
