using ClipGuard.Cli;
using ClipGuard.Cli.Running;

return DescriptorLimitCheck.Suffices() ? await ClipGuardCommand.RunAsync(args).ConfigureAwait(false) : ExitCode.MissingOnMachine;
