using ClipGuard.Cli;
using ClipGuard.Cli.Running;
using ClipGuard.Columnar;

ParquetFormat.Add();
return DescriptorLimitCheck.Suffices() ? await ClipGuardCommand.RunAsync(args).ConfigureAwait(false) : ExitCode.MissingOnMachine;
