using ClipGuard.Cli;

return await ClipGuardCommand.RunAsync(args).ConfigureAwait(false);
