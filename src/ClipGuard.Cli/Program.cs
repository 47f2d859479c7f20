using ClipGuard.Cli;
using ClipGuard.Cli.Running;

return DescriptorLimit.Suffices() ? await ClipGuardCommand.RunAsync(args).ConfigureAwait(false) : ExitCode.MissingOnMachine;
